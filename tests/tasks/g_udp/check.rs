//! Nine clients at once, three of each of two addresses of IPv4 and of one of IPv6, ask 112 questions each, of all
//! lengths: each hears its own again, with the address that it asked, and from there. One question of each is too long:
//! that is told, and the next is answered.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    process::ExitCode,
    thread,
    time::Duration,
};

use iocp_tasks::{check, random, Program, Result};
use windows_sys::{
    s, w,
    Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress},
};

const CLIENTS: usize = 9;
const QUESTIONS: usize = 112;
const LONGEST: usize = 2048;

fn main() -> ExitCode {
    check(|program| {
        let mut server = Program::start(program, &[])?;
        let line = server.line()?;
        let addresses =
            line.strip_prefix("listening ").ok_or_else(|| format!("a line `{line}`"))?;
        let mut ports = Vec::new();
        for address in addresses.split(' ') {
            ports.push(address.parse::<SocketAddr>()?.port());
        }
        let [v4, v6] = ports[..] else { return Err(format!("a line `{line}`").into()) };
        let targets = [("127.0.0.1", v4), ("127.0.0.77", v4), ("::1", v6)];
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let (ip, port) = targets[number % targets.len()];
            let target = SocketAddr::new(ip.parse()?, port);
            clients.push(thread::spawn(move || {
                ask(number, target).map_err(|error| format!("client {number}: {error}"))
            }));
        }
        for client in clients {
            client.join().map_err(|_| "a panic")??;
        }
        for _ in 0..CLIENTS {
            let line = server.line()?;
            if !line.starts_with("truncated") {
                return Err(format!("a line `{line}`, not of a question too long").into());
            }
        }
        let from = if is_wine() { "from where Wine likes" } else { "from where it was asked" };
        Ok(format!("1,008 questions of 9 clients, 9 too long; 127.0.0.77 answers {from}"))
    })
}

fn ask(number: usize, target: SocketAddr) -> Result<()> {
    let near: IpAddr = if target.is_ipv4() { "127.0.0.1" } else { "::1" }.parse()?;
    let client = UdpSocket::bind((near, 0))?;
    client.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut fill = random(number as u64 * 2 + 1);
    let mut answer = vec![0; 2 * LONGEST];
    for at in 0..QUESTIONS {
        if at == QUESTIONS / 2 {
            client.send_to(&[0; LONGEST + 100], target)?;
        }
        let mut question = vec![0; at * LONGEST / (QUESTIONS - 1)];
        fill(&mut question);
        client.send_to(&question, target)?;
        let (count, from) = client.recv_from(&mut answer)?;
        if answer[..count] != [format!("{} ", target.ip()).as_bytes(), &question].concat() {
            return Err(format!("another answer to {} bytes: {count}", question.len()).into());
        }
        // Wine sends from an address of its own choice.
        let is_free =
            is_wine() && target.ip().to_string() == "127.0.0.77" && from.port() == target.port();
        if from != target && !is_free {
            return Err(format!("an answer of {from}, not of {target}").into());
        }
    }
    Ok(())
}

fn is_wine() -> bool {
    // SAFETY:
    // * Two names that end with a zero; the library is in every process and stays.
    unsafe { GetProcAddress(GetModuleHandleW(w!("ntdll.dll")), s!("wine_get_version")) }.is_some()
}
