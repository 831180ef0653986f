//! An echo server by `AcceptEx`: one thread, one completion port, each connection a state.
//!
//! A connection is a box that begins with its `OVERLAPPED` and has one operation at a
//! time: it is accepted, then receives and sends in turn. In flight the box is the
//! kernel's; its packet gives it back, or a call that says that there will be none. The
//! end of standard input ends the accepting, and the last connection then the program.
//!
//! `cargo run -p iocp-sys --example accept_echo`

#[cfg(windows)]
fn main() -> std::io::Result<()> {
    windows::main()
}

#[cfg(not(windows))]
fn main() {
    println!("This example asks the sockets of Windows.");
}

#[cfg(windows)]
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // sizes are small
mod windows {
    use core::{
        mem::{size_of, transmute},
        ptr::{addr_of_mut, null, null_mut},
    };
    use std::{
        io::{copy, sink, stdin, Error, Result},
        net::{Ipv4Addr, SocketAddrV4, TcpListener},
        os::windows::io::IntoRawSocket,
        thread,
    };

    use iocp_sys::*;

    /// Accepts that wait at the same time.
    const ACCEPTS: usize = 4;

    /// Bytes that are echoed at a time.
    const ROOM: u32 = 4096;

    /// Bytes that `AcceptEx` wants for an address: 16 more than it has.
    const ADDRESS: u32 = size_of::<SOCKADDR_IN>() as u32 + 16;

    const _: () = assert!(2 * ADDRESS <= ROOM);

    /// What a connection's operation does.
    #[derive(Clone, Copy)]
    enum State {
        Accepting,
        Receiving,
        /// The bytes from here to there.
        Sending(u32, u32),
    }

    #[repr(C)]
    struct Connection {
        /// First: so a packet's pointer to it is one to the connection.
        overlapped: OVERLAPPED,
        state: State,
        socket: SOCKET,
        /// Both addresses after the accept, then what is echoed.
        bytes: [u8; ROOM as usize],
    }

    impl Drop for Connection {
        fn drop(&mut self) {
            // SAFETY:
            // * a socket of ours, without operations: else the kernel would have the box.
            unsafe { closesocket(self.socket) };
        }
    }

    struct Server {
        port: HANDLE,
        /// `INVALID_SOCKET` once it is closed.
        listener: SOCKET,
        accept_ex: LPFN_ACCEPTEX,
        addresses: LPFN_GETACCEPTEXSOCKADDRS,
        /// Boxes that the kernel has.
        in_flight: usize,
    }

    pub(crate) fn main() -> Result<()> {
        // The first socket of std's calls `WSAStartup`; all of them are overlapped.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        println!("listening address={}", listener.local_addr()?);
        let listener = SOCKET::try_from(listener.into_raw_socket()).expect("a socket's number");
        // SAFETY:
        // * no file, no existing port.
        let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
        if port.is_null() {
            return Err(Error::last_os_error());
        }
        associate(listener, port)?;
        let accept_ex = extension(listener, WSAID_ACCEPTEX)?;
        let addresses = extension(listener, WSAID_GETACCEPTEXSOCKADDRS)?;
        // SAFETY:
        // * the function of this identifier has this type.
        let accept_ex = unsafe { transmute::<FARPROC, LPFN_ACCEPTEX>(accept_ex) };
        // SAFETY:
        // * as the other: its identifier's type.
        let addresses = unsafe { transmute::<FARPROC, LPFN_GETACCEPTEXSOCKADDRS>(addresses) };
        let mut server = Server { port, listener, accept_ex, addresses, in_flight: 0 };
        for _ in 0..ACCEPTS {
            server.accept()?;
        }
        let port = port as usize; // a pointer is not `Send`
        thread::spawn(move || {
            let _ended = copy(&mut stdin(), &mut sink());
            // SAFETY:
            // * the port stays open until the process ends; nobody follows the null pointer.
            unsafe { PostQueuedCompletionStatus(port as HANDLE, 0, 0, null()) };
        });
        server.run()
    }

