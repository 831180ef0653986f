//! What a stream has of std's: its addresses and options, and a connect that blocks.

use std::io::{Error as IoError, Result};
use std::net::{SocketAddr, ToSocketAddrs};

use super::TcpStream;
use crate::poll::native;

impl TcpStream {
    /// Connects, and blocks until the connection is made or refused.
    /// [`Registrator::connect`](crate::poll::Registrator::connect) does not block.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::connect`.
    pub fn connect(address: impl ToSocketAddrs) -> Result<Self> {
        native::Stream::connect(address).map(Self::from)
    }

    /// The peer's address.
    ///
    /// # Errors
    ///
    /// `NotConnected`, also while it is connecting.
    pub fn peer_addr(&self) -> Result<SocketAddr> {
        self.with_native(native::Stream::peer_addr)
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::local_addr`.
    pub fn local_addr(&self) -> Result<SocketAddr> {
        self.with_native(native::Stream::local_addr)
    }

    /// `TCP_NODELAY`: sends small writes at once.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::set_nodelay`.
    #[doc(alias = "TCP_NODELAY")]
    pub fn set_nodelay(&self, nodelay: bool) -> Result<()> {
        self.with_native(|socket| socket.set_nodelay(nodelay))
    }

    /// `TCP_NODELAY`.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::nodelay`.
    #[doc(alias = "TCP_NODELAY")]
    pub fn nodelay(&self) -> Result<bool> {
        self.with_native(native::Stream::nodelay)
    }

    /// `IP_TTL`: through how many routers each packet may go, 0 to 255. Of IPv4; of IPv6 it is
    /// `IPV6_UNICAST_HOPS`, which `socket2::SockRef` sets.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::set_ttl`.
    #[doc(alias = "IP_TTL")]
    pub fn set_ttl(&self, ttl: u32) -> Result<()> {
        self.with_native(|socket| socket.set_ttl(ttl))
    }

    /// `IP_TTL`.
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::ttl`.
    #[doc(alias = "IP_TTL")]
    pub fn ttl(&self) -> Result<u32> {
        self.with_native(native::Stream::ttl)
    }

    /// `SO_ERROR`: the error that the system keeps for the socket, and forgets by this call. An error of a
    /// read, a write or a connect is told by that, or by the next one; whether it stands here too is the system's
    /// (under Wine that of a refused connect does).
    ///
    /// # Errors
    ///
    /// As `std::net::TcpStream::take_error`.
    #[doc(alias = "SO_ERROR")]
    pub fn take_error(&self) -> Result<Option<IoError>> {
        self.with_native(native::Stream::take_error)
    }
}
