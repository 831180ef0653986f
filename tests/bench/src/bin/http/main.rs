//! `iocp/examples/http_files` with its calls counted, the same server on mio, and one on hyper with tokio:
//! `iocp-bench-http poll|mio|hyper FOLDER`.
//!
//! The first is the example itself, with one thread that polls; the second has its connections, requests and answers, and
//! a loop of its own; the third has hyper's. Each says where it listens, and at the end of its standard input how many
//! requests it has answered and how many calls that took, its start and its connections with them.

#![cfg_attr(not(all(windows, target_arch = "x86_64")), allow(missing_docs))]

#[cfg(all(windows, target_arch = "x86_64"))]
mod hyper;
#[cfg(all(windows, target_arch = "x86_64"))]
mod mio;
#[cfg(all(windows, target_arch = "x86_64"))]
mod poll;

#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../../../../iocp/examples/http_files/date.rs"]
#[allow(clippy::manual_is_multiple_of)] // reason: the example is for an older Rust
mod date;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../../../../iocp/examples/http_files/request.rs"]
mod request;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../../../../iocp/examples/http_files/response.rs"]
mod response;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../../../../iocp/examples/http_files/target.rs"]
mod target;

#[cfg(all(windows, target_arch = "x86_64"))]
fn main() -> std::io::Result<()> {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [server, folder] = &words[..] else {
        return Err(std::io::Error::other("a server and a folder are wanted"));
    };
    let before = iocp_tests::calls::calls().snapshot();
    let say = || {
        let kernel = iocp_tests::calls::calls().snapshot().delta(&before).kernel_calls();
        println!("counted kernel={kernel}");
    };
    if server == "poll" {
        poll::serve(folder)?;
        say();
        return Ok(());
    }
    let (server, folder) = (server.clone(), folder.into());
    std::thread::spawn(move || {
        let served = match server.as_str() {
            "mio" => mio::serve(folder, &REQUESTS),
            "hyper" => hyper::serve(folder, &REQUESTS),
            other => Err(std::io::Error::other(format!("no server is called `{other}`"))),
        };
        eprintln!("error: it ended: {served:?}");
        std::process::exit(1);
    });
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    println!("done requests={}", REQUESTS.load(Relaxed));
    say();
    // Its thread waits for clients.
    std::process::exit(0);
}

#[cfg(not(all(windows, target_arch = "x86_64")))]
fn main() {
    eprintln!("the servers need a Windows kernel on x86_64");
}
