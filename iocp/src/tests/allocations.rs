//! What the steady path allocates: nothing.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use super::{config, finish, pending, port, LIMIT};
use crate::{
    sim::{Finish, Kernel, Script},
    CompletionPort, Config, Packets, Submitted, Wait,
};

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// Counts the allocations of each thread.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY:
// * everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY:
        // * what the caller promises of pointer and layout is what the system's allocator wants.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// The allocations of this thread so far.
pub(super) fn allocated() -> u64 {
    COUNT.with(Cell::get)
}

const ROUNDS: usize = if cfg!(miri) { 50 } else { 2_000 };

fn count(mut round: impl FnMut()) -> u64 {
    for _ in 0..10 {
        round();
    }
    let before = COUNT.with(Cell::get);
    for _ in 0..ROUNDS {
        round();
    }
    COUNT.with(Cell::get) - before
}

/// Behaviour 29: 2,000 rounds of submit, wait, finish.
#[test]
fn two_thousand_rounds_of_submit_wait_and_finish_allocate_nothing() {
    for finish_when in [Finish::WhenDone, Finish::AtDequeue] {
        let kernel = Kernel::new(Script { finish: finish_when, ..Script::default() });
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let mut operation = Some(port.operation(vec![0_u8; 16].into_boxed_slice(), 1).unwrap());
        let allocations = count(|| {
            assert!(peer.send(b"round"));
            let ticket = pending(socket.recv(operation.take().unwrap()));
            assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
            operation = Some(finish(ticket).into_operation());
        });
        assert_eq!(allocations, 0);
    }
}

/// Behaviour 29: in skip mode too.
#[test]
fn rounds_that_are_ready_at_once_allocate_nothing() {
    let kernel = Kernel::new(Script::default());
    let port = CompletionPort::with_config(&Config { skip_on_success: true, ..config() }).unwrap();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let mut operation = Some(port.operation(vec![0_u8; 16].into_boxed_slice(), 1).unwrap());
    let allocations = count(|| {
        assert!(peer.send(b"round"));
        let Submitted::Ready(completed) = socket.recv(operation.take().unwrap()) else {
            panic!("not ready")
        };
        operation = Some(completed.into_operation());
    });
    assert_eq!(allocations, 0);
}

/// Behaviour 29: making and freeing an operation with a small buffer takes a slot, no memory.
#[test]
fn an_operation_on_a_warm_port_allocates_nothing_of_its_own() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    let allocations = count(|| drop(port.operation(&b"static"[..], 1).unwrap()));
    assert_eq!(allocations, 0);
}
