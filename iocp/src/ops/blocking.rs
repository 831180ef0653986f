//! Receiving into borrowed memory, by blocking until the system has let go of it.

use std::time::Duration;

use crate::{
    associated::Associated,
    os::{self, AsSocket},
    timeout::to_millis,
    Error,
};

/// `WSARecv`: receives into borrowed memory, on this thread, without a packet.
///
/// `Ok(None)` if the time limit passed first (`None` waits for ever, zero asks once); `Ok(Some(0))`
/// on a stream is the peer's end. The call returns only when the system no longer uses `buffer`: a
/// receive that ran out of time is cancelled and waited for.
///
/// # Errors
///
/// * [`Error::NoRoom`]: `buffer` is empty.
/// * [`Error::HandleClosed`], or [`Error::Os`] ← `WSAECONNRESET` (10054), `WSAEMSGSIZE` (10040: a
///   datagram longer than the buffer, which holds its start) …; 995 if other code cancelled it.
#[doc(alias = "WSARecv")]
pub fn wsa_recv_timeout<S: AsSocket>(
    socket: &Associated<S>,
    buffer: &mut [u8],
    timeout: Option<Duration>,
) -> Result<Option<usize>, Error> {
    if buffer.is_empty() {
        return Err(Error::NoRoom);
    }
    os::recv_blocking(socket.target()?.handle, buffer, to_millis(timeout))
        .map_err(|code| Error::os("WSARecv", code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompletionPort, Packets, Wait};
    use std::{
        io::Write,
        net::{TcpListener, TcpStream},
    };

    #[test]
    fn a_blocking_receive_times_out_then_takes_the_data_and_leaves_no_packet() {
        let port = CompletionPort::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let socket = port.associate(listener.accept().unwrap().0).unwrap();
        let mut buffer = [0; 8];
        let limit = Duration::from_millis(20);
        let start = std::time::Instant::now();
        assert_eq!(wsa_recv_timeout(&socket, &mut buffer, Some(limit)).unwrap(), None);
        assert!(start.elapsed() >= limit);
        peer.write_all(b"hello").unwrap();
        let long = Some(Duration::from_secs(10));
        assert_eq!(wsa_recv_timeout(&socket, &mut buffer, long).unwrap(), Some(5));
        assert_eq!(&buffer[..5], b"hello");
        drop(peer);
        assert_eq!(wsa_recv_timeout(&socket, &mut buffer, long).unwrap(), Some(0));
        assert!(matches!(wsa_recv_timeout(&socket, &mut [], long), Err(Error::NoRoom)));
        let mut packets = Packets::with_capacity(4);
        assert_eq!(port.wait(&mut packets, Some(Duration::ZERO)).unwrap(), Wait::TimedOut);
    }
}
