//! The end of a thread: it cancels what the thread has started with an event, or without a packet.

use std::{
    cell::RefCell,
    thread::{self, ThreadId},
};

use super::{
    file::File,
    request::{Which, CANCELLED},
};

/// On which objects this thread has started such operations.
struct Started {
    thread: ThreadId,
    on: RefCell<Vec<&'static File>>,
}

thread_local! {
    static STARTED: Started = Started { thread: thread::current().id(), on: RefCell::default() };
}

/// An operation on this object is to end with this thread (facts CAN01, CAN03, CAN04).
pub(super) fn with_this_thread(file: &'static File) {
    STARTED.with(|started| {
        let mut on = started.on.borrow_mut();
        if !on.iter().any(|other| std::ptr::eq(*other, file)) {
            on.push(file);
        }
    });
}

impl Drop for Started {
    fn drop(&mut self) {
        for file in self.on.take() {
            file.end_requests(Which::Thread(self.thread), CANCELLED);
        }
    }
}
