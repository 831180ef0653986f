//! What a source's owner has of the queue: the place, and the queue itself.

use std::{fmt, io, sync::Arc};

use super::{
    context::Context,
    place::{Place, Watch},
    queue::Queue,
    source::Source,
    stream::state::Stream,
    table::{place_in, Leaf},
    Interests,
};
use crate::Error;

/// A source's place in its queue; dropped with the source.
#[allow(unreachable_pub)] // named by a sealed trait
pub struct Link {
    pub(super) queue: Arc<Queue>,
    leaf: Arc<Leaf<Place>>,
    index: u32,
}

impl Link {
    pub(super) fn new(queue: &Arc<Queue>, source: Source) -> io::Result<Self> {
        let Some((index, leaf)) = queue.table.take() else { return Err(Error::Full.into()) };
        let link = Self { queue: Arc::clone(queue), leaf, index };
        let mut place = link.place().lock();
        // Whose it was before is nothing to the new one.
        let watch = Watch { token: 0, interests: Interests::NONE, direct: false };
        link.place().set_watch(watch);
        // Also that a packet is on its way: it may have come when nobody was here.
        let _ = link.place().take_owed();
        *place = Some(source);
        drop(place);
        Ok(link)
    }

    #[inline]
    pub(super) fn place(&self) -> &Place {
        place_in(&self.leaf, self.index)
    }

    /// Locks the place.
    #[inline]
    pub(super) fn with<T>(&self, what: impl FnOnce(&mut Source, Context<'_>) -> T) -> T {
        match self.place().lock().as_mut() {
            Some(source) => {
                what(source, Context { queue: &self.queue, place: self.place(), index: self.index })
            }
            None => unreachable!("the place is emptied by the drop of its link"),
        }
    }

    /// Locks the place of a stream.
    #[inline]
    pub(super) fn with_stream<T>(&self, what: impl FnOnce(&mut Stream, Context<'_>) -> T) -> T {
        self.with(|source, at| match source {
            Source::Stream(stream) => what(stream, at),
            _ => unreachable!("a stream's place holds a stream"),
        })
    }

    pub(super) fn index(&self) -> u32 {
        self.index
    }

    pub(super) fn number(&self) -> usize {
        self.index as usize
    }

    pub(super) fn post(&self) {
        self.queue.post(self.index);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.queue.release(self.place(), self.index);
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("index", &self.index).finish_non_exhaustive()
    }
}
