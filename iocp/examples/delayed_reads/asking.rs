//! The thread that registers: five questions, and their answers as they come.

use std::{
    error::Error,
    io::{self, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use iocp::poll::{Interests, TcpStream};

use super::{
    command_line::{not_understood, value, Words},
    reactor::Reactor,
    server,
};

/// The delays in the order of the registrations.
const DELAYS_MS: [u64; 5] = [1500, 1200, 900, 600, 300];

/// How long all of them may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Bytes of an answer at most.
const LONGEST: usize = 64;

/// One connection: its token is its place.
struct Question {
    stream: TcpStream,
    delay_ms: u64,
    asked: Instant,
    answer: Vec<u8>,
    ended: bool,
}

/// Reads the arguments, or says in one sentence what is wrong with them.
pub(crate) fn parse(mut words: Words) -> Result<Option<SocketAddr>, String> {
    let mut server = None;
    while let Some(word) = words.next() {
        match word.to_str() {
            Some(option @ "--server") => server = Some(value(&mut words, option, "ADDRESS:PORT")?),
            _ => return Err(not_understood(&word)),
        }
    }
    Ok(server)
}

/// Asks, checks, closes the loop.
pub(crate) fn run(server: Option<SocketAddr>) -> Result<(), Box<dyn Error>> {
    let server = match server {
        Some(address) => address,
        None => server::start(DELAYS_MS.len())?,
    };
    let reactor = Reactor::start()?;
    let mut questions = Vec::new();
    for (token, delay_ms) in DELAYS_MS.into_iter().enumerate() {
        let mut stream = TcpStream::connect(server)?;
        let asked = Instant::now();
        stream.write_all(format!("{delay_ms}\n").as_bytes())?;
        // The other thread is waiting meanwhile.
        reactor.registrator.register(&mut stream, token, Interests::READABLE)?;
        println!("registered token={token} delay_ms={delay_ms}");
        questions.push(Question { stream, delay_ms, asked, answer: Vec::new(), ended: false });
    }

    let (begun, mut order) = (Instant::now(), Vec::new());
    while order.len() < questions.len() {
        let left = LIMIT.saturating_sub(begun.elapsed());
        let token = reactor.tokens.recv_timeout(left).map_err(|_| {
            format!("{} answers did not come in {LIMIT:?}", questions.len() - order.len())
        })?;
        let question = questions.get_mut(token).ok_or("an event of nobody")?;
        // Answer and end may be two events, of which the first read may have taken both.
        if !question.ended && question.read()? {
            question.check(token)?;
            order.push(token);
        }
    }

    let polls = reactor.stop()?;
    drop(questions);
    let text = order.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    if !order.iter().rev().copied().eq(0..DELAYS_MS.len()) {
        return Err(format!("the answers came in the order {text}").into());
    }
    println!("done order={text} polls={polls} leaked={}", iocp::leaked_operations());
    Ok(())
}

impl Question {
    /// Reads what is there. Returns whether that was the end.
    fn read(&mut self) -> io::Result<bool> {
        // `read_to_string` would lose what came before a `WouldBlock`; `read_to_end` keeps it.
        let room = (LONGEST - self.answer.len()) as u64;
        match (&mut self.stream).take(room).read_to_end(&mut self.answer) {
            Ok(_) if self.answer.len() == LONGEST => {
                return Err(io::Error::other(format!("an answer is longer than {LONGEST} bytes")));
            }
            Ok(_) => self.ended = true,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(self.ended)
    }

    fn check(&self, token: usize) -> Result<(), String> {
        let (answer, took) = (String::from_utf8_lossy(&self.answer), self.asked.elapsed());
        println!("answer token={token} after_ms={} text=\"{}\"", took.as_millis(), answer.trim());
        if answer.trim() != format!("after {}", self.delay_ms) {
            return Err(format!("connection {token} was answered '{answer}'"));
        }
        if took < Duration::from_millis(self.delay_ms) {
            return Err(format!("connection {token} was answered early"));
        }
        Ok(())
    }
}
