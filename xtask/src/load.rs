//! The one that loads servers: native connections, on which each byte that comes back is compared.
//!
//! [`Connection`] is what demo, examples and benches are made of. The demo's clients do now this, now that, each on a
//! thread of its own ([`varied`]); those of a bench are in lock step (`bench/client.rs`). The sockets block: so the
//! load is no quicker than what it loads, and nothing of it runs in the server's process.

pub(crate) mod varied;

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use anyhow::{anyhow, bail, ensure, Context, Result};

/// How long a peer may be silent before that is an error.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// A thread here keeps its buffers on the heap.
const STACK_BYTES: usize = 128 * 1024;

/// A stream on which nothing waits for ever, and small messages leave at once.
pub(crate) fn open(to: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&to, PATIENCE)?;
    Ok(Connection::over(stream)?.0)
}

/// A connection that knows what must come.
#[derive(Debug)]
pub(crate) struct Connection(pub(crate) TcpStream);

impl Connection {
    pub(crate) fn open(to: impl Into<SocketAddr>) -> Result<Self> {
        open(to.into()).map(Self)
    }

    /// One that was accepted.
    pub(crate) fn over(stream: TcpStream) -> Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    pub(crate) fn send(&self, bytes: &[u8]) -> Result<()> {
        Ok((&self.0).write_all(bytes)?)
    }

    /// Reads as many bytes as these, and compares.
    pub(crate) fn receive(&self, right: &[u8]) -> Result<()> {
        let mut back = vec![0; right.len()];
        (&self.0).read_exact(&mut back).context("what should come back")?;
        same(right, &back)
    }

    /// The same, that much later, while another thread sends: what does not fit into the buffers of the sockets.
    pub(crate) fn receive_while(
        &self,
        right: &[u8],
        later: Duration,
        send: impl FnOnce() -> Result<()> + Send,
    ) -> Result<()> {
        thread::scope(|scope| {
            let sender = thread::Builder::new().stack_size(STACK_BYTES);
            let sender = sender.spawn_scoped(scope, send)?;
            thread::sleep(later);
            let received = self.receive(right);
            sender.join().map_err(|_| anyhow!("a sender panicked"))?.and(received)
        })
    }

    /// Ends our direction.
    pub(crate) fn end(&self) -> Result<()> {
        Ok(self.0.shutdown(Shutdown::Write)?)
    }

    /// The peer's clean end, with nothing before it.
    pub(crate) fn receive_end(&self) -> Result<()> {
        let more = (&self.0).read(&mut [0]).context("the peer's end")?;
        ensure!(more == 0, "the peer sends something where its end should be");
        Ok(())
    }
}

/// A message that is like no other number's, and nowhere like itself.
pub(crate) fn message(size: usize, number: u64) -> Vec<u8> {
    let mut bytes = vec![0; size];
    let start = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for (index, chunk) in (0..).zip(bytes.chunks_mut(8)) {
        let word = start.wrapping_add(index).to_le_bytes();
        chunk.copy_from_slice(&word[..chunk.len()]);
    }
    bytes
}

/// That what came is what was sent.
pub(crate) fn same(sent: &[u8], back: &[u8]) -> Result<()> {
    if sent == back {
        return Ok(());
    }
    let at = sent.iter().zip(back).take_while(|(a, b)| a == b).count();
    bail!("{} bytes came back for {}, different from byte {at}", back.len(), sent.len())
}

/// As many open files as the system allows; each connection is one. Returns how many that are.
#[cfg(target_os = "linux")]
pub(crate) fn many_files() -> Result<u64> {
    use nix::sys::resource::{getrlimit, setrlimit, Resource};
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    Ok(hard)
}

/// Sockets are not counted with files here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn many_files() -> Result<u64> {
    Ok(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_and_a_missing_byte_are_found() {
        assert!(same(b"abc", b"abc").is_ok());
        assert!(same(b"abc", b"abd").is_err());
        assert!(same(b"abc", b"ab").is_err());
    }

    #[test]
    fn messages_differ_from_each_other() {
        assert_eq!(message(13, 7), message(13, 7));
        assert_ne!(message(13, 7), message(13, 8));
        assert_ne!(message(16, 0)[..8], message(16, 0)[8..]);
    }
}
