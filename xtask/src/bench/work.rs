//! The client of the servers of work: messages of any size, datagrams, whole connections, at the run's [`Pace`].
//!
//! What is sent when the server waits is sent while it is stopped, so that it finds the whole of it. More than a socket
//! takes at once comes from a thread beside the one that reads: there the system decides in which pieces it arrives.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpStream, UdpSocket},
    thread,
    time::Duration,
};

use anyhow::{ensure, Context, Result};

use super::{
    client::MESSAGE,
    quiet::Quiet,
    run::{Pace, Run},
    server::REHEARSAL,
};
use crate::load::open;

/// So many bytes are taken from a sender whose receiver is stopped.
const AT_ONCE: usize = 64 << 10;

/// No answer takes longer: what is lost would be waited for without an end.
const PATIENCE: Duration = Duration::from_secs(300);

/// Speaks to the server as the run says. The connection must stay until the server has ended.
pub(super) fn talk(run: &Run<'_>, port: u16, quiet: &Quiet) -> Result<(Vec<TcpStream>, f64)> {
    let mut open = Vec::new();
    let mut before = f64::NAN;
    match (run.bench, run.size) {
        ("udp", _) => datagrams(run, port, quiet)?,
        (_, 0) => connections(run, port, quiet)?,
        _ => open.push(stream(run, port, quiet, &mut before)?),
    }
    Ok((open, quiet.cpu_ns() - before))
}

/// One connection with all its messages.
fn stream(run: &Run<'_>, port: u16, quiet: &Quiet, before: &mut f64) -> Result<TcpStream> {
    let stream = open((Ipv4Addr::LOCALHOST, port).into())?;
    let total = run.warm + REHEARSAL + run.count;
    if run.pace == Pace::OneWay {
        let bytes = message(run.size, 0);
        (0..total).try_for_each(|_| (&stream).write_all(&bytes))?;
        return Ok(stream);
    }
    for number in 0..run.warm {
        exchange(&stream, run.size, number)?;
    }
    if run.pace == Pace::Busy {
        // One more than is counted: also the last one has another behind it.
        let numbers = run.warm..=total;
        at_once(run, quiet, || {
            numbers.clone().try_for_each(|number| (&stream).write_all(&message(run.size, number)))
        })?;
        numbers.clone().try_for_each(|number| receive(&stream, run.size, number))?;
        return Ok(stream);
    }
    for number in run.warm..total {
        if number == run.warm + REHEARSAL {
            *before = quiet.cpu_ns();
        }
        match run.settle {
            true if run.size <= AT_ONCE => {
                at_once(run, quiet, || (&stream).write_all(&message(run.size, number)))?;
                receive(&stream, run.size, number)?;
            }
            true => {
                quiet.wait()?;
                exchange(&stream, run.size, number)?;
            }
            false => exchange(&stream, run.size, number)?,
        }
    }
    Ok(stream)
}

/// Sends when the server waits, and is stopped. A stepper would be stopped with its program: then it is only waited for.
fn at_once(run: &Run<'_>, quiet: &Quiet, send: impl FnOnce() -> std::io::Result<()>) -> Result<()> {
    let _held = quiet.settle(!run.steps)?;
    Ok(send()?)
}

/// One message there and back, whatever the sockets hold.
fn exchange(stream: &TcpStream, size: usize, number: u64) -> Result<()> {
    if size <= AT_ONCE {
        let mut to = stream;
        to.write_all(&message(size, number))?;
        return receive(stream, size, number);
    }
    thread::scope(|scope| {
        let mut to = stream;
        let writer = scope.spawn(move || to.write_all(&message(size, number)));
        receive(stream, size, number)?;
        Ok(writer.join().expect("it does not panic")?)
    })
}

/// Reads one message, and compares.
fn receive(mut stream: &TcpStream, size: usize, number: u64) -> Result<()> {
    let mut back = vec![0; size];
    stream.read_exact(&mut back).context("an echo")?;
    ensure!(back == message(size, number), "message {number} came back changed");
    Ok(())
}

/// Connections of one message each. The client ends its side with the message, or the server leaves first.
fn connections(run: &Run<'_>, port: u16, quiet: &Quiet) -> Result<()> {
    for number in 0..run.warm + REHEARSAL + run.count {
        let mut opened = None;
        at_once(run, quiet, || {
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            stream.set_read_timeout(Some(PATIENCE))?;
            (&stream).write_all(&message(MESSAGE, number))?;
            if !run.leaves {
                stream.shutdown(Shutdown::Write)?;
            }
            opened = Some(stream);
            Ok(())
        })?;
        let mut stream = opened.context("a connection")?;
        receive(&stream, MESSAGE, number)?;
        let more = stream.read(&mut [0]).context("the server's end")?;
        ensure!(more == 0, "the server sends something after its answer");
    }
    Ok(())
}

/// Datagrams to the server's first socket, and their answers, in order.
fn datagrams(run: &Run<'_>, port: u16, quiet: &Quiet) -> Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.connect((Ipv4Addr::LOCALHOST, port))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    let send = |number| socket.send(&message(run.size, number)).map(drop);
    let receive = |number| -> Result<()> {
        let mut back = vec![0; run.size + 1];
        let count = socket.recv(&mut back).context("an answer")?;
        ensure!(back[..count] == message(run.size, number), "datagram {number} came back changed");
        Ok(())
    };
    let total = run.warm + REHEARSAL + run.count;
    let one_by_one = if run.pace == Pace::Busy { run.warm } else { total };
    for number in 0..one_by_one {
        if run.settle {
            quiet.wait()?;
        }
        send(number)?;
        receive(number)?;
    }
    if run.pace == Pace::Busy {
        at_once(run, quiet, || (one_by_one..=total).try_for_each(send))?;
        (one_by_one..=total).try_for_each(receive)?;
    }
    Ok(())
}

/// No two messages in flight are alike.
fn message(size: usize, number: u64) -> Vec<u8> {
    let mut bytes = vec![0; size];
    for (index, chunk) in (0..).zip(bytes.chunks_mut(8)) {
        let word = number.wrapping_mul(31).wrapping_add(index).to_le_bytes();
        chunk.copy_from_slice(&word[..chunk.len()]);
    }
    bytes
}
