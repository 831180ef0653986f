//! Other code of the process that takes packets of a port: it throws them away, or gives them back late.

use std::mem::MaybeUninit;

use iocp_sys::OVERLAPPED_ENTRY;

use super::storm::Dice;
use crate::{os, CompletionPort};

/// What it has taken and not given back.
#[derive(Default)]
pub(super) struct Thief {
    kept: Vec<OVERLAPPED_ENTRY>,
}

impl Thief {
    /// Takes what is there, at most two packets.
    pub(super) fn steal(&mut self, port: &CompletionPort) {
        let mut entries = [MaybeUninit::uninit(); 2];
        let Ok(count) = os::port_wait(port.core.handle(), &mut entries, 0, false) else { return };
        for entry in &entries[..count] {
            // SAFETY:
            // * The wait says that it has written so many entries.
            self.kept.push(unsafe { entry.assume_init() });
        }
    }

    /// Gives one of them back, any of them, so many times. Whether there was one.
    pub(super) fn give_back(
        &mut self,
        port: &CompletionPort,
        dice: &mut Dice,
        times: usize,
    ) -> bool {
        let Some(entry) = self.pick(dice) else { return false };
        let (bytes, key) = (entry.dwNumberOfBytesTransferred, entry.lpCompletionKey);
        for _ in 0..times {
            // A post may fail; somebody waits for this packet.
            while port.core.port.post(bytes, key, entry.lpOverlapped as usize).is_err() {}
        }
        true
    }

    /// Throws one away, any of them.
    pub(super) fn throw_away(&mut self, dice: &mut Dice) {
        self.pick(dice);
    }

    fn pick(&mut self, dice: &mut Dice) -> Option<OVERLAPPED_ENTRY> {
        let count = self.kept.len();
        (count > 0).then(|| self.kept.swap_remove(dice.roll(count as u64) as usize))
    }
}
