//! The simulated kernel itself: each answer of Windows that it gives, by the id of its fact in
//! `tests/FACTS.tsv`. `tests/src/facts` asks the same of the kernel that there is.

use std::{mem::MaybeUninit, thread};

use iocp_sys::OVERLAPPED_ENTRY;

use crate::{
    os,
    sim::{Kernel, Script},
};

/// The key of the next packet, or the code of the wait.
fn next(port: &os::Owned, timeout_ms: u32) -> Result<usize, os::Code> {
    let mut entry = [MaybeUninit::<OVERLAPPED_ENTRY>::uninit()];
    let count = os::port_wait(port.borrow(), &mut entry, timeout_ms, false)?;
    assert_eq!(count, 1);
    // SAFETY:
    // * the wait says that it has written one entry.
    Ok(unsafe { entry[0].assume_init_read() }.lpCompletionKey)
}

fn post(port: &os::Owned, key: usize) {
    // SAFETY:
    // * the simulated kernel only carries these numbers.
    unsafe { os::port_post(port.borrow(), 0, key, 0) }.unwrap();
}

/// Fact PORT19.
#[test]
fn who_waits_last_gets_the_first_packet_and_who_comes_after_them_the_rest() {
    let kernel = &Kernel::new(Script::default());
    let port = &os::port_create(0).unwrap();
    thread::scope(|scope| {
        let mut waiters = Vec::new();
        for sleeping in 1..=3 {
            waiters.push(scope.spawn(move || {
                let _entered = kernel.enter();
                next(port, u32::MAX)
            }));
            while kernel.counts().sleeping < sleeping {
                thread::yield_now();
            }
        }
        (1..=4).for_each(|key| post(port, key));
        assert_eq!(next(port, 0), Ok(4), "those before are given away");
        let got = waiters.into_iter().map(|waiter| waiter.join().unwrap());
        assert!(got.eq([Ok(3), Ok(2), Ok(1)]));
    });
}
