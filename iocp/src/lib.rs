// Where the README's links lead in the documentation: of two definitions Markdown takes the first.
#![doc = include_str!("links.md")]
#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]
#![deny(rustdoc::broken_intra_doc_links)]
// Without a kernel all is compiled, on the simulated one, and what needs it has no name outside.
#![cfg_attr(
    not(any(windows, doc, test, iocp_sim)),
    allow(dead_code, unreachable_pub, unused_imports)
)]

// The order in which rustdoc shows methods: making a port first.
#[allow(unsafe_code)]
mod port;

#[allow(unsafe_code)]
mod operation;

#[allow(unsafe_code)]
mod ops;

mod associated;
mod base;
#[allow(unsafe_code)]
mod core;
#[allow(unsafe_code)]
mod os;

pub use self::{
    base::{
        aligned::AlignedBuffer,
        buffer::{IoBuf, IoBufMut},
        changes::{Change, ChangeAction, ChangeDetails, ChangeName, Changes},
        code::OsError,
        config::{Config, Stats},
        control_message::{ControlMessage, ControlMessages, PacketInfo},
        error::{CompletionError, Error, Limit, Refused},
        kind::CompletionKind,
        pool::{BufferPool, Pooled, PooledBuffer},
        slice::Slice,
        status::NtStatus,
    },
    core::job_message::JobMessage,
    core::packet::{ForeignKey, ForeignPacket, OperationId, Packet, UserPacket},
    os::codes::raw_os_error,
};

// The gate: what needs a kernel is there on Windows, and on other hosts for the tests with the
// simulated one and for the documentation. By name, so that rustc says what is gated.
#[cfg(windows)]
pub use self::ops::open::open_overlapped;
#[cfg(any(windows, doc, test, iocp_sim))]
pub use self::{
    associated::{
        accepted::{AcceptedAs, AcceptedSocket},
        AssociatedHandle, AssociatedSocket,
    },
    core::handle_cell::CancelOutcome,
    core::packets::Packets,
    core::port_end::leaked_operations,
    operation::{Canceller, Completed, InFlight, Operation, Submitted},
    ops::{
        accept::{Accept, AcceptError, Accepted},
        buffers::{IoBufs, IoBufsMut},
        closing::{Closed, Closing, LastReceive},
        connect::{stream_socket, Connect},
        console_control::{ConsoleControl, ConsoleHandler},
        control::{Control, ControlCode, ControlOutput},
        datagram::Datagram,
        escape::{Attached, CallResult},
        event_object::EventObject,
        functions::{
            close_handle, create_completion_port, create_io_completion_port,
            get_queued_completion_status_ex, post_queued_completion_status, wsa_recv, wsa_send,
        },
        handle_wait::{HandleWait, WaitEnd},
        job::{AssociatedJob, Job},
        lock::LockMode,
        message::{ControlKind, Message},
        pipe::{Pipe, PipeClientOptions, PipeConnect, PipeEnd, PipeServer, PipeServerOptions},
        scatter::Pages,
        transmit::Transmit,
        unbuffered::Unbuffered,
        waitable_timer::WaitableTimer,
        watch::{ChangeBuffer, ChangeFilter, DirectoryWatch, Records, Watched},
    },
    port::{
        mailbox::{Mailbox, Sender},
        timer::Timer,
        waker::Waker,
        CompletionPort, Unfinished, Wait,
    },
};
#[cfg(doc)]
pub mod guide;
#[cfg(any(windows, doc, test, iocp_sim))]
pub mod poll;
/// The simulated kernel, for tests on hosts without a real one.
#[cfg(all(not(windows), any(doc, test, iocp_sim)))]
pub use self::os::sim;

/// The behaviour of the whole crate on the simulated kernel.
#[cfg(all(test, not(windows)))]
#[allow(unsafe_code)]
mod tests;