    impl Server {
        /// Takes packets until nothing is in flight.
        fn run(&mut self) -> Result<()> {
            let mut entries = [OVERLAPPED_ENTRY::default(); 64];
            while self.in_flight > 0 {
                let (room, mut count) = (entries.as_mut_ptr(), 0);
                // SAFETY:
                // * an open port, room for 64 entries and one count.
                let ok = unsafe {
                    GetQueuedCompletionStatusEx(self.port, room, 64, &mut count, INFINITE, FALSE)
                };
                if ok == FALSE {
                    return Err(Error::last_os_error()); // the wait failed; operations fail below
                }
                for entry in &entries[..count as usize] {
                    if entry.lpOverlapped.is_null() {
                        // Posted: standard input has ended. The accepts come back with 995.
                        // SAFETY:
                        // * a socket of ours; the boxes of its accepts stay for their packets.
                        unsafe { closesocket(self.listener) };
                        self.listener = INVALID_SOCKET;
                        continue;
                    }
                    self.in_flight -= 1;
                    // SAFETY:
                    // * `start` left the box to this operation, whose only packet this is.
                    let connection = unsafe { Box::from_raw(entry.lpOverlapped.cast()) };
                    self.done(connection, entry)?;
                }
            }
            println!("done");
            Ok(())
        }

        /// Starts what follows, or drops the connection, which closes it.
        fn done(
            &mut self,
            mut connection: Box<Connection>,
            entry: &OVERLAPPED_ENTRY,
        ) -> Result<()> {
            let status = entry.Internal as u32 as NTSTATUS; // above 32 bits there may be anything
            let count = entry.dwNumberOfBytesTransferred;
            connection.state = match connection.state {
                State::Accepting if self.listener == INVALID_SOCKET => return Ok(()),
                State::Accepting => {
                    self.accept()?; // the next one; without one this server ends
                    if status < 0 {
                        // The client left before: 0xC000020D, 64; under Wine 0xC0000140, 59.
                        say("gone", status);
                        return Ok(());
                    }
                    if !self.is_introduced(&connection) {
                        return Ok(());
                    }
                    State::Receiving
                }
                _ if status < 0 => {
                    say("broken", status); // such as a reset: 0xC000020D, 64
                    return Ok(());
                }
                State::Receiving if count == 0 => return Ok(()), // the peer's end, and all is sent
                State::Receiving => State::Sending(0, count),
                // Windows sends all; under Wine it may be a part.
                State::Sending(from, to) if from + count < to => State::Sending(from + count, to),
                State::Sending(..) => State::Receiving,
            };
            if let Err(error) = self.start(connection) {
                println!("broken error={}", error.raw_os_error().unwrap_or(0));
            }
            Ok(())
        }

        /// Starts an accept.
        fn accept(&mut self) -> Result<()> {
            loop {
                let (family, kind) = (i32::from(AF_INET), SOCK_STREAM); // as the listener's
                let flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
                // SAFETY:
                // * null stands for no protocol information: the three numbers count.
                let socket = unsafe { WSASocketW(family, kind, IPPROTO_TCP, null(), 0, flags) };
                if socket == INVALID_SOCKET {
                    return Err(failed());
                }
                let (overlapped, bytes) = (OVERLAPPED::default(), [0; ROOM as usize]);
                let state = State::Accepting;
                let connection = Box::new(Connection { overlapped, state, socket, bytes });
                associate(socket, self.port)?;
                match self.start(connection) {
                    // A client left: the call took it out of the way, and is made again.
                    Err(error) if error.raw_os_error() == Some(WSAECONNRESET) => println!("gone"),
                    outcome => return outcome,
                }
            }
        }

        /// Starts what the state says. In flight, the box is the kernel's; refused, it is dropped.
        fn start(&mut self, mut connection: Box<Connection>) -> Result<()> {
            connection.overlapped = OVERLAPPED::default();
            let (state, socket) = (connection.state, connection.socket);
            let connection = Box::into_raw(connection);
            let overlapped = connection.cast();
            // SAFETY:
            // * a field of a box that is there, of which only the address is taken.
            let bytes = unsafe { addr_of_mut!((*connection).bytes) }.cast::<u8>();
            let part =
                |from: u32, to| WSABUF { len: to - from, buf: bytes.wrapping_add(from as usize) };
            let (mut count, mut flags) = (0, 0);
            let is_done = match state {
                State::Accepting => {
                    let call = self.accept_ex.expect("found");
                    let (listener, room) = (self.listener, bytes.cast());
                    // SAFETY:
                    // * the box has room for both addresses, and is nobody's until its packet.
                    let ok = unsafe {
                        call(listener, socket, room, 0, ADDRESS, ADDRESS, &mut count, overlapped)
                    };
                    ok != FALSE
                }
                State::Receiving => {
                    let room = part(0, ROOM);
                    // SAFETY:
                    // * bytes of the box, which is nobody's until its packet.
                    let code = unsafe {
                        WSARecv(socket, &room, 1, null_mut(), &mut flags, overlapped, None)
                    };
                    code == 0
                }
                State::Sending(from, to) => {
                    let rest = part(from, to);
                    // SAFETY:
                    // * bytes of the box, which is nobody's until its packet.
                    let code =
                        unsafe { WSASend(socket, &rest, 1, null_mut(), 0, overlapped, None) };
                    code == 0
                }
            };
            let error = failed();
            if is_done || error.raw_os_error() == Some(WSA_IO_PENDING) {
                self.in_flight += 1; // a packet comes, also of what is done
                return Ok(());
            }
            // SAFETY:
            // * the box from above: after any other failure no packet comes, and nobody has it.
            drop(unsafe { Box::from_raw(connection) });
            Err(error)
        }

