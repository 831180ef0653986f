//! A waker in its cell: a wake is told once, also after the last [`Waker`](crate::poll::Waker) is gone.

use std::{any::Any, io, sync::Arc};

use super::other::Other;
use crate::core::wakes::Wakes;
use crate::poll::util::impossible;
use crate::poll::{context::Context, event::Ready, lists::Visit, marks::Watch};

pub(crate) struct Waking {
    wakes: Arc<Wakes>,
    /// Its owner is gone, and a wake is still to be told.
    is_last: bool,
}

impl Waking {
    pub(crate) fn new(wakes: &Arc<Wakes>) -> Self {
        Self { wakes: Arc::clone(wakes), is_last: false }
    }
}

impl Other for Waking {
    fn register(&mut self, _: Context<'_>, _: Watch) -> io::Result<bool> {
        impossible() // it has its token from the beginning
    }

    fn visit(&mut self, _: Visit, _: Context<'_>) -> Ready {
        if self.wakes.heard() {
            Ready::READABLE
        } else {
            Ready::NONE
        }
    }

    fn linger(&mut self, at: Context<'_>) -> bool {
        self.is_last = self.wakes.is_posted() && !at.hub.lists.is_over();
        self.is_last
    }

    fn lingering(&self) -> Option<bool> {
        self.is_last.then(|| !self.wakes.is_posted())
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
