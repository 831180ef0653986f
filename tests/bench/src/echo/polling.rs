//! polling: readiness, one event per arming. A connection is read once, then armed again.

use std::{
    io::{Read, Result, Write},
    net::TcpStream,
    num::NonZeroUsize,
};

use polling::{Event, Events, Poller};

use super::ENTRIES;
use crate::{arguments::Args, meter};

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    let poller = Poller::new()?;
    for (key, stream) in streams.iter().enumerate() {
        stream.set_nonblocking(true)?;
        // SAFETY:
        // * the streams live until the process ends: nothing is dropped while it is registered.
        unsafe { poller.add(stream, Event::readable(key)) }?;
    }
    let mut events = Events::with_capacity(NonZeroUsize::new(ENTRIES).unwrap_or(NonZeroUsize::MIN));
    let mut buffer = vec![0; args.buffer];
    loop {
        events.clear();
        poller.wait(&mut events, None)?;
        for event in events.iter() {
            let mut stream = &streams[event.key];
            if let Ok(count @ 1..) = stream.read(&mut buffer) {
                stream.write_all(&buffer[..count])?;
                meter::message();
                poller.modify(stream, Event::readable(event.key))?;
            }
        }
    }
}
