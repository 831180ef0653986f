//! Making sockets on a machine: connected pairs, listeners, datagram sockets.

use std::net::SocketAddr;

use super::{
    connection::Connection,
    datagram::any_of,
    file::File,
    handles::{self, Kind},
    lock,
    peer::Peer,
    socket::OwnedSocket,
    Kernel,
};
use crate::os::{borrow_socket, SocketKind};

/// What a socket is made of.
#[derive(Clone, Copy, Debug)]
pub struct SocketSpec {
    /// A byte stream, not datagrams.
    pub stream: bool,
    /// Its provider gives real file handles.
    pub ifs: bool,
    /// Made for overlapped I/O.
    pub overlapped: bool,
    /// `GetFileType` says that it is neither a disk file nor a pipe.
    pub device: bool,
    /// Its address family, such as `AF_INET`.
    pub family: u16,
}

impl Default for SocketSpec {
    fn default() -> Self {
        Self { stream: true, ifs: true, overlapped: true, device: false, family: iocp_sys::AF_INET }
    }
}

impl Kernel {
    /// Two connected stream sockets: one for the program, and the other end.
    #[must_use]
    pub fn stream_pair(&self) -> (OwnedSocket, Peer) {
        self.pair(SocketSpec::default())
    }

    /// Two datagram sockets connected to each other.
    #[must_use]
    pub fn datagram_pair(&self) -> (OwnedSocket, Peer) {
        self.pair(SocketSpec { stream: false, ..SocketSpec::default() })
    }

    /// Two connected sockets like this.
    #[must_use]
    pub fn pair(&self, spec: SocketSpec) -> (OwnedSocket, Peer) {
        let (near, far) = (self.socket(spec), self.socket(spec));
        if let (Ok(one), Ok(other)) = (
            handles::file(borrow_socket(&near).value()),
            handles::file(borrow_socket(&far).value()),
        ) {
            if spec.stream {
                let connection = Connection::new(self.machine);
                one.link_to(&connection, 0);
                other.link_to(&connection, 1);
            } else {
                self.connect_datagrams(one, other);
                self.connect_datagrams(other, one);
            }
        }
        (near, Peer::new(far))
    }

    /// A datagram socket with an address of this machine, connected to nobody. Port 0 stands for
    /// one that is free.
    ///
    /// # Panics
    ///
    /// If somebody has the address.
    #[must_use]
    pub fn datagram_socket(&self, address: SocketAddr) -> OwnedSocket {
        let socket = self.socket(SocketSpec { stream: false, ..SocketSpec::default() });
        if let Ok(file) = handles::file(borrow_socket(&socket).value()) {
            assert!(self.machine.datagrams.bind(file, address), "the address is in use");
        }
        socket
    }

    /// The same as another program's, played by a test.
    ///
    /// # Panics
    ///
    /// If somebody has the address.
    #[must_use]
    pub fn datagram_peer(&self, address: SocketAddr) -> Peer {
        Peer::new(self.datagram_socket(address))
    }

    /// Binds what is not bound, and connects the one to the other.
    fn connect_datagrams(&self, one: &'static File, other: &'static File) {
        for file in [one, other] {
            if lock(&file.state).local.is_none() {
                self.machine.datagrams.bind(file, any_of(&([0, 0, 0, 0], 0).into()));
            }
        }
        if let (Some(inbox), Some(peer)) = (&one.inbox, lock(&other.state).local) {
            inbox.connect(peer);
        }
    }

    /// A socket connected to nothing.
    #[must_use]
    pub fn socket(&self, spec: SocketSpec) -> OwnedSocket {
        let kind =
            SocketKind { stream: spec.stream, ifs: spec.ifs, family: i32::from(spec.family) };
        let mut file = File::new(self.machine, kind, spec.overlapped);
        file.device = spec.device;
        OwnedSocket::own(handles::create(self.machine, Kind::File(file)).0)
    }

    /// A socket that listens at an address of this machine.
    #[must_use]
    pub fn listener(&self, address: SocketAddr) -> OwnedSocket {
        let socket = self.socket(SocketSpec::default());
        if let Ok(file) = handles::file(borrow_socket(&socket).value()) {
            self.machine.listeners.listen(file, address);
        }
        socket
    }

    /// Connects to a listener of this machine; `None` if none listens there.
    #[must_use]
    pub fn connect(&self, address: SocketAddr) -> Option<Peer> {
        let socket = self.socket(SocketSpec::default());
        let file = handles::file(borrow_socket(&socket).value()).ok()?;
        let connected = self.machine.listeners.connect(file, address);
        connected.then(|| Peer::new(socket))
    }
}
