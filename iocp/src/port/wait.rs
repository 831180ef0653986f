//! Waiting: deadlines, slices, and the close packet that everybody hears.

use std::sync::atomic::Ordering;

use super::{CompletionPort, Wait};
use crate::{
    os::Code,
    timeout::{Deadline, INFINITE},
    Error, Packets,
};

/// The longest single wait: so that a lost wake-up costs latency, never a hang.
const SLICE_MS: u32 = 5_000;

impl CompletionPort {
    pub(super) fn wait_until(
        &self,
        packets: &mut Packets,
        deadline: Deadline,
        mode: Mode,
    ) -> Result<Wait, Error> {
        if packets.is_unreported() {
            let count = packets.len();
            if count > 0 {
                packets.settle_report();
                return Ok(Wait::Packets(count));
            }
        }
        packets.clear();
        let mut close = PassOn { port: self, held: false };
        loop {
            let closed = self.is_closed();
            let left_ms = if closed && !mode.drain { 0 } else { deadline.remaining_ms() };
            let idle = mode.drain && self.core.in_flight() == 0;
            let ms = if idle { 0 } else { left_ms.min(SLICE_MS) };
            match packets.dequeue(&self.core, ms, mode.alertable) {
                Ok(brought) => close.held |= brought.close,
                Err(Code::WAIT_TIMEOUT) if idle => return Ok(Wait::Packets(0)),
                Err(Code::WAIT_TIMEOUT) if closed && !mode.drain => return Err(Error::Closed),
                Err(Code::WAIT_TIMEOUT) => {
                    if left_ms != INFINITE && deadline.remaining_ms() == 0 {
                        return Ok(Wait::TimedOut);
                    }
                }
                Err(Code::WAIT_IO_COMPLETION) => return Ok(Wait::Apc),
                Err(Code::ABANDONED_WAIT | Code::INVALID_HANDLE) => {
                    self.core.port.closed.store(true, Ordering::SeqCst);
                    return Err(Error::Closed);
                }
                Err(code) => return Err(Error::os("GetQueuedCompletionStatusEx", code)),
            }
            if !packets.is_empty() {
                return Ok(Wait::Packets(packets.len()));
            }
            if packets.was_woken() {
                return Ok(Wait::Woken);
            }
        }
    }
}

/// How to wait.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    pub(super) alertable: bool,
    pub(super) drain: bool,
}

impl Mode {
    pub(super) const WAIT: Self = Self { alertable: false, drain: false };
}

/// Holds the close packet while its taker is inside, and passes it on when it leaves.
struct PassOn<'a> {
    port: &'a CompletionPort,
    held: bool,
}

impl Drop for PassOn<'_> {
    fn drop(&mut self) {
        if self.held {
            self.port.core.port.post_close();
        }
    }
}
