//! Answers datagrams on all addresses of IPv4 and of IPv6, on ports of its own, which it says.
//!
//! An answer is the address that was asked, a blank and the question, and comes from that address: by the calls of the
//! system, as mio has no packet information. Of a question that is too long it says so.

use std::{
    error::Error,
    io::{self, ErrorKind},
    net::IpAddr,
    os::windows::io::AsRawSocket,
    ptr::null_mut,
};

use mio::{net::UdpSocket, Events, Interest, Poll, Token};
use windows_sys::Win32::{
    Networking::WinSock::{
        setsockopt, WSAIoctl, WSASendMsg, AF_INET, CMSGHDR, IPPROTO_IP, IPPROTO_IPV6, IPV6_PKTINFO,
        IP_PKTINFO, LPWSAOVERLAPPED_COMPLETION_ROUTINE, SIO_GET_EXTENSION_FUNCTION_POINTER,
        SOCKADDR_STORAGE, SOCKET, WSABUF, WSAEMSGSIZE, WSAID_WSARECVMSG, WSAMSG,
    },
    System::IO::OVERLAPPED,
};

const LONGEST: usize = 2048;

struct Server {
    messages: Messages,
    socket: UdpSocket,
    /// What waits for room to be sent.
    answer: Option<Vec<u8>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut poll = Poll::new()?;
    let bind = |any: &str, token| -> Result<Server, Box<dyn Error>> {
        let mut socket = UdpSocket::bind(any.parse()?)?;
        let both = Interest::READABLE | Interest::WRITABLE;
        poll.registry().register(&mut socket, Token(token), both)?;
        let messages = Messages::new(socket.as_raw_socket() as SOCKET, token == 0)?;
        Ok(Server { messages, socket, answer: None })
    };
    let mut servers = [bind("0.0.0.0:0", 0)?, bind("[::]:0", 1)?];
    let addresses = [servers[0].socket.local_addr()?, servers[1].socket.local_addr()?];
    println!("listening {} {}", addresses[0], addresses[1]);
    let mut events = Events::with_capacity(64);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            match servers[event.token().0].go_on() {
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error.into()),
                _ => {}
            }
        }
    }
}

impl Server {
    fn go_on(&mut self) -> io::Result<()> {
        let Self { socket, messages, answer } = self;
        let mut room = [0; LONGEST];
        loop {
            if let Some(bytes) = answer {
                socket.try_io(|| messages.send(bytes))?;
                *answer = None;
            }
            match socket.try_io(|| messages.receive(&mut room)) {
                Err(error) if error.raw_os_error() == Some(WSAEMSGSIZE) => println!("truncated"),
                // An earlier answer met nobody: the socket is still good.
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
                Err(error) => return Err(error),
                Ok(count) => {
                    let asked = format!("{} ", messages.asked());
                    *answer = Some([asked.as_bytes(), &room[..count]].concat());
                }
            }
        }
    }
}

/// A datagram's addresses as they came: an answer takes them back.
struct Messages {
    socket: SOCKET,
    receive: unsafe extern "system" fn(
        SOCKET,
        *mut WSAMSG,
        *mut u32,
        *mut OVERLAPPED,
        LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32,
    name: SOCKADDR_STORAGE,
    name_len: i32,
    control: Control,
    control_len: u32,
}

#[repr(align(8))]
struct Control([u8; 64]);

impl Messages {
    /// The socket has to live longer.
    fn new(socket: SOCKET, is_v4: bool) -> io::Result<Self> {
        let (level, option) = match is_v4 {
            true => (IPPROTO_IP, IP_PKTINFO),
            false => (IPPROTO_IPV6, IPV6_PKTINFO),
        };
        let on = 1u32.to_ne_bytes();
        // SAFETY:
        // * Four bytes are there to be read.
        succeed(unsafe { setsockopt(socket, level, option, on.as_ptr(), 4) })?;
        let (id, mut receive, mut count) = (WSAID_WSARECVMSG, None, 0);
        // SAFETY:
        // * An identifier to be read, room for a pointer, and a count; no overlapped operation.
        succeed(unsafe {
            WSAIoctl(
                socket,
                SIO_GET_EXTENSION_FUNCTION_POINTER,
                (&raw const id).cast(),
                size_of_val(&id) as u32,
                (&raw mut receive).cast(),
                size_of_val(&receive) as u32,
                &mut count,
                null_mut(),
                None,
            )
        })?;
        Ok(Self {
            socket,
            receive: receive.ok_or(ErrorKind::Unsupported)?,
            name: SOCKADDR_STORAGE::default(),
            name_len: 0,
            control: Control([0; 64]),
            control_len: 0,
        })
    }

    fn receive(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut data = WSABUF { len: room.len() as u32, buf: room.as_mut_ptr() };
        let mut message = WSAMSG {
            name: (&raw mut self.name).cast(),
            namelen: size_of_val(&self.name) as i32,
            lpBuffers: &mut data,
            dwBufferCount: 1,
            Control: WSABUF { len: 64, buf: self.control.0.as_mut_ptr() },
            dwFlags: 0,
        };
        let mut count = 0;
        // SAFETY:
        // * It is what the system gave for this socket; all that the message points to is longer than the call.
        succeed(unsafe {
            (self.receive)(self.socket, &mut message, &mut count, null_mut(), None)
        })?;
        (self.name_len, self.control_len) = (message.namelen, message.Control.len);
        Ok(count as usize)
    }

    /// The address that was asked: what a header is followed by.
    fn asked(&self) -> IpAddr {
        let at = size_of::<CMSGHDR>();
        let bytes = |len| &self.control.0[at..at + len];
        match self.name.ss_family {
            AF_INET => <[u8; 4]>::try_from(bytes(4)).map(IpAddr::from),
            _ => <[u8; 16]>::try_from(bytes(16)).map(IpAddr::from),
        }
        .expect("as many as there are")
    }

    fn send(&mut self, answer: &[u8]) -> io::Result<()> {
        let mut data = WSABUF { len: answer.len() as u32, buf: answer.as_ptr().cast_mut() };
        let message = WSAMSG {
            name: (&raw mut self.name).cast(),
            namelen: self.name_len,
            lpBuffers: &mut data,
            dwBufferCount: 1,
            Control: WSABUF { len: self.control_len, buf: self.control.0.as_mut_ptr() },
            dwFlags: 0,
        };
        let mut count = 0;
        // SAFETY:
        // * All that the message points to is longer than the call, which only reads it.
        succeed(unsafe { WSASendMsg(self.socket, &message, 0, &mut count, null_mut(), None) })
    }
}

fn succeed(code: i32) -> io::Result<()> {
    match code {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
