//! What the sources need of their queue: the port, the configuration, shared operations, the lists of
//! visits.

use std::sync::Arc;

use super::config::Config;
use super::lingering::{Lingering, PlaceId};
use super::lists::Lists;
use super::pool::{Pool, KEPT};
use super::ready::ReadyList;
use super::tag::OWN;
use crate::base::{error::Error, lent::Lent, lent::LentBuffer};
use crate::operation::Operation;
use crate::port::CompletionPort;

/// The smallest buffer for sending.
pub(crate) const LEAST: usize = 1024;

pub(crate) struct Hub {
    pub(crate) port: CompletionPort,
    /// Clamped.
    pub(crate) config: Config,
    /// What streams receive into.
    pub(crate) lent: Arc<Lent>,
    /// What streams have received with that are gone.
    pub(crate) receives: Pool<LentBuffer>,
    /// What streams have sent with.
    pub(crate) writes: Pool<Vec<u8>>,
    pub(crate) lists: Lists,
    pub(crate) ready: Arc<ReadyList>,
    pub(crate) lingering: Lingering,
}

impl Hub {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let config = config.clamped();
        let port = CompletionPort::with_config(&config.port)?;
        port.core.kept_token.get_or_init(|| OWN);
        let lent = Lent::new(config.receive_buffer, config.lent_bytes);
        // Of receives the bound on lent bytes is that of their buffers.
        let sends = (config.lent_bytes / 4).max(KEPT * LEAST);
        let (receives, writes) = (Pool::new(usize::MAX), Pool::new(sends));
        let lists = Lists::new(&port);
        let lingering = Lingering::default();
        let ready = ReadyList::new(&port);
        Ok(Self { port, config, lent, receives, writes, lists, ready, lingering })
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        self.port.is_closed()
    }

    /// Ends the wait of every poller. `Closed` if it was closed before.
    pub(crate) fn close(&self) -> Result<(), Error> {
        self.lists.set_closing();
        self.port.close()
    }

    /// A stream begins to linger; under the lock of its cell. `None`: none does any more.
    pub(crate) fn begin_lingering(&self, index: u32) -> Option<PlaceId> {
        self.lingering.begin(index, self.config.linger, &self.port, &self.lists)
    }

    /// As [`Lingering::begin_again`].
    pub(crate) fn linger_again(&self, place: PlaceId) -> PlaceId {
        self.lingering.begin_again(place, self.config.linger)
    }

    /// A stream is gone: the next one gets its receive. Its buffer goes with it only while new streams may have one.
    pub(crate) fn keep_receive(&self, mut operation: Operation<LentBuffer>) {
        if !self.lent.has_some_for_new() {
            *operation.buffer_mut() = LentBuffer::default();
        }
        self.receives.keep(operation, &self.lists);
    }

    /// Frees an operation that streams have left for the next ones. False: there is none.
    #[cold]
    #[inline(never)]
    pub(crate) fn give_up_spare(&self) -> bool {
        self.writes.take(0).is_some() || self.receives.take(0).is_some()
    }

    /// Lets a poller visit a source, which has a pending event in its marks.
    pub(crate) fn report(&self, index: u32) {
        self.ready.push(index, &self.port);
    }
}
