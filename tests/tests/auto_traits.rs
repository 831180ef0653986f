//! Which types may be sent to and shared between threads. Checked by the compiler.

#[cfg(windows)]
fn send<T: Send>() {}
#[cfg(windows)]
fn sync<T: Sync>() {}
fn both<T: Send + Sync>() {}

/// Behaviour 32: plain data goes anywhere.
#[test]
fn plain_data_is_send_and_sync_on_every_host() {
    both::<iocp::Config>();
    both::<iocp::Stats>();
    both::<iocp::Error>();
    both::<iocp::CompletionError>();
    both::<iocp::NtStatus>();
    both::<iocp::Packet>();
    both::<iocp::OperationId>();
    both::<iocp::UserPacket>();
    both::<iocp::ForeignPacket>();
}

/// Behaviour 32: ports, sockets, operations and tickets go to other threads; what waits and cancels
/// is shared.
#[cfg(windows)]
#[test]
fn the_types_of_the_port_are_send_and_what_threads_share_is_sync() {
    use std::net::TcpStream;
    both::<iocp::CompletionPort>();
    both::<iocp::Waker>();
    both::<iocp::Canceller>();
    both::<iocp::AssociatedSocket<TcpStream>>();
    both::<iocp::Packets>();
    send::<iocp::Operation<Vec<u8>>>();
    send::<iocp::InFlight<Vec<u8>>>();
    sync::<iocp::InFlight<Vec<u8>>>();
    send::<iocp::Completed<Vec<u8>>>();
    send::<iocp::Submitted<Vec<u8>>>();
    send::<iocp::Operation<iocp::Accept>>();
    send::<iocp::Operation<iocp::Connect>>();
}

/// Behaviour 32: a buffer that is `Send` and not `Sync` may be lent.
#[cfg(windows)]
#[test]
fn a_ticket_asks_of_its_buffer_only_that_it_can_be_sent() {
    both::<iocp::InFlight<std::cell::Cell<u8>>>();
    send::<iocp::Completed<std::cell::Cell<u8>>>();
    sync::<iocp::Operation<Vec<u8>>>();
}
