//! What a source's owner has of its queue: the cell of its source, given back when the owner is dropped.

use std::sync::{atomic::AtomicBool, Arc, Mutex};
use std::{fmt, io};

use crate::base::error::{Error, Limit};
use crate::poll::queue::{cell::Cell, Queue};
use crate::poll::source::{stream::Stream, Source};
use crate::poll::util::impossible;
use crate::poll::{context::Context, hub::Hub, marks::Watch};

/// What a registrator needs of an owner. Sealed: nobody else can name it.
#[allow(unreachable_pub, private_interfaces)]
pub trait Attach {
    /// Its cell, if it was registered before.
    fn link(&self) -> Option<&Link>;

    /// Associates it with the port, takes a cell and registers it for the first time.
    fn attach(&mut self, queue: &Arc<Queue>, watch: Watch) -> io::Result<()>;

    /// Replaces token and interests.
    fn set(&self, link: &Link, watch: Watch) -> io::Result<()> {
        link.register(watch)
    }

    /// Takes the interests away.
    fn unset(&self, link: &Link) {
        link.with(|_, at| at.unwatch());
    }
}

#[allow(unreachable_pub)] // named by a sealed trait
pub struct Link {
    pub(crate) queue: Arc<Queue>,
    index: u32,
    /// Of a stream: held by a write of one of several owners.
    pub(crate) writing: Mutex<()>,
    /// Of a stream: it could send without the lock of its cell last.
    pub(crate) direct: AtomicBool,
}

impl Link {
    /// `watch`: what it is registered for from the beginning.
    #[inline(always)]
    pub(crate) fn new(queue: &Arc<Queue>, source: Source, watch: Watch) -> io::Result<Self> {
        let full = || Error::Full(Limit::Sources);
        let (index, cell) = queue.table.take().ok_or_else(full)?;
        cell.fill(source, watch);
        let (writing, direct) = (Mutex::default(), AtomicBool::new(false));
        Ok(Self { queue: Arc::clone(queue), index, writing, direct })
    }

    #[inline]
    fn cell(&self) -> &Cell {
        match self.queue.table.get(self.index) {
            Some(cell) => cell,
            None => impossible(), // a number that was taken has a cell
        }
    }

    #[inline]
    pub(crate) fn hub(&self) -> &Hub {
        &self.queue.hub
    }

    /// The source's context, without the lock of the cell.
    #[inline]
    pub(crate) fn context(&self) -> Context<'_> {
        self.context_of(self.cell())
    }

    #[inline]
    fn context_of<'a>(&'a self, cell: &'a Cell) -> Context<'a> {
        Context { hub: self.hub(), marks: &cell.marks, index: self.index }
    }

    /// Calls `what` under the lock of the cell.
    #[inline]
    pub(crate) fn with<T>(&self, what: impl FnOnce(&mut Source, Context<'_>) -> T) -> T {
        let cell = self.cell();
        match cell.lock().as_mut() {
            Some(source) => what(source, self.context_of(cell)),
            None => impossible(), // the cell is emptied by the drop of its link
        }
    }

    /// As [`with`](Self::with), of a stream.
    #[inline]
    pub(crate) fn with_stream<T>(&self, what: impl FnOnce(&mut Stream, Context<'_>) -> T) -> T {
        self.with(|source, at| match source {
            Source::Stream(stream) => what(stream, at),
            _ => impossible(), // a stream's cell holds a stream
        })
    }

    /// Gives the cell back, after `last` under its lock. Nothing else is called after it.
    pub(super) fn release(&mut self, last: impl FnOnce(&mut Source, Context<'_>)) {
        let index = std::mem::replace(&mut self.index, RELEASED);
        if let Some(cell) = self.queue.table.get(index) {
            self.queue.release(cell, index, last);
        }
    }

    /// Registers a source that its owner does not register itself.
    pub(super) fn register(&self, watch: Watch) -> io::Result<()> {
        self.report_if(self.with(|source, at| source.register(at, watch))?);
        Ok(())
    }

    /// Lets a poller report the pending event of the source, if it `must`. Not under the lock of the cell,
    /// for which the poller would wait.
    pub(crate) fn report_if(&self, must: bool) {
        if must {
            self.hub().report(self.index);
        }
    }
}

/// The index of a link whose cell was given back.
const RELEASED: u32 = u32::MAX;

impl Drop for Link {
    fn drop(&mut self) {
        if self.index != RELEASED {
            self.release(|_, _| {});
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("index", &self.index).finish_non_exhaustive()
    }
}
