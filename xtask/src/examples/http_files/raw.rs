//! Requests that no decent client sends, byte by byte.

use std::{
    io::{Read, Write},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use super::{Findings, Site};
use crate::load::open;

/// Each is answered with 400, and the connection ended.
const BAD: [(&str, &str); 20] = [
    ("no request", "hello\r\n\r\n"),
    ("two words", "GET /\r\nHost: a\r\n\r\n"),
    ("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("another protocol", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    ("no host", "GET / HTTP/1.1\r\n\r\n"),
    ("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    ("no host by its form", "GET / HTTP/1.1\r\nHost: a b/c@d\r\n\r\n"),
    ("a port that is no number", "GET / HTTP/1.1\r\nHost: [::1]:http\r\n\r\n"),
    ("a target without its host", "GET http:///hello.txt HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("a target with a user", "GET http://u@a/hello.txt HTTP/1.1\r\nHost: a\r\n\r\n"),
    (
        "a length behind a no-break space",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: \u{a0}0\r\n\r\n",
    ),
    ("a bare LF", "GET / HTTP/1.1\nHost: a\n\n"),
    ("a bare CR", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n"),
    ("a NUL", "GET / HTTP/1.1\r\nHost: a\0\r\n\r\n"),
    ("a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
    ("a folded line", "GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n"),
    ("a line without a colon", "GET / HTTP/1.1\r\nHost: a\r\nb\r\n\r\n"),
    ("chunks", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("a target that is no path", "GET hello.txt HTTP/1.1\r\nHost: a\r\n\r\n"),
    ("half an escape", "GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n"),
];

/// Each is the last of its connection, and what is answered: status, and length of the body.
const LAST: [(&str, &[u8], (u16, usize)); 7] = [
    (
        "HTTP/1.0 with close and keep-alive",
        b"GET /hello.txt HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n",
        (200, 1_000),
    ),
    (
        "close in another line than keep-alive",
        b"GET /hello.txt HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n",
        (200, 1_000),
    ),
    (
        "a query with a slash, and no path",
        b"GET http://a?q=/hello.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        (200, 300),
    ),
    (
        "a scheme in capitals, an address and port",
        b"GET HTTP://[::1]:80/hello.txt HTTP/1.1\r\nHost: [::1]:80\r\nConnection:\tClose \r\n\r\n",
        (200, 1_000),
    ),
    (
        "a value that is not UTF-8",
        b"GET /hello.txt HTTP/1.1\r\nHost: a\r\nb: \xe9\r\nConnection: close\r\n\r\n",
        (200, 1_000),
    ),
    ("a method that is not served", b"PATCH / HTTP/1.1\r\nHost: a\r\n\r\n", (405, 23)),
    ("a method that nobody knows", b"get / HTTP/1.1\r\nHost: a\r\n\r\n", (501, 20)),
];

pub(super) fn check(site: &Site, findings: &mut Findings) -> Result<()> {
    for (what, request) in BAD {
        bad(site, what, request, findings)?;
    }
    for (what, request, right) in LAST {
        let answers = taken_apart(&talk(site, &[request])?, 99)?;
        findings.same(what, &answers, &vec![right]);
    }
    let endless = format!("GET / HTTP/1.1\r\nHost: a\r\nb: {}", "x".repeat(100_000));
    bad(site, "a head of 100,000 bytes", &endless, findings)?;
    bad(site, "a head of 8,192 bytes, not whole", &endless[..8192], findings)?;

    // Answers in the order of the requests, each as long as it says; HEAD has no body.
    let line = |method: &str, name: &str| format!("{method} /{name} HTTP/1.1\r\nHost: a\r\n\r\n");
    let last = "GET /hello.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let requests =
        line("GET", "piece.bin") + &line("HEAD", "large.bin") + &line("GET", "no") + last;
    let answer = talk(site, &[requests.as_bytes()])?;
    let right = vec![(200, 32_768), (200, 0), (404, 14), (200, 1_000)];
    findings.same("4 pipelined requests", &taken_apart(&answer, 1)?, &right);
    // One byte at a time, over the borders of lines.
    let slowly: Vec<_> = last.as_bytes().chunks(1).collect();
    findings.same(
        "a request in single bytes",
        &taken_apart(&talk(site, &slowly)?, 9)?,
        &vec![(200, 1_000)],
    );
    let many = line("GET", "hello.txt").repeat(500) + last;
    let answers = taken_apart(&talk(site, &[many.as_bytes()])?, 999)?;
    let is_right = answers.len() == 501 && answers.iter().all(|answer| *answer == (200, 1_000));
    findings.add("501 pipelined requests", is_right, format_args!("{} answers", answers.len()));

    findings.add("bytes after the last answer are taken", still_takes(site)?, "40,000");
    for _ in 0..50 {
        let mut stream = open(site.address.parse()?)?;
        stream.write_all(line("GET", "large.bin").as_bytes())?;
        // Closed with bytes unread: a reset in the middle of an answer.
        stream.read_exact(&mut [0; 100])?;
    }
    let answers = taken_apart(&talk(site, &[last.as_bytes()])?, 9)?;
    findings.same("after 50 clients that left in the middle", &answers, &vec![(200, 1_000)]);
    Ok(())
}

/// The server was told to be patient for a second: it ends the connection, without an answer.
pub(super) fn silence(site: &Site, findings: &mut Findings) -> Result<()> {
    let answer = talk(site, &[b"GET / HTTP/1.1\r\nHo"])?;
    findings.same("half a request, and silence", &answer.len(), &0);
    Ok(())
}

fn bad(site: &Site, what: &str, request: &str, findings: &mut Findings) -> Result<()> {
    let answer = talk(site, &[request.as_bytes()])?;
    let answers = taken_apart(&answer, 99)?;
    findings.same(&format!("400: {what}"), &answers, &vec![(400, 16)]);
    Ok(())
}

/// Whether the server, after its last answer, takes what was under way: closed at once, it would
/// reset the connection, and a client further away might lose the answer.
fn still_takes(site: &Site) -> Result<bool> {
    let mut stream = open(site.address.parse()?)?;
    stream.write_all(b"hello\r\n\r\n")?;
    stream.read_to_end(&mut Vec::new())?;
    // The first of them would only cause the reset.
    Ok((0..4).all(|_| {
        thread::sleep(Duration::from_millis(50));
        stream.write_all(&[b'x'; 10_000]).is_ok()
    }))
}

/// Sends the pieces, and reads until the server ends the connection.
fn talk(site: &Site, pieces: &[&[u8]]) -> Result<Vec<u8>> {
    let mut stream = open(site.address.parse()?)?;
    let mut reader = stream.try_clone()?;
    // Read while writing: many answers do not fit into the socket's buffers.
    let read = thread::spawn(move || {
        let mut answer = Vec::new();
        reader.read_to_end(&mut answer).map(|_| answer)
    });
    for piece in pieces {
        stream.write_all(piece).context("the server took no more")?;
    }
    let answer = read.join().map_err(|_| anyhow::anyhow!("the reading thread panicked"))?;
    answer.context("the server did not end the connection")
}

/// Status and length of the body of each answer. The one at `head` (from 0) is to HEAD.
fn taken_apart(mut bytes: &[u8], head: usize) -> Result<Vec<(u16, usize)>> {
    let mut answers = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("half a head")?;
        let text = std::str::from_utf8(&bytes[..end])?;
        let status = text.split(' ').nth(1).context("no status")?.parse()?;
        let length = text.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let said: usize = length.context("no Content-Length")?.parse()?;
        let length = if answers.len() == head { 0 } else { said };
        bytes = bytes.get(end + 4 + length..).context("a body shorter than it says")?;
        answers.push((status, length));
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::taken_apart;

    #[test]
    fn answers_are_taken_apart_by_their_lengths() {
        let two = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\n";
        assert_eq!(taken_apart(two, 1).ok(), Some(vec![(200, 3), (404, 0)]));
        // The second is not to HEAD, and has no body; a byte is missing; a byte is too many.
        assert!(taken_apart(two, 9).is_err());
        assert!(taken_apart(&two[..39], 9).is_err());
        assert!(taken_apart(&[two, &b"x"[..]].concat(), 1).is_err());
    }
}
