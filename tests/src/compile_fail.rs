//! What must not compile, each beside a twin that does.
//!
//! The twin differs only in the point, so that a sample cannot fail for another reason. Which error
//! it is, is checked on nightly only.

/// Behaviour 32: an operation that was submitted is gone until it is given back.
///
/// ```compile_fail,E0382
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let submitted = socket.recv(operation);
/// drop(submitted);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum UseAfterSubmit {}

/// Behaviour 32: a ticket is redeemed once.
///
/// ```compile_fail,E0382
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let completed = ticket.finish();
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum FinishTwice {}

/// Behaviour 32: a buffer that borrows from the stack cannot be lent.
///
/// ```compile_fail,E0597
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let bytes = *b"data";
/// let lent = port.operation(&bytes[..], 0)?;
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// static BYTES: [u8; 4] = *b"data";
/// let lent = port.operation(&BYTES[..], 0)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum BorrowedBuffer {}

/// Behaviour 32: a buffer that cannot go to another thread cannot be lent.
///
/// ```compile_fail,E0277
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let bytes: std::rc::Rc<[u8]> = std::rc::Rc::from(*b"data");
/// let lent = port.operation(bytes, 0)?;
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let bytes: std::sync::Arc<[u8]> = std::sync::Arc::from(*b"data");
/// let lent = port.operation(bytes, 0)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum BufferThatStays {}

/// Behaviour 32: what is only readable is sent, never received into.
///
/// ```compile_fail,E0277
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// static BYTES: [u8; 4] = *b"data";
/// let submitted = socket.recv(port.operation(&BYTES[..], 0)?);
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// static BYTES: [u8; 4] = *b"data";
/// let submitted = socket.send(port.operation(&BYTES[..], 0)?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum ReadOnlyReceive {}

/// Behaviour 32: an operation is not submitted through a reference.
///
/// ```compile_fail,E0507
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let shared = operation;
/// let submitted = socket.recv(shared);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum SharedOperation {}

/// Behaviour 32: an operation is not cloned.
///
/// ```compile_fail,E0599
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let copy = operation.clone();
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let bytes = operation.buffer().clone();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum ClonedOperation {}

/// Behaviour 32: the buffer of an operation in flight cannot be looked at.
///
/// ```compile_fail,E0599
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::Associated<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// if let Ok(ticket) = socket.recv(operation).pending() {
///     let done = ticket.is_done();
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum BufferInFlight {}
