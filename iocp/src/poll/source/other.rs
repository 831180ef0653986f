//! What a source is to its cell that is no stream.

use std::{any::Any, io};

use crate::poll::{context::Context, event::Ready, lists::Visit, marks::Watch};

/// A listener, a UDP socket, a pipe or a waker: known by a pointer to its functions, so that a program has the code of those
/// alone that it registers.
pub(crate) trait Other: Any + Send {
    /// Replaces token and interests. True if an event must be posted.
    fn register(&mut self, at: Context<'_>, watch: Watch) -> io::Result<bool>;

    /// Does what the visit is for. Returns the event that it gives.
    fn visit(&mut self, visit: Visit, at: Context<'_>) -> Ready;

    /// The time of its idle limit may have come. Returns the event that it gives.
    fn look_at_idle(&mut self) -> Ready {
        Ready::NONE
    }

    /// Others want room: frees the operations that are idle and are made anew when they are wanted.
    fn spare_idle(&mut self) {}

    /// The owner was dropped. True if it stays.
    fn linger(&mut self, _: Context<'_>) -> bool {
        false
    }

    /// Whether it has come to its end, of one that has stayed.
    fn lingering(&self) -> Option<bool> {
        None
    }

    /// For its owner, who knows its type.
    fn as_any(&mut self) -> &mut dyn Any;
}
