#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]
#![deny(rustdoc::broken_intra_doc_links)]
// Without a kernel, real or simulated, only the portable parts are built, and nobody calls them.
#![cfg_attr(any(loom, not(any(windows, test, iocp_sim))), allow(dead_code, unused_imports))]

mod sync;

#[cfg(not(loom))]
#[allow(unsafe_code)]
mod buffer;
#[cfg(not(loom))]
mod config;
#[allow(unsafe_code)]
mod core;
#[cfg(not(loom))]
mod error;
#[cfg(not(loom))]
#[allow(unsafe_code)]
mod os;
#[cfg(not(loom))]
mod pool;
#[cfg(not(loom))]
mod status;
#[cfg(not(loom))]
mod timeout;

#[cfg(not(loom))]
pub use self::{
    buffer::{IoBuf, IoBufMut},
    config::{Config, Stats},
    core::packet::{ForeignKey, ForeignPacket, OperationId, Packet, UserPacket},
    error::{CompletionError, Error, OsError, Refused},
    pool::{BufferPool, PooledBuffer},
    status::{CompletionKind, NtStatus},
};

/// Everything that needs a kernel: Windows, or the simulated one of the tests.
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
mod kernel {
    pub use crate::{
        associated::{
            accepted::{AcceptedAs, AcceptedSocket},
            AssociatedHandle, AssociatedSocket,
        },
        core::packets::Packets,
        core::shared::leaked_operations,
        functions::{
            close_handle, create_completion_port, create_io_completion_port,
            get_queued_completion_status_ex, post_queued_completion_status, wsa_recv, wsa_send,
        },
        mailbox::{Mailbox, Sender},
        operation::{CancelOutcome, Canceller, Completed, InFlight, Operation, Parked, Submitted},
        ops::{
            accept::{Accept, AcceptError, Accepted},
            buffers::{IoBufs, IoBufsMut},
            connect::{stream_socket, Connect},
            datagram::Datagram,
            escape::{Attached, CallResult},
        },
        port::{CompletionPort, Wait},
        waker::Waker,
    };
}
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub use self::kernel::*;

#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
mod associated;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
mod functions;
#[cfg(all(windows, not(loom)))]
#[allow(unsafe_code)]
mod handle;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
mod mailbox;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
#[allow(unsafe_code)]
mod operation;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
#[allow(unsafe_code)]
mod ops;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
pub mod poll;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
#[allow(unsafe_code)]
mod port;
#[cfg(all(any(windows, test, iocp_sim), not(loom)))]
mod waker;

/// The behaviour of the whole crate on the simulated kernel.
#[cfg(all(test, not(windows), not(loom)))]
#[allow(unsafe_code)]
mod tests;

/// The simulated kernel, for tests on hosts without a real one.
#[cfg(all(not(windows), any(test, iocp_sim), not(loom)))]
pub use self::os::sim;
