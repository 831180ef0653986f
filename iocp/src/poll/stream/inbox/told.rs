//! What the packet of a receive says of its stream, before its owner has looked.

use crate::{poll::event::Ready, status::NtStatus, CompletionKind};

/// What it says if it did not just bring bytes.
#[cold]
pub(in crate::poll) fn told_by(status: NtStatus, bytes: u32, probe: bool) -> Ready {
    if status.is_success() {
        let ended = if bytes == 0 && !probe { Ready::READ_CLOSED } else { Ready::NONE };
        return Ready::READABLE | ended;
    }
    match status.kind() {
        // Nobody here cancels: the read that finds it so starts the next one.
        CompletionKind::Cancelled | CompletionKind::AbortedBySystem => Ready::READABLE,
        CompletionKind::NoResources => Ready::READABLE | Ready::ERROR,
        _ => Ready::OF_READING,
    }
}
