//! 50 clients at once, with 1 MiB each way: every byte, some of them read slowly, half of them answered only after the
//! end of what they say. A reset of either side is one of the other. A target that writes to a client who does not read
//! is stopped, and all that it wrote comes.
//!
//! Then 200 such clients, without slow ones, on the same program with its system calls counted.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::ExitCode,
    thread,
    time::Duration,
};

use iocp_tasks::{check, random, Program, Result};

const CLIENTS: usize = 50;
const BYTES: usize = 1 << 20;

/// What counts as one in calls per chunk.
const CHUNK: usize = 64 << 10;

/// How many clients are counted, and how often: how the bytes come is another each time.
const COUNTED: usize = 200;
const ROUNDS: usize = 2;

/// What sockets and the proxy may hold of what a client does not read: what the four sockets hold is the system's.
const BOUND: usize = 64 << 20;

const LIMIT: Duration = Duration::from_secs(120);

fn main() -> ExitCode {
    check(|program| {
        let target = TcpListener::bind("127.0.0.1:0")?;
        let to = target.local_addr()?.to_string();
        let mut proxy = Program::start(program, &[&to])?;
        let near = listening(&mut proxy)?;
        talk(connect_all(CLIENTS, near, &target)?, true)?;
        let resets = resets(near, &target, program)?;
        let held = bounded(near, &target)?;
        let calls = calls(program, &target)?;
        let held = held >> 10;
        Ok(format!("50 x 1 MiB each way; {resets}; stopped after {held} KiB; {calls}"))
    })
}

/// The one that the program is made with.
fn library(program: &str) -> &str {
    let stem = Path::new(program).file_stem().and_then(|stem| stem.to_str());
    stem.unwrap_or_default().trim_start_matches("a-")
}

fn listening(proxy: &mut Program) -> Result<SocketAddr> {
    let line = proxy.line()?;
    let address = line.strip_prefix("listening ").ok_or_else(|| format!("a line `{line}`"))?;
    Ok(address.parse()?)
}

/// A connection through the proxy: the client's end, and the target's.
fn connect(near: SocketAddr, target: &TcpListener) -> Result<[TcpStream; 2]> {
    let streams = [TcpStream::connect(near)?, target.accept()?.0];
    for stream in &streams {
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
    }
    Ok(streams)
}

fn connect_all(
    count: usize,
    near: SocketAddr,
    target: &TcpListener,
) -> Result<Vec<[TcpStream; 2]>> {
    (0..count).map(|_| connect(near, target)).collect()
}

/// All at once. Every second target says nothing before the end of what it hears.
fn talk(pairs: Vec<[TcpStream; 2]>, some_are_slow: bool) -> Result<()> {
    let mut threads = Vec::new();
    for (number, [client, far]) in pairs.into_iter().enumerate() {
        let is_slow = |which| some_are_slow && number % 10 == which;
        let [is_slow_client, is_slow_target] = [is_slow(3), is_slow(6)];
        let [up, down] = [2 * number, 2 * number + 1];
        threads.push(thread::spawn(move || {
            let sending = send(&client, up)?;
            receive(&client, down, is_slow_client)?;
            sending.join().map_err(|_| "a panic")?
        }));
        threads.push(thread::spawn(move || {
            if number % 2 == 0 {
                receive(&far, up, is_slow_target)?;
                return send(&far, down)?.join().map_err(|_| "a panic")?;
            }
            let sending = send(&far, down)?;
            receive(&far, up, is_slow_target)?;
            sending.join().map_err(|_| "a panic")?
        }));
    }
    for thread in threads {
        thread.join().map_err(|_| "a panic")??;
    }
    Ok(())
}

type Said = std::result::Result<(), String>;

fn bytes(seed: usize) -> Vec<u8> {
    let mut bytes = vec![0; BYTES];
    random(2 * seed as u64 + 1)(&mut bytes);
    bytes
}

/// Sends its bytes in chunks and the end, meanwhile.
fn send(stream: &TcpStream, seed: usize) -> std::result::Result<thread::JoinHandle<Said>, String> {
    let mut stream = stream.try_clone().map_err(|error| error.to_string())?;
    Ok(thread::spawn(move || {
        let mut chunks = bytes(seed).chunks(CHUNK).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let sent = chunks.iter_mut().try_for_each(|chunk| stream.write_all(chunk));
        let ended = sent.and_then(|()| stream.shutdown(Shutdown::Write));
        ended.map_err(|error| format!("sending {seed}: {error}"))
    }))
}

