//! What the drop of the `Poll` waits for: streams that linger.

use std::time::{Duration, Instant};

use super::Queue;
use crate::base::{error::Error, timeout::to_millis};
use crate::core::port_end::LONGEST_DRAIN;
use crate::poll::events::Events;
use crate::port::Wait;

impl Queue {
    /// Goes on with the streams that linger, until none does or the drain limit has passed. Events of others
    /// are nobody's any more.
    pub(super) fn finish_lingering(&self) {
        // This thread has no seat among the pollers.
        self.hub.ready.sleepers.begin();
        self.go_on_lingering();
        self.hub.ready.sleepers.end();
    }

    fn go_on_lingering(&self) {
        let limit = self.hub.config.port.drain_limit.min(LONGEST_DRAIN);
        let start = Instant::now();
        if self.hub.lingering.is_empty() {
            return;
        }
        let mut events = Events::with_capacity(64);
        loop {
            events.clear();
            let slice_ms = self.look_at_lists(&mut events.merged);
            let attention = &self.hub.port.core.attention;
            if attention.is_ready() {
                self.report_ready(&mut events.merged);
            }
            let left = limit.saturating_sub(start.elapsed());
            if self.hub.lingering.is_empty() || left.is_zero() {
                return;
            }
            let slice_ms = if attention.is_ready() { 0 } else { slice_ms };
            let left = left.min(Duration::from_millis(slice_ms.into()));
            let closed = self.hub.is_closed();
            let taken = if closed {
                // A wait on a closed port does not wait. Nothing is submitted any more, so where nothing is in
                // flight nothing comes.
                let taken = self.hub.port.drain(&mut events.packets, Some(left));
                let nothing = matches!(taken, Ok(Wait::Packets(0)));
                if nothing && self.hub.port.core.in_flight() == 0 && !attention.is_ready() {
                    return;
                }
                taken
            } else {
                self.hub.port.wait_once(&mut events.packets, to_millis(Some(left)))
            };
            self.reap(&mut events.packets);
            match taken {
                Ok(_) => {}
                // Meanwhile.
                Err(Error::Closed) if !closed => continue,
                Err(_) => return,
            }
            for packet in &events.packets {
                self.deliver(packet, &mut events.merged);
            }
        }
    }
}
