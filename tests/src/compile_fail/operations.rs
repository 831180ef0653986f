//! Operations, tickets and packets that must not compile.

/// Behaviour 32: an operation that was submitted is gone until it is given back.
///
/// ```compile_fail,E0382
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let submitted = socket.recv(operation);
/// drop(submitted);
/// let room = operation.buffer().capacity();
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let submitted = socket.recv(operation);
/// drop(submitted);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum UseAfterSubmit {}

/// Behaviour 32: an operation is in flight once at a time.
///
/// ```compile_fail,E0382
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let first = socket.recv(operation);
/// let second = socket.recv(operation);
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let other = port.operation(Vec::<u8>::with_capacity(8), 1)?;
/// let first = socket.recv(operation);
/// let second = socket.recv(other);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum SubmitTwice {}

/// Behaviour 32: a ticket is redeemed once.
///
/// ```compile_fail,E0382
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let completed = ticket.finish();
///     let again = ticket.finish();
/// }
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let completed = ticket.finish();
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum FinishTwice {}

/// Behaviour 32: a ticket that was given up is gone.
///
/// ```compile_fail,E0382
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     ticket.detach();
///     let outcome = ticket.cancel();
/// }
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let canceller = ticket.canceller();
///     ticket.detach();
///     let outcome = canceller.cancel();
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum CancelAfterDetach {}

/// Behaviour 32: a finished operation gives its buffer once.
///
/// ```compile_fail,E0382
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let iocp::Submitted::Ready(completed) = socket.recv(operation) {
///     let buffer = completed.into_buffer();
///     let again = completed.into_operation();
/// }
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let iocp::Submitted::Ready(completed) = socket.recv(operation) {
///     let buffer = completed.into_buffer();
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum BufferTakenTwice {}

/// Behaviour 32: an operation is not submitted through a reference.
///
/// ```compile_fail,E0507
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let shared = &operation;
/// let submitted = socket.recv(*shared);
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let shared = operation;
/// let submitted = socket.recv(shared);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum SharedOperation {}

/// Behaviour 32: two threads do not submit one operation.
///
/// ```compile_fail,E0507
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let operation = std::sync::Arc::new(operation);
/// let other = operation.clone();
/// let submitted = std::thread::spawn(move || drop(socket.recv(*other)));
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let other = operation;
/// let submitted = std::thread::spawn(move || drop(socket.recv(other)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum OperationOfTwoThreads {}

/// Behaviour 32: an operation is not cloned.
///
/// ```compile_fail,E0599
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let copy = operation.clone();
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let bytes = operation.buffer().clone();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum ClonedOperation {}

/// Behaviour 32: nor is a ticket.
///
/// ```compile_fail,E0599
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let copy = ticket.clone();
/// }
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let copy = ticket.canceller().clone();
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum ClonedTicket {}

/// Behaviour 32: the buffer of an operation in flight cannot be looked at.
///
/// ```compile_fail,E0599
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let bytes = ticket.buffer();
/// }
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let done = ticket.is_done();
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum BufferInFlight {}

/// Behaviour 32: packets are not looked at while others are taken into their place.
///
/// ```compile_fail,E0502
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let mut packets = iocp::Packets::with_capacity(8);
/// for packet in &packets {
///     port.wait(&mut packets, None)?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let mut packets = iocp::Packets::with_capacity(8);
/// for packet in &packets {
///     println!("{packet:?}");
/// }
/// port.wait(&mut packets, None)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum PacketsDuringWait {}
