//! [`Config`]: buffers, marks and limits of an event queue.

use std::time::Duration;

use crate::base::config::Config as PortConfig;

/// How a [`Poll`](super::Poll) is made. Sizes are in bytes.
///
/// ```
/// # #[cfg(windows)] {
/// use iocp::poll::Config;
///
/// let config = Config::default().receive_buffer(16_384).lent_bytes(4 << 20);
/// assert_eq!(config.send_high_water, 65_536);
/// # }
/// ```
#[must_use]
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Config {
    /// How many bytes the streams of the queue lend to the system together while they wait, at most. 0: none.
    /// Default: 1 MiB.
    ///
    /// A stream to which small messages come is lent one of [`receive_buffer`](#structfield.receive_buffer) bytes,
    /// if the bound allows it, which saves a system call for each message. It keeps it while its messages are smaller,
    /// also when it falls idle. A new stream, of which nothing is known, is lent one too, unless a quarter of the bound
    /// is lent already. So of many connections those that came or spoke first hold the buffers, and all the others
    /// none. Large messages are read into the caller's memory in either case.
    pub lent_bytes: usize,
    /// The size of each of these buffers: 1 byte to 1 GiB; beyond is clamped. Default: 4,096.
    pub receive_buffer: usize,
    /// How much a stream queues to send: with this much queued, a write is `WouldBlock`. 1 to 1 GiB;
    /// beyond is clamped. It takes memory for it while something is queued; of the buffers that are free again the queue
    /// keeps some for all of its streams, 64 and a quarter of `lent_bytes` at most (64 KiB if that is more), until
    /// others want the room. What the system takes into a buffer of its own before anything is queued comes on top, and
    /// may be megabytes: `SO_SNDBUF` bounds that. Default: 65,536.
    pub send_high_water: usize,
    /// After `WouldBlock`, the stream is writable again when no more than this is queued: 0 to
    /// `send_high_water` - 1; beyond is clamped. Default: 16,384.
    pub send_low_water: usize,
    /// How long a stream that was dropped waits for its peer: each time to take one send of what is queued, or the
    /// connection is reset; in the end to send something or to end its side too, or the socket is closed without that.
    /// Whether it did is looked at when the time is over, so each may last up to twice as long. 0: none lingers; a
    /// drop closes the socket at once, by which all can be lost that the peer has not read yet. See
    /// [dropping a stream](super::TcpStream#dropping-it). Default: 10 seconds.
    pub linger: Duration,
    /// How many bytes of its peer's a lingering stream reads and throws away at most: more reset the
    /// connection. 0: none. Default: 65,536.
    pub linger_bytes: usize,
    /// How many streams linger at a time: with one more, the oldest is given up, reset if not all is sent. Each has an
    /// operation, which counts against the limits of `port`. 0: none lingers, as with 0 seconds.
    /// Default: 1,024.
    pub max_lingering: usize,
    /// The limits of the port beneath: how many operations and bytes are lent at most; of bytes those that are sent, and
    /// of datagrams and pipes. Each readable stream takes one operation, each that has something queued up to two more. Its `low_water` is not used; 0 as
    /// `max_bytes` is taken as 1. Default: that of [`crate::Config`].
    pub port: PortConfig,
}

impl Default for Config {
    /// The default of each field.
    fn default() -> Self {
        Self {
            lent_bytes: 1 << 20,
            receive_buffer: 4096,
            send_high_water: 65_536,
            send_low_water: 16_384,
            linger: Duration::from_secs(10),
            linger_bytes: 65_536,
            max_lingering: 1024,
            port: PortConfig::default(),
        }
    }
}

/// One method for each field: sets [the field](#fields) of that name.
impl Config {
    /// Sets [`lent_bytes`](#structfield.lent_bytes).
    pub fn lent_bytes(self, lent_bytes: usize) -> Self {
        Self { lent_bytes, ..self }
    }

    /// Sets [`receive_buffer`](#structfield.receive_buffer).
    pub fn receive_buffer(self, receive_buffer: usize) -> Self {
        Self { receive_buffer, ..self }
    }

    /// Sets [`send_high_water`](#structfield.send_high_water).
    pub fn send_high_water(self, send_high_water: usize) -> Self {
        Self { send_high_water, ..self }
    }

    /// Sets [`send_low_water`](#structfield.send_low_water).
    pub fn send_low_water(self, send_low_water: usize) -> Self {
        Self { send_low_water, ..self }
    }

    /// Sets [`linger`](#structfield.linger).
    pub fn linger(self, linger: Duration) -> Self {
        Self { linger, ..self }
    }

    /// Sets [`linger_bytes`](#structfield.linger_bytes).
    pub fn linger_bytes(self, linger_bytes: usize) -> Self {
        Self { linger_bytes, ..self }
    }

    /// Sets [`max_lingering`](#structfield.max_lingering).
    pub fn max_lingering(self, max_lingering: usize) -> Self {
        Self { max_lingering, ..self }
    }

    /// Sets [`port`](#structfield.port).
    pub fn port(self, port: PortConfig) -> Self {
        Self { port, ..self }
    }

    pub(crate) fn clamped(&self) -> Self {
        let send_high_water = self.send_high_water.clamp(1, 1 << 30);
        Self {
            receive_buffer: self.receive_buffer.clamp(1, 1 << 30),
            send_high_water,
            send_low_water: self.send_low_water.min(send_high_water - 1),
            // Sources keep their operations, so a low mark of the port may never be reached: a source
            // that was refused is visited at the first room there is.
            port: PortConfig {
                low_water: u32::MAX,
                max_bytes: self.port.max_bytes.max(1),
                ..self.port.clone()
            },
            ..self.clone()
        }
    }
}
