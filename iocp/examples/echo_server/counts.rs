//! What the server counts.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Counters shared by all threads. They only tell; nothing depends on them.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) connections: AtomicUsize,
    pub(crate) open: AtomicUsize,
    pub(crate) peak: AtomicUsize,
    pub(crate) messages: AtomicUsize,
    pub(crate) bytes: AtomicUsize,
    pub(crate) resets: AtomicUsize,
    pub(crate) errors: AtomicUsize,
    pub(crate) packets: AtomicUsize,
    pub(crate) waits: AtomicUsize,
}

impl Counts {
    pub(crate) fn opened(&self) {
        self.connections.fetch_add(1, Relaxed);
        let open = self.open.fetch_add(1, Relaxed) + 1;
        self.peak.fetch_max(open, Relaxed);
    }

    pub(crate) fn closed(&self) {
        self.open.fetch_sub(1, Relaxed);
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "connections={} peak={} messages={} bytes={} errors={} resets={} packets={} waits={}",
            self.connections.load(Relaxed),
            self.peak.load(Relaxed),
            self.messages.load(Relaxed),
            self.bytes.load(Relaxed),
            self.errors.load(Relaxed),
            self.resets.load(Relaxed),
            self.packets.load(Relaxed),
            self.waits.load(Relaxed),
        )
    }
}
