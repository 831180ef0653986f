//! How many waits it takes to get `n` packets that are there, and whether the entries are touched.
//!
//! The packets are posted first, so that they are there. `--connections` is the size of the array,
//! `--count` the number of packets.

use std::{
    io::{Error, Result},
    mem::MaybeUninit,
    ptr::null_mut,
};

use iocp::{CompletionPort, Packets, UserPacket, Wait};
use iocp_sys::{
    CreateIoCompletionPort, GetQueuedCompletionStatusEx, PostQueuedCompletionStatus,
    INVALID_HANDLE_VALUE, OVERLAPPED_ENTRY,
};
use iocp_tests::calls::{calls, Meter};

use crate::{arguments::Args, heap, meter, setting};

/// Counts, and ends.
pub(crate) fn run(args: &Args) -> Result<()> {
    let _ = calls();
    let (room, packets) = (args.connections, args.count);
    let take: Box<dyn FnMut() -> Result<u64>> = match args.server.as_str() {
        "raw" => raw(room, packets)?,
        "typed" => typed(room, packets)?,
        other => return Err(Error::other(format!("no server is called `{other}`"))),
    };
    count(args, take)
}

fn count(args: &Args, mut take: Box<dyn FnMut() -> Result<u64>>) -> Result<()> {
    let calls = Meter::new();
    let (mut taken, before) = (0, heap::counts());
    if args.marks {
        // One wait is stepped: what it costs must not depend on the size of the array.
        setting::wait_for_tracer(args)?;
        meter::mark(meter::Mark::Begin);
        taken += take()?;
        meter::mark(meter::Mark::End);
    }
    while taken < args.count {
        taken += calls.run(&mut take)?;
    }
    let allocations = heap::counts().allocations - before.allocations;
    let counts = calls.counts();
    let waits = counts.get("GetQueuedCompletionStatusEx");
    let kernel = counts.kernel_calls();
    println!("counted messages={taken} waits={waits} kernel={kernel} allocations={allocations}");
    Ok(())
}

/// Posts, and waits with an array on the stack.
fn raw(room: usize, packets: u64) -> Result<Box<dyn FnMut() -> Result<u64>>> {
    // SAFETY:
    // * asks for a new port.
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
    for _ in 0..packets {
        // SAFETY:
        // * an open port and numbers.
        if unsafe { PostQueuedCompletionStatus(port, 0, 1, null_mut()) } == 0 {
            return Err(Error::last_os_error());
        }
    }
    let mut entries = vec![MaybeUninit::<OVERLAPPED_ENTRY>::uninit(); room];
    Ok(Box::new(move || {
        let mut count = 0;
        let room = u32::try_from(entries.len()).map_err(Error::other)?;
        // SAFETY:
        // * the array has room for that many entries.
        let ok = unsafe {
            let at = entries.as_mut_ptr().cast();
            GetQueuedCompletionStatusEx(port, at, room, &mut count, 0, 0)
        };
        match ok {
            0 => Err(Error::last_os_error()),
            _ => Ok(u64::from(count)),
        }
    }))
}

/// The same through `iocp`.
fn typed(room: usize, packets: u64) -> Result<Box<dyn FnMut() -> Result<u64>>> {
    let port = CompletionPort::new()?;
    for _ in 0..packets {
        port.post(UserPacket::default())?;
    }
    let mut packets = Packets::with_capacity(room);
    Ok(Box::new(move || match port.wait(&mut packets, Some(std::time::Duration::ZERO))? {
        Wait::Packets(count) => Ok(count as u64),
        other => Err(Error::other(format!("{other:?} instead of packets"))),
    }))
}
