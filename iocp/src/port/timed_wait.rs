//! What a wait does for timers: behind pointers, which the first timer of the process sets, so that a program
//! without timers has no code for them.

use std::sync::OnceLock;

use crate::core::{packets::Packets, shared::Core};
use crate::os::Code;

/// So many dequeues that bring packets of the port's own alone come before timers that are due.
const PUT_OFF: u8 = 8;

static TIMED_WAIT: OnceLock<TimedWait> = OnceLock::new();

pub(super) struct TimedWait {
    /// One call of the system's wait: see [`take`].
    pub(super) take: fn(&Core, &mut Packets, u32, [bool; 2]) -> Result<(), Code>,
    /// A wait returns to its caller.
    pub(super) pass_on: fn(&Core),
}

/// Of a port that has, or had, a timer.
pub(super) fn of(core: &Core) -> Option<&'static TimedWait> {
    core.attention.has_timers().then(|| TIMED_WAIT.get()).flatten()
}

/// From now on waits of this port look at its timers.
pub(super) fn set_has_timers(core: &Core) {
    // Before the flag: who sees that finds the pointers.
    TIMED_WAIT.get_or_init(|| TimedWait { take, pass_on });
    core.attention.set_has_timers();
}

/// A wait returns to its caller when this is dropped.
pub(crate) struct Leaving<'a>(pub(crate) &'a Core);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if let Some(timed) = of(self.0) {
            (timed.pass_on)(self.0);
        }
    }
}

/// Nothing is due of a port that is closed.
fn pass_on(core: &Core) {
    if !core.port.is_closed() {
        core.timers.pass_on();
    }
}

/// One call of the system's wait, no longer than to the next deadline of a [`Timer`](crate::Timer); then
/// the packets of those that are due.
///
/// What is queued comes first, as it was there before: a timer that is due does not overtake the packet
/// for which it would have been set anew. Room for one timer is kept where the array has more; in one
/// with room for a single packet the two come in turn.
fn take(
    core: &Core,
    packets: &mut Packets,
    ms: u32,
    [alert, reaps]: [bool; 2],
) -> Result<(), Code> {
    let room = packets.capacity();
    let due = !core.port.is_closed() && core.timers.is_due();
    if due && packets.is_timers_turn() && core.timers.take_due(&mut packets.batch, room) {
        packets.was_timer = true;
        return Ok(());
    }
    let (most, ms) = if due { (packets.room_beside_timers(), 0) } else { (usize::MAX, ms) };
    // Not counted any more while buffers are dropped: that is the user's code, and may take long.
    let wait = core.timers.begin_wait();
    let taken = packets.dequeue_entries(core, ms.min(wait.most_ms), alert, most);
    drop(wait);
    if !packets.batch.orphans.is_empty() {
        pass_on(core);
        if reaps {
            packets.reap(core);
        }
    }
    let came = !packets.is_empty();
    // Only packets of the port's own came: what is queued behind them comes first, if there are not many.
    let put_off = due && taken.is_ok() && !came && packets.put_off < PUT_OFF;
    packets.put_off = if put_off { packets.put_off + 1 } else { 0 };
    packets.was_timer &= !came;
    let timers = due && !put_off && matches!(taken, Ok(_) | Err(Code::WAIT_TIMEOUT));
    if timers && core.timers.take_due(&mut packets.batch, room) {
        return Ok(());
    }
    taken.map(drop)
}
