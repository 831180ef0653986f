//! Associated sockets that must not compile.

/// Behaviour 32: a socket is not moved out of its `AssociatedSocket` by a reference.
///
/// ```compile_fail,E0507
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let stream: TcpStream = *socket;
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let stream: TcpStream = socket.into_inner();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum MovedOut {}

/// Behaviour 32: nor while something borrows from it.
///
/// ```compile_fail,E0505
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let borrowed: &TcpStream = &socket;
/// let stream = socket.into_inner();
/// let address = borrowed.peer_addr();
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let borrowed: &TcpStream = &socket;
/// let address = borrowed.peer_addr();
/// let stream = socket.into_inner();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum MovedOutWhileBorrowed {}

/// Behaviour 32: nor while another thread submits on it.
///
/// ```compile_fail,E0505
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// std::thread::scope(|scope| {
///     let submitted = scope.spawn(|| drop(socket.recv(operation)));
///     let stream = socket.into_inner();
/// });
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// std::thread::scope(|scope| {
///     let submitted = scope.spawn(|| drop(socket.recv(operation)));
/// });
/// let stream = socket.into_inner();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum MovedOutWhileShared {}

/// Behaviour 32: another socket is not put in its place.
///
/// ```compile_fail,E0596
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// fn replace(mut socket: iocp::AssociatedSocket<TcpStream>, other: TcpStream) -> TcpStream {
///     std::mem::replace(&mut *socket, other)
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
/// fn replace(mut socket: iocp::AssociatedSocket<TcpStream>, other: TcpStream) -> TcpStream {
///     std::mem::replace(&mut socket.into_inner(), other)
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum Replaced {}

/// Behaviour 32: nothing is submitted on a socket that was taken out.
///
/// ```compile_fail,E0382
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let stream = socket.into_inner();
/// let submitted = socket.recv(operation);
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
/// let stream = socket.into_inner();
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum UsedAfterInner {}

/// Behaviour 32: a call of the caller's own is unsafe.
///
/// ```compile_fail,E0133
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// let submitted = operation.submit_with(&socket, |_, _, _| iocp::CallResult::NotIssued(iocp::Error::NoRoom));
/// # Ok(())
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, socket: iocp::AssociatedSocket<TcpStream>) -> Result<(), iocp::Error> {
/// # let operation = port.operation(Vec::<u8>::with_capacity(8), 0)?;
/// // SAFETY: makes no call and says so.
/// let submitted = unsafe { operation.submit_with(&socket, |_, _, _| iocp::CallResult::NotIssued(iocp::Error::NoRoom)) };
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum SafeEscape {}

/// What an accepted socket is associated as is no type of the caller's, whose conversion might close
/// it and be another socket with the same value.
///
/// ```compile_fail,E0277
/// # use iocp::AcceptedSocket;
/// # use std::os::windows::io::{AsSocket, BorrowedSocket, OwnedSocket};
/// # fn main() {}
/// struct Mine(OwnedSocket);
/// impl From<AcceptedSocket> for Mine {
///     fn from(accepted: AcceptedSocket) -> Self {
///         Self(accepted.into())
///     }
/// }
/// impl AsSocket for Mine {
///     fn as_socket(&self) -> BorrowedSocket<'_> {
///         self.0.as_socket()
///     }
/// }
/// # fn sample(port: iocp::CompletionPort, accepted: AcceptedSocket) {
/// let socket = port.associate_accepted::<Mine>(accepted, 0);
/// # }
/// ```
///
/// ```no_run
/// # use iocp::AcceptedSocket;
/// # use std::os::windows::io::{AsSocket, BorrowedSocket, OwnedSocket};
/// # fn main() {}
/// struct Mine(OwnedSocket);
/// impl From<AcceptedSocket> for Mine {
///     fn from(accepted: AcceptedSocket) -> Self {
///         Self(accepted.into())
///     }
/// }
/// impl AsSocket for Mine {
///     fn as_socket(&self) -> BorrowedSocket<'_> {
///         self.0.as_socket()
///     }
/// }
/// # fn sample(port: iocp::CompletionPort, accepted: AcceptedSocket) {
/// let socket = port.associate_socket(Mine::from(accepted), 0);
/// # }
/// ```
#[derive(Debug)]
pub enum AcceptedAsMine {}

/// A borrowed socket is not associated: where the association is forgotten the borrow ends, the socket is
/// closed, and a cancel would go to whoever has its value.
///
/// ```compile_fail,E0597
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, stream: TcpStream) {
/// let socket = port.associate_socket(&stream, 0);
/// # }
/// ```
///
/// ```no_run
/// # use std::{net::TcpStream, sync::Arc};
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, stream: TcpStream) {
/// let stream = Arc::new(stream);
/// let socket = port.associate_socket(Arc::clone(&stream), 0);
/// # }
/// ```
#[derive(Debug)]
pub enum BorrowedSource {}

/// Nor is one that is borrowed as such.
///
/// ```compile_fail,E0597
/// # use std::{net::TcpStream, os::windows::io::AsSocket};
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, stream: TcpStream) {
/// let socket = iocp::create_io_completion_port(stream.as_socket(), &port, 0);
/// # }
/// ```
///
/// ```no_run
/// # use std::net::TcpStream;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, stream: TcpStream) {
/// let socket = iocp::create_io_completion_port(stream, &port, 0);
/// # }
/// ```
#[derive(Debug)]
pub enum BorrowedSocketSource {}

/// Nor is a borrowed file.
///
/// ```compile_fail,E0597
/// # use std::fs::File;
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, file: File) {
/// let file = port.associate_handle(&file, 0);
/// # }
/// ```
///
/// ```no_run
/// # use std::{fs::File, sync::Arc};
/// # fn main() {}
/// # fn sample(port: iocp::CompletionPort, file: File) {
/// let file = port.associate_handle(Arc::new(file), 0);
/// # }
/// ```
#[derive(Debug)]
pub enum BorrowedFile {}
