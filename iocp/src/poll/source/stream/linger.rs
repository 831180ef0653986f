//! A stream whose owner was dropped, and which had something to send: stays until all of it has arrived.
//!
//! Closing a socket while a receive is pending, or before all that has come was read, can reset the connection:
//! then the peer loses what it has not read yet, also what the system had taken for sent (facts TCP12). So
//! what is queued is sent, then the end; the receive stays, and what comes is thrown away, until the peer
//! ends its side. Only then the socket is closed.

use super::last::{End, Last, Linger};
use super::{inbox::Inbox, sending::Sending, Stream};
use crate::os;
use crate::poll::lingering::{Beyond, PlaceId};
use crate::poll::native::{SharedStream, StreamSocket};
use crate::poll::{context::Context, marks::Watch};

impl Stream {
    /// The owner is being dropped: takes its receive over, if the stream is to linger.
    pub(crate) fn take_over(&mut self, socket: &SharedStream, inbox: &mut Inbox, at: Context<'_>) {
        if !self.wrote && self.more.is_none() {
            return;
        }
        self.hand_over(inbox, at);
        if let Some(more) = &mut self.more {
            more.idle = None;
        }
        let config = &at.hub.config;
        let lingers = !config.linger.is_zero() && config.max_lingering > 0;
        let broken = self.queue().is_some_and(Sending::is_broken);
        // Where the peer has ended too, and all is sent, the close of the socket is the end of this side.
        let over = inbox.is_over() && self.nothing_queued();
        if !lingers || !self.wrote || broken || over {
            return;
        }
        at.watch(Watch::NONE);
        // From here on the receive's packet leads to a visit, or is seen to have come.
        inbox.set_direct(&socket.view(), at, None);
        let (receive, left) = (inbox.take_last(), config.linger_bytes);
        let sending = self.sending(socket);
        let queued = sending.queued();
        let (heard, place, leaves, end) = (left, None, false, None);
        sending.linger = Some(Linger { receive, left, queued, heard, place, leaves, end });
    }

    /// The owner was dropped. True if the stream stays: it is in the order of those that linger then.
    pub(crate) fn linger(&mut self, at: Context<'_>) -> bool {
        self.deregister(at);
        let Some(more) = &mut self.more else { return false };
        more.early = None;
        self.advance_end(at);
        let Some(linger) = self.lingers() else { return false };
        if linger.end.is_none() {
            linger.place = at.hub.begin_lingering(at.index);
        }
        linger.place.is_some()
    }

    /// Goes as far to its end as it can without waiting, if it lingers.
    pub(super) fn advance_end(&mut self, at: Context<'_>) {
        let Some((sending, socket)) = self.queue_mut() else { return };
        // It may have come to its end before its owner was gone.
        if sending.linger.as_ref().map_or(true, |linger| linger.end.is_some()) {
            return;
        }
        let end = go_on(sending, &socket, at);
        if end == Some(End::Reset) {
            self.reset(at);
        }
        if let Some(linger) = self.lingers() {
            linger.end = end;
        }
    }

    /// Its time is over, or too many linger. True if it is to be closed now; else it goes on.
    ///
    /// A peer that has taken or sent something since its time began gets its time again. Whoever takes nothing any
    /// more of what is queued is reset. A peer that has not ended its side, and may be reading still, is left
    /// with what the system has: that goes on sending after the close, if no receive is pending then. So the receive is
    /// cancelled, and its packet is the last that is waited for.
    pub(crate) fn give_up(&mut self, beyond: Beyond, at: Context<'_>) -> bool {
        let Some((sending, _)) = self.queue_mut() else { return true };
        let queued = sending.queued();
        let Some(linger) = &mut sending.linger else { return true };
        let moves = queued < linger.queued || linger.left < linger.heard;
        if moves && matches!(beyond, Beyond::Time(_)) {
            (linger.queued, linger.heard) = (queued, linger.left);
            linger.place = linger.place.take().map(|place| at.hub.linger_again(place));
            return false;
        }
        if queued > 0 {
            self.reset(at);
            return true;
        }
        linger.leaves = true;
        if let Last::Flying(ticket) = &linger.receive {
            // Refused of a handle that is gone, whose operations come back by themselves.
            let _ = ticket.cancel();
        }
        if let Some(place) = linger.place.take() {
            at.hub.lingering.end(place, &at.hub.lists);
        }
        self.advance_end(at);
        self.lingering() != Some(false)
    }

    /// The connection is to be reset when the socket is closed.
    fn reset(&self, at: Context<'_>) {
        if let Some(more) = &self.more {
            // A refusal leaves an orderly end, which is the next best.
            let _ = os::reset_on_close(os::borrow_socket(&more.socket));
        }
        at.hub.lingering.count_reset();
    }

    pub(super) fn lingers(&mut self) -> Option<&mut Linger> {
        self.queue_mut()?.0.linger.as_mut()
    }

    /// Whether it has come to its end, of a stream that lingers and whose owner is gone: a poller may visit it
    /// between [`take_over`](Self::take_over) and [`linger`](Self::linger), and its cell is the owner's then.
    pub(crate) fn lingering(&self) -> Option<bool> {
        let linger = self.queue()?.linger.as_ref()?;
        (linger.place.is_some() || linger.leaves).then_some(linger.end.is_some())
    }

    /// Its place in the order of those that linger.
    pub(crate) fn place(&self) -> Option<&PlaceId> {
        self.queue()?.linger.as_ref()?.place.as_ref()
    }

    /// Takes the place, to give it back.
    pub(crate) fn take_place(&mut self) -> Option<PlaceId> {
        self.lingers()?.place.take()
    }
}

/// Sends what is queued, then the end; receives, and throws away. `None`: a packet is to come.
fn go_on(sending: &mut Sending, socket: &StreamSocket, at: Context<'_>) -> Option<End> {
    sending.go_on(socket, at);
    if sending.is_broken() || at.hub.is_closed() && sending.has_backlog() {
        return Some(End::Close);
    }
    // Also while sends are pending: a peer that waits for its own to be read reads nothing.
    let linger = sending.linger.as_mut()?;
    let end = linger.throw_away(socket, at);
    let ended = matches!(linger.receive, Last::Ended);
    if end.is_some() || !sending.is_over() {
        return end;
    }
    // Where the peer has ended too, the close of the socket is the end of this side.
    let closes = ended || sending.shut_down(socket).is_err();
    closes.then_some(End::Close)
}
