//! Buffers and messages that must not compile.

/// Behaviour 32: a buffer that borrows from the stack cannot be lent.
///
/// ```compile_fail,E0597
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
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
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// static BYTES: [u8; 4] = *b"data";
/// let submitted = socket.send(port.operation(&BYTES[..], 0)?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum ReadOnlyReceive {}

/// Behaviour 32: nor is what others read meanwhile.
///
/// ```compile_fail,E0277
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let bytes: std::sync::Arc<[u8]> = std::sync::Arc::from(*b"data");
/// let submitted = socket.recv(port.operation(bytes, 0)?);
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let bytes: std::sync::Arc<[u8]> = std::sync::Arc::from(*b"data");
/// let submitted = socket.send(port.operation(bytes, 0)?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum SharedReceive {}

/// Behaviour 32: an array would move with its owner: it is lent in a box.
///
/// ```compile_fail,E0277
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let lent = port.operation([0_u8; 16], 0)?;
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let lent = port.operation(Box::<[u8]>::from([0_u8; 16]), 0)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum ArrayBuffer {}

/// Behaviour 32: whoever makes a buffer of a type says so with `unsafe`.
///
/// ```compile_fail,E0200
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// struct Mine(Vec<u8>);
/// impl iocp::IoBuf for Mine {
///     fn contents(&self) -> &[u8] {
///         &self.0
///     }
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
/// struct Mine(Vec<u8>);
/// unsafe impl iocp::IoBuf for Mine {
///     fn contents(&self) -> &[u8] {
///         &self.0
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum BufferWithoutPromise {}

/// Behaviour 32: nor does a message go to a port that cannot go to another thread.
///
/// ```compile_fail,E0277
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let (sender, mailbox) = port.mailbox::<std::rc::Rc<u8>>(0);
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let (sender, mailbox) = port.mailbox::<std::sync::Arc<u8>>(0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum MessageThatStays {}
