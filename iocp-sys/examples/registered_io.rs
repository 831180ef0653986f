//! Echoes one datagram by registered I/O, whose results are told at a completion port; where the system has no
//! registered I/O, by ordinary calls.
//!
//! The functions are asked of a socket: nothing is imported that an older Windows, or Wine, lacks. All memory that
//! requests use is registered once, and stays where it is until the last of them is done.
//!
//! `cargo run -p iocp-sys --example registered_io`

#[cfg(windows)]
fn main() -> std::io::Result<()> {
    windows::main()
}

#[cfg(not(windows))]
fn main() {
    println!("This example asks the sockets of Windows.");
}

#[cfg(windows)]
mod windows {
    use core::{
        mem::{offset_of, size_of, zeroed},
        ptr::{addr_of_mut, null, null_mut},
    };
    use std::{
        io::{Error, Result},
        net::{SocketAddr, UdpSocket},
        time::Duration,
    };

    use iocp_sys::*;

    const TEXT: &[u8] = b"from memory that is registered";

    /// Of a datagram.
    const ROOM: u32 = 1500;

    /// What the requests read and write.
    #[repr(C)]
    struct Memory {
        bytes: [u8; ROOM as usize],
        from: SOCKADDR_INET,
    }

    const _: () = assert!(offset_of!(Memory, from) == ROOM as usize);

    pub(crate) fn main() -> Result<()> {
        // The first socket of std's calls `WSAStartup`.
        let client = UdpSocket::bind("127.0.0.1:0")?;
        client.set_read_timeout(Some(Duration::from_secs(60)))?;
        let (server, address) = server()?;
        client.send_to(TEXT, address)?;
        // SAFETY:
        // * numbers alone: zeros are a value of both fields.
        let mut memory: Box<Memory> = Box::new(unsafe { zeroed() });
        match functions(server) {
            Some(functions) => {
                println!("registered-io found=true");
                echo(&functions, server, &mut memory)?;
            }
            None => {
                println!("registered-io found=false");
                echo_without(server, &mut memory)?;
                // SAFETY:
                // * a socket of ours.
                unsafe { closesocket(server) };
            }
        }
        let mut answer = [0; 1500];
        let (count, from) = client.recv_from(&mut answer)?;
        assert_eq!((&answer[..count], from), (TEXT, address));
        println!("done");
        Ok(())
    }

    /// As registered I/O and controls count it.
    #[allow(clippy::cast_possible_truncation)] // of small structures
    const fn size<T>() -> u32 {
        size_of::<T>() as u32
    }

    /// As the calls with addresses count it.
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // of small structures
    const fn length<T>() -> i32 {
        size_of::<T>() as i32
    }

    /// The error of the last Winsock call of this thread.
    fn failed() -> Error {
        // SAFETY:
        // * it reads a number of this thread.
        Error::from_raw_os_error(unsafe { WSAGetLastError() })
    }

    /// A UDP socket for registered I/O, and where it is.
    fn server() -> Result<(SOCKET, SocketAddr)> {
        let flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_REGISTERED_IO | WSA_FLAG_NO_HANDLE_INHERIT;
        // SAFETY:
        // * null stands for no protocol information: the three numbers count.
        let socket =
            unsafe { WSASocketW(i32::from(AF_INET), SOCK_DGRAM, IPPROTO_UDP, null(), 0, flags) };
        if socket == INVALID_SOCKET {
            return Err(failed());
        }
        // SAFETY:
        // * numbers alone: zeros are a value.
        let mut address: SOCKADDR_IN = unsafe { zeroed() };
        address.sin_family = AF_INET;
        address.sin_addr.S_un.S_addr = u32::from_ne_bytes([127, 0, 0, 1]);
        let mut size = length::<SOCKADDR_IN>();
        // SAFETY:
        // * the address is as long as is said.
        let bound = unsafe { bind(socket, addr_of_mut!(address).cast(), size) };
        // SAFETY:
        // * there is room for an address, as much as is said.
        let named = unsafe { getsockname(socket, addr_of_mut!(address).cast(), &mut size) };
        match (bound, named) {
            (0, 0) => Ok((socket, ([127, 0, 0, 1], u16::from_be(address.sin_port)).into())),
            _ => Err(failed()),
        }
    }

    /// The functions of registered I/O; `None`: this system has none.
    fn functions(socket: SOCKET) -> Option<RIO_EXTENSION_FUNCTION_TABLE> {
        let id = WSAID_MULTIPLE_RIO;
        // SAFETY:
        // * a number, and `None`s.
        let mut table: RIO_EXTENSION_FUNCTION_TABLE = unsafe { zeroed() };
        table.cbSize = size::<RIO_EXTENSION_FUNCTION_TABLE>();
        let mut written = 0;
        // SAFETY:
        // * a GUID is read and a table written, both as long as is said; it is not overlapped.
        let answer = unsafe {
            WSAIoctl(
                socket,
                SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER,
                (&id as *const GUID).cast(),
                size::<GUID>(),
                addr_of_mut!(table).cast(),
                table.cbSize,
                &mut written,
                null_mut(),
                None,
            )
        };
        (answer == 0).then_some(table)
    }

