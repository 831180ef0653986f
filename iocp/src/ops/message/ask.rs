//! Asking for control messages: which ones come with what is received.

use iocp_sys as sys;

use crate::{
    associated::AssociatedSocket,
    base::error::Error,
    os::{self, AsSocket},
};

/// Which control messages come with what is received: see [`AssociatedSocket::ask_for`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ControlKind {
    /// [`PacketInfo`](crate::ControlMessage::PacketInfo): `IP_PKTINFO`, `IPV6_PKTINFO`.
    PacketInfo,
    /// [`HopLimit`](crate::ControlMessage::HopLimit): `IP_HOPLIMIT`, `IPV6_HOPLIMIT`.
    HopLimit,
    /// [`Ecn`](crate::ControlMessage::Ecn): `IP_RECVECN`, `IPV6_RECVECN`; Windows 10 build 20348.
    Ecn,
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`setsockopt`](https://learn.microsoft.com/en-us/windows/win32/winsock/ipproto-ip-socket-options): asks for
    /// such a control message with each datagram that [`recv_msg`](Self::recv_msg) receives from now on. A socket of
    /// both families is asked for either kind: of a datagram of IPv4 it may bring that of IPv4 only
    /// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_wsarecvmsg)).
    ///
    /// # Errors
    ///
    /// [`Error::Os`]: 10042 if the system or the provider has none; `Unsupported` of a socket that is neither
    /// IPv4 nor IPv6.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, ControlKind, Message, Packets};
    /// use std::net::UdpSocket;
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(UdpSocket::bind("127.0.0.1:0")?, 0)?;
    /// socket.ask_for(ControlKind::PacketInfo)?; // before the datagrams come
    /// # let client = UdpSocket::bind("127.0.0.1:0")?;
    /// # client.send_to(b"abc", socket.local_addr()?)?;
    /// let operation = port.operation(Message::new(Vec::with_capacity(1500)), 1)?;
    /// let mut packets = Packets::with_capacity(8);
    /// let received = port.finish(socket.recv_msg(operation), &mut packets, None)?;
    /// let info = received.buffer().packet_info().expect("it was asked for");
    /// println!("sent to {:?}", info);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "setsockopt")]
    #[doc(alias = "IP_PKTINFO")]
    pub fn ask_for(&self, kind: ControlKind) -> Result<(), Error> {
        let socket = self.target()?.handle;
        let v6 = match self.kind().family {
            family if family == i32::from(sys::AF_INET) => false,
            family if family == i32::from(sys::AF_INET6) => true,
            _ => return Err(Error::Unsupported("control messages of other families than IP")),
        };
        let (v4_option, v6_option) = match kind {
            ControlKind::PacketInfo => (sys::IP_PKTINFO, sys::IPV6_PKTINFO),
            ControlKind::HopLimit => (sys::IP_HOPLIMIT, sys::IPV6_HOPLIMIT),
            ControlKind::Ecn => (sys::IP_RECVECN, sys::IPV6_RECVECN),
        };
        let v4 = || os::ask_for_control(socket, sys::IPPROTO_IP, v4_option);
        let asked = if v6 {
            let asked = os::ask_for_control(socket, sys::IPPROTO_IPV6, v6_option);
            // One of IPv6 alone may refuse this.
            asked.map(|()| v4().unwrap_or_default())
        } else {
            v4()
        };
        asked.map_err(|code| Error::os("setsockopt", code))
    }
}