/// Compares what comes, to its end.
fn receive(mut stream: &TcpStream, seed: usize, is_slow: bool) -> Said {
    let mut all = Vec::new();
    let mut room = vec![0; if is_slow { 8 << 10 } else { CHUNK }];
    loop {
        match stream.read(&mut room) {
            Ok(0) => break,
            Ok(count) => all.extend_from_slice(&room[..count]),
            Err(error) => return Err(format!("receiving {seed} after {}: {error}", all.len())),
        }
        if is_slow {
            thread::sleep(Duration::from_millis(1));
        }
    }
    match all == bytes(seed) {
        true => Ok(()),
        false => Err(format!("{} bytes of {seed}, or others", all.len())),
    }
}

fn resets(near: SocketAddr, target: &TcpListener, program: &str) -> Result<&'static str> {
    // Wine 8's wait for readiness takes the error off the socket: a read after it finds an end.
    let mut said = "resets";
    for from_client in [true, false] {
        let [client, far] = connect(near, target)?;
        let (resets, mut hears) = if from_client { (client, far) } else { (far, client) };
        // Both ways are there before one is gone.
        (&resets).write_all(b"x")?;
        hears.read_exact(&mut [0])?;
        hears.write_all(b"unread")?;
        // A close with bytes unread is a reset.
        resets.peek(&mut [0; 8])?;
        drop(resets);
        match hears.read(&mut [0; 8]) {
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Ok(0) if ["mio", "tokio"].contains(&library(program)) => said = "resets as ends",
            other => return Err(format!("not a reset ({from_client}): {other:?}").into()),
        }
    }
    Ok(said)
}

/// How many bytes a target could write to a client that reads none until then.
fn bounded(near: SocketAddr, target: &TcpListener) -> Result<usize> {
    let [mut client, mut far] = connect(near, target)?;
    far.set_nonblocking(true)?;
    let (chunk, mut sent, mut idle) = (vec![7; CHUNK], 0, 0);
    while idle < 20 {
        match far.write(&chunk) {
            Ok(count) => (sent, idle) = (sent + count, 0),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                idle += 1;
                thread::sleep(Duration::from_millis(50));
            }
            Err(error) => return Err(error.into()),
        }
        if sent > BOUND {
            return Err(format!("{sent} bytes taken for a client that reads none").into());
        }
    }
    far.shutdown(Shutdown::Write)?;
    let mut all = Vec::new();
    client.read_to_end(&mut all)?;
    match all.len() == sent && all.iter().all(|&byte| byte == 7) {
        true => Ok(sent),
        false => Err(format!("{} bytes of {sent}, or others", all.len()).into()),
    }
}

/// Calls per chunk, and how many of them are beyond a receive for each send: in how many pieces the bytes come is not the
/// library's doing. From when all are connected and each has carried a byte both ways (some of the set-up is done only
/// then) until all have ended.
fn calls(program: &str, target: &TcpListener) -> Result<String> {
    let library = library(program);
    std::env::set_var("IOCP_TASK_LIBRARY", library);
    let counting = Path::new(program).with_file_name("a-calls.exe").to_string_lossy().into_owned();
    let mut proxy = Program::start(&counting, &[&target.local_addr()?.to_string()])?;
    let near = listening(&mut proxy)?;
    let (mut calls, mut moving) = (0, 0);
    for _ in 0..ROUNDS {
        let mut pairs = connect_all(COUNTED, near, target)?;
        for [client, far] in &mut pairs {
            client.write_all(b"x")?;
            far.read_exact(&mut [0])?;
            far.write_all(b"x")?;
            client.read_exact(&mut [0])?;
        }
        let mut say = |line: &[u8]| {
            let input = proxy.child.stdin.as_mut().ok_or("its input is piped")?;
            input.write_all(line)?;
            proxy.line()
        };
        say(b"begin\n")?;
        talk(pairs, false)?;
        let line = say(b"end\n")?;
        let mut words = line.splitn(3, ' ').skip(1);
        calls += words.next().ok_or("no calls")?.parse::<usize>()?;
        let names = words.next().unwrap_or_default();
        println!("{library}: {names}");
        let sends = names.split("send\", ").nth(1).and_then(|rest| rest.split(')').next());
        moving += 2 * sends.ok_or("no sends")?.parse::<usize>()?;
    }
    let per_chunk = |calls: usize| {
        let hundredths = 100 * calls / (ROUNDS * 2 * COUNTED * BYTES / CHUNK);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    };
    let beyond = per_chunk(calls.saturating_sub(moving));
    Ok(format!(
        "{} calls per 64 KiB, {beyond} beyond a receive and a send of each piece",
        per_chunk(calls)
    ))
}