    /// One datagram in, the same out.
    fn echo(rio: &RIO_EXTENSION_FUNCTION_TABLE, socket: SOCKET, memory: &mut Memory) -> Result<()> {
        const MISSING: &str = "the table is full";
        // SAFETY:
        // * no file, no existing port.
        let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
        assert!(!port.is_null(), "a port is made");
        // Comes back as the packet's; nothing is written to it, but it must stay.
        let mut overlapped = OVERLAPPED::default();
        let told = RIO_NOTIFICATION_COMPLETION {
            Type: RIO_IOCP_COMPLETION,
            Anonymous: RIO_NOTIFICATION_COMPLETION_0 {
                Iocp: RIO_NOTIFICATION_COMPLETION_0_1 {
                    IocpHandle: port,
                    CompletionKey: null_mut(),
                    Overlapped: addr_of_mut!(overlapped).cast(),
                },
            },
        };
        // SAFETY:
        // * `told` is read during the call; its `OVERLAPPED` is there longer than the queue.
        let results = unsafe { rio.RIOCreateCompletionQueue.expect(MISSING)(2, &told) };
        // SAFETY:
        // * the queue of results is open: one receive and one send at a time.
        let requests = unsafe {
            rio.RIOCreateRequestQueue.expect(MISSING)(socket, 1, 1, 1, 1, results, results, null())
        };
        let data = addr_of_mut!(*memory).cast();
        // SAFETY:
        // * so many bytes, which stay there until their registration has ended, below.
        let buffer = unsafe { rio.RIORegisterBuffer.expect(MISSING)(data, size::<Memory>()) };
        if results == RIO_INVALID_CQ || requests == RIO_INVALID_RQ || buffer == RIO_INVALID_BUFFERID
        {
            return Err(failed()); // a program that goes on would undo what was made
        }

        let part = |offset, length| RIO_BUF { BufferId: buffer, Offset: offset, Length: length };
        let from = part(ROOM, size::<SOCKADDR_INET>());
        let bytes = part(0, ROOM);
        // SAFETY:
        // * the parts lie in the registered memory, which nobody else uses until the result is there.
        let started = unsafe {
            let receive = rio.RIOReceiveEx.expect(MISSING);
            receive(requests, &bytes, 1, null(), &from, null(), null(), 0, null())
        };
        let count = if started == 0 { Err(failed()) } else { result(rio, results, port) }?;
        println!("received bytes={count} by=registered-io");
        let bytes = part(0, count);
        // SAFETY:
        // * as above; `from` was filled by the receive.
        let started = unsafe {
            let send = rio.RIOSendEx.expect(MISSING);
            send(requests, &bytes, 1, null(), &from, null(), null(), 0, null())
        };
        let _sent = if started == 0 { Err(failed()) } else { result(rio, results, port) }?;

        // SAFETY:
        // * a socket of ours, without requests; its queue goes with it.
        unsafe { closesocket(socket) };
        // SAFETY:
        // * its only request queue is gone, and no notification is owed.
        unsafe { rio.RIOCloseCompletionQueue.expect(MISSING)(results) };
        // SAFETY:
        // * no request uses it any more.
        unsafe { rio.RIODeregisterBuffer.expect(MISSING)(buffer) };
        // SAFETY:
        // * a port of ours, which no queue reports to any more.
        unsafe { CloseHandle(port) };
        Ok(())
    }

    /// Waits for the next result: its count of bytes.
    fn result(rio: &RIO_EXTENSION_FUNCTION_TABLE, results: RIO_CQ, port: HANDLE) -> Result<u32> {
        // SAFETY:
        // * an open queue. One packet follows, also if a result is there already.
        let refused = unsafe { rio.RIONotify.expect("the table is full")(results) };
        assert_eq!(refused, 0, "a notification was asked for");
        let (mut entry, mut count) = (OVERLAPPED_ENTRY::default(), 0);
        // SAFETY:
        // * an open port, room for one entry and one count.
        let ok =
            unsafe { GetQueuedCompletionStatusEx(port, &mut entry, 1, &mut count, 60_000, FALSE) };
        assert!(ok != FALSE && count == 1, "a packet comes");
        // SAFETY:
        // * numbers alone: zeros are a value.
        let mut result: RIORESULT = unsafe { zeroed() };
        // SAFETY:
        // * an open queue that only this thread uses; room for one result.
        let found = unsafe {
            rio.RIODequeueCompletion.expect("the table is full")(results, &mut result, 1)
        };
        assert_eq!(found, 1, "the packet says that a result is there");
        match result.Status {
            0 => Ok(result.BytesTransferred),
            code => Err(Error::from_raw_os_error(code)),
        }
    }

    /// The same by calls that every Windows has.
    fn echo_without(socket: SOCKET, memory: &mut Memory) -> Result<()> {
        let mut size = length::<SOCKADDR_INET>();
        let (bytes, from) = (addr_of_mut!(memory.bytes), addr_of_mut!(memory.from));
        // SAFETY:
        // * there is room for so many bytes and for an address.
        let count = unsafe { recvfrom(socket, bytes.cast(), 1500, 0, from.cast(), &mut size) };
        println!("received bytes={count} by=recvfrom");
        if count < 0 {
            return Err(failed());
        }
        // SAFETY:
        // * so many bytes were received, and the address is as long as was said.
        let sent = unsafe { sendto(socket, bytes.cast(), count, 0, from.cast(), size) };
        if sent == count {
            Ok(())
        } else {
            Err(failed())
        }
    }
}