        /// Makes an accepted socket a whole one, and says whose it is. `false`: it is broken.
        fn is_introduced(&self, connection: &Connection) -> bool {
            let listener: *const SOCKET = &self.listener;
            let (level, option, size) =
                (SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, size_of::<SOCKET>() as i32);
            // SAFETY:
            // * the value is a socket, and as long as is said.
            let code =
                unsafe { setsockopt(connection.socket, level, option, listener.cast(), size) };
            if code != 0 {
                println!("broken error={}", failed().raw_os_error().unwrap_or(0));
                return false;
            }
            let (call, bytes) = (self.addresses.expect("found"), connection.bytes.as_ptr().cast());
            let (mut near, mut far, mut n, mut m) = (null_mut(), null_mut(), 0, 0);
            // SAFETY:
            // * the buffer and the lengths of the accept, which is done; the rest is written.
            unsafe { call(bytes, 0, ADDRESS, ADDRESS, &mut near, &mut n, &mut far, &mut m) };
            let readable = |address: *mut SOCKADDR| {
                // SAFETY:
                // * it points into the buffer, to an address of the listener's family.
                let address = unsafe { address.cast::<SOCKADDR_IN>().read_unaligned() };
                // SAFETY:
                // * four bytes, whichever field they are read as.
                let ip = unsafe { address.sin_addr.S_un.S_addr };
                SocketAddrV4::new(Ipv4Addr::from(ip.to_ne_bytes()), u16::from_be(address.sin_port))
            };
            println!("accepted peer={} at={}", readable(far), readable(near));
            true
        }
    }

    /// The error of this thread's last Winsock call.
    fn failed() -> Error {
        // SAFETY:
        // * it reads a number of this thread.
        Error::from_raw_os_error(unsafe { WSAGetLastError() })
    }

    /// Prints a status, and the code that `GetQueuedCompletionStatus` would say of it. (Winsock's
    /// code is that of `WSAGetOverlappedResult`.)
    fn say(what: &str, status: NTSTATUS) {
        // SAFETY:
        // * any number may be asked for.
        let code = unsafe { RtlNtStatusToDosError(status) };
        println!("{what} status={status:#010x} code={code}");
    }

    /// The packets of this socket's operations come to this port.
    fn associate(socket: SOCKET, port: HANDLE) -> Result<()> {
        // SAFETY:
        // * an open socket and an open port.
        let port = unsafe { CreateIoCompletionPort(socket as HANDLE, port, 0, 0) };
        match port.is_null() {
            true => Err(Error::last_os_error()),
            false => Ok(()),
        }
    }

    /// A function that Winsock finds by its identifier.
    fn extension(socket: SOCKET, id: GUID) -> Result<FARPROC> {
        let (id, mut found, mut count): (*const GUID, FARPROC, u32) = (&id, None, 0);
        let (code, into) = (SIO_GET_EXTENSION_FUNCTION_POINTER, addr_of_mut!(found).cast());
        let (size, room) = (size_of::<GUID>() as u32, size_of::<FARPROC>() as u32);
        let none = null_mut();
        // SAFETY:
        // * an identifier is read and a pointer written, both as long as is said.
        let answer =
            unsafe { WSAIoctl(socket, code, id.cast(), size, into, room, &mut count, none, None) };
        match answer {
            0 => Ok(found),
            _ => Err(failed()),
        }
    }
}
