//! How this kernel translates statuses: by the whole map of what Windows says, where that is at hand.

use crate::{base::status::NtStatus, os::Code};

#[cfg(any(test, iocp_sim))]
use super::status_map;

/// Without the map no kernel is ever made.
#[cfg(not(any(test, iocp_sim)))]
mod status_map {
    pub(super) struct Row {
        pub(super) win32: u32,
        pub(super) winsock: Option<u32>,
    }

    pub(super) fn row(_: u32) -> Option<Row> {
        None
    }
}

/// `RtlNtStatusToDosError`: 317 for what it does not know.
pub(crate) fn system_code(NtStatus(status): NtStatus) -> Code {
    // A status of the kind 0xD… is the same one, told by a driver as an HRESULT.
    let status = if status >> 28 == 0xD { status & !(1 << 28) } else { status };
    Code(match (status_map::row(status), status >> 16) {
        (Some(row), _) => row.win32,
        // Made of a code: of an RPC, of an HRESULT.
        (None, 0xC001 | 0x8007) => status & 0xFFFF,
        (None, _) => 317,
    })
}

/// `WSAGetOverlappedResult`: 10022 for a warning or error that it does not list.
pub(super) fn winsock_number(status: NtStatus) -> u32 {
    let row = status_map::row(status.0);
    let own = status.entry().map(|(_, winsock, _)| winsock).filter(|code| *code != 0);
    row.and_then(|row| row.winsock).or(own).unwrap_or(if status.0 >> 31 == 1 { 10_022 } else { 0 })
}
