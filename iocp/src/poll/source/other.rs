//! What a source is to its cell that is no stream and no waker.

use std::{any::Any, io};

use crate::poll::{context::Context, event::Ready, lists::Visit, marks::Watch};

/// A listener, a UDP socket or a pipe: known by a pointer to its functions, so that a program has the code of those
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

    /// For its owner, who knows its type.
    fn as_any(&mut self) -> &mut dyn Any;
}
