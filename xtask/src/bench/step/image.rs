//! The program's image: the bytes of its code, and what an instruction in it is.

use std::{fs::File, os::unix::fs::FileExt};

use anyhow::{Context, Result};
use nix::unistd::Pid;

/// The breakpoint instruction, and the prefix that locks the bus.
const INT3: u8 = 0xCC;
const LOCK: u8 = 0xF0;

/// The no-op with which the program says that a message is done.
const MESSAGE: [u8; 7] = *b"\x0F\x1F\x80iocp";

/// The image as it lies in memory.
pub(super) struct Image {
    pub(super) start: u64,
    code: Vec<u8>,
}

impl Image {
    pub(super) fn read(process: Pid, (start, end): (u64, u64)) -> Result<Self> {
        let mut code = vec![0; usize::try_from(end - start)?];
        let memory = File::open(format!("/proc/{process}/mem")).context("its memory")?;
        // Sections need not fill the image: what cannot be read is no code.
        for page in (0..code.len()).step_by(4096) {
            let until = (page + 4096).min(code.len());
            let _ = memory.read_at(&mut code[page..until], start + page as u64);
        }
        Ok(Self { start, code })
    }

    pub(super) fn len(&self) -> usize {
        self.code.len()
    }

    /// Where in the image the address lies; none for one outside.
    pub(super) fn offset(&self, address: u64) -> Option<usize> {
        let offset = usize::try_from(address.wrapping_sub(self.start)).ok()?;
        (offset < self.code.len()).then_some(offset)
    }

    pub(super) fn has(&self, address: u64) -> bool {
        self.offset(address).is_some()
    }

    /// The code from there on; nothing outside.
    fn from(&self, address: u64) -> &[u8] {
        self.offset(address).map_or(&[], |offset| &self.code[offset..])
    }

    pub(super) fn is_breakpoint(&self, address: u64) -> bool {
        self.from(address).first() == Some(&INT3)
    }

    pub(super) fn is_message(&self, address: u64) -> bool {
        self.from(address).starts_with(&MESSAGE)
    }

    pub(super) fn is_locked(&self, address: u64) -> bool {
        is_locked(self.from(address))
    }
}

/// Whether this instruction locks the bus: the prefix, or an exchange with memory.
fn is_locked(code: &[u8]) -> bool {
    let is_prefix = |byte: u8| matches!(byte, 0x40..=0x4F | 0x66);
    let mut rest = code;
    loop {
        match rest {
            [LOCK, ..] => return true,
            [byte, after @ ..] if is_prefix(*byte) => rest = after,
            [0x86 | 0x87, operands, ..] => return operands >> 6 != 3,
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locked_instructions_are_told_from_others() {
        for locked in [&[0xF0, 0x48, 0x0F, 0xB1][..], &[0x66, 0xF0, 0xFF], &[0x48, 0x87, 0x03]] {
            assert!(is_locked(locked), "{locked:x?}");
        }
        for other in [&[0x48, 0x87, 0xC3][..], &[0x90], &[0x48, 0x8B, 0x03], &[]] {
            assert!(!is_locked(other), "{other:x?}");
        }
    }

    #[test]
    fn what_is_outside_is_nothing() {
        let image = Image { start: 0x1000, code: vec![INT3, 0x90] };
        assert!(image.is_breakpoint(0x1000) && image.has(0x1001));
        for outside in [0, 0xFFF, 0x1002, u64::MAX] {
            assert!(!image.has(outside) && !image.is_breakpoint(outside), "{outside:x}");
            assert!(!image.is_message(outside) && !image.is_locked(outside), "{outside:x}");
        }
    }
}
