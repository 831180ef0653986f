//! The state word of a slot, transition by transition, as the table in `core/state.rs` says.

use crate::{
    core::state::{CancelEntry, Phase, Settled, State},
    sim::{Kernel, Script},
    CompletionPort,
};

/// A slot of its own, idle, and the generation it starts in.
struct Word {
    port: CompletionPort,
    index: u32,
    generation: u64,
}

impl Word {
    fn new() -> Self {
        let port = super::port();
        let index = port.core.take(0).unwrap();
        let generation = port.core.slot(index).state.load().generation();
        let word = Self { port, index, generation };
        word.is(0, Phase::Idle);
        word
    }

    fn published(parked: bool) -> Self {
        let word = Self::new();
        word.state().publish(word.state().load_uncancelled());
        word.is(0, Phase::InFlight);
        assert!(!word.state().load().is_parked());
        if parked {
            assert!(word.state().park(word.generation));
        }
        word
    }

    fn state(&self) -> &State {
        &self.port.core.slot(self.index).state
    }

    /// So many generations after the first, in this phase.
    fn is(&self, later: u64, phase: Phase) {
        let seen = self.state().load();
        assert_eq!((seen.generation(), seen.phase()), (self.generation + later, phase));
    }

    fn enters(&self) {
        assert_eq!(self.state().enter_cancel(self.generation), CancelEntry::Entered);
        assert!(self.state().load().was_cancelled());
    }

    /// The canceller is still inside: the owner leaves it the slot, and it frees that.
    fn is_left_to_the_canceller(&self, later: u64) {
        self.is(later, Phase::Idle);
        assert!(self.state().leave_to_canceller(), "the canceller is inside");
        self.is(later + 1, Phase::Free);
        assert!(self.state().leave_cancel());
        self.state().free();
        self.is(later + 2, Phase::Free);
        assert!(self.state().take() == self.generation + later + 2);
        assert!(!self.state().leave_to_canceller(), "nobody is inside");
    }
}

impl Drop for Word {
    fn drop(&mut self) {
        // What is in flight here is in nobody's hands.
        self.state().free();
        self.state().take();
    }
}

#[test]
fn a_packet_makes_an_operation_done_and_its_ticket_makes_it_idle_again() {
    let _kernel = Kernel::new(Script::default());
    let word = Word::published(false);
    let (state, g) = (word.state(), word.generation);
    assert!(!state.redeem(g), "not done");
    assert_eq!(state.settle(state.load()), Settled::Done { generation: g });
    word.is(0, Phase::Done);
    assert_eq!(state.settle(state.load()), Settled::Stale, "once");
    assert!(!state.redeem(g + 1), "another generation");
    assert!(!state.redeem_parked(g), "a ticket has it");
    assert!(state.redeem(g));
    word.is(1, Phase::Idle);
    assert!(!state.redeem(g));
    assert_eq!(state.settle(state.load()), Settled::Stale);
    assert!(!state.leave_to_canceller(), "nobody is inside");
    assert_eq!(state.enter_cancel(g), CancelEntry::NotInFlight);
    assert_eq!(state.enter_cancel(g + 1), CancelEntry::NotInFlight);
}

#[test]
fn a_call_that_is_over_takes_its_operation_back_unless_a_waiter_was_quicker() {
    let _kernel = Kernel::new(Script::default());
    let word = Word::published(false);
    let (state, g) = (word.state(), word.generation);
    assert!(!state.take_back(g + 1));
    assert!(state.take_back(g));
    word.is(1, Phase::Idle);
    assert!(!state.take_back(g));
    state.publish(state.load_uncancelled());
    assert_eq!(state.settle(state.load()), Settled::Done { generation: g + 1 });
    assert!(!state.take_back(g + 1), "the waiter has it");
    word.is(1, Phase::Done);
}

#[test]
fn an_orphan_is_idle_after_its_packet_and_a_done_operation_cannot_become_one() {
    let _kernel = Kernel::new(Script::default());
    let word = Word::published(true);
    let (state, g) = (word.state(), word.generation);
    let seen = state.load();
    assert!(!state.orphan(g + 1));
    assert!(state.orphan(g));
    word.is(0, Phase::Orphan);
    assert!(!state.orphan(g));
    assert_eq!(state.settle(seen), Settled::Orphan { generation: g + 1 }, "seen before it was");
    word.is(1, Phase::Idle);
    assert!(!state.load().is_parked());
    assert_eq!(state.settle(seen), Settled::Stale, "another generation by now");
    state.publish(state.load_uncancelled());
    assert_eq!(state.settle(seen), Settled::Stale, "in flight, but another one");
    assert_eq!(state.settle(state.load()), Settled::Done { generation: g + 1 });
    assert!(!state.orphan(g + 1));
}

#[test]
fn a_parked_operation_is_redeemed_once_by_its_id_or_its_ticket() {
    let _kernel = Kernel::new(Script::default());
    let word = Word::new();
    let (state, g) = (word.state(), word.generation);
    assert!(!state.park(g), "idle");
    state.publish(state.load_uncancelled());
    assert!(!state.park(g + 1), "another generation");
    assert!(state.park(g));
    assert!(state.park(g), "parked stays parked");
    assert!(state.load().is_parked());
    assert!(!state.redeem_parked(g), "not done");
    assert_eq!(state.settle(state.load()), Settled::Done { generation: g });
    assert!(state.load().is_parked());
    assert!(!state.redeem(g + 1), "another generation");
    assert!(!state.redeem_parked(g + 1), "another generation");
    assert!(state.redeem_parked(g));
    word.is(1, Phase::Idle);
    assert!(!state.load().is_parked());
    assert!(!state.redeem_parked(g), "once");
    assert!(!state.redeem(g), "once, by whichever of them");
    state.publish(state.load_uncancelled());
    assert_eq!(state.settle(state.load()), Settled::Done { generation: g + 1 });
    assert!(state.park(g + 1), "done can be parked too");
    assert!(state.redeem(g + 1), "a ticket that was kept serves as well");
    word.is(2, Phase::Idle);
    assert!(!state.redeem_parked(g + 1));
}

#[test]
fn what_is_noted_of_one_use_is_gone_with_the_next() {
    let _kernel = Kernel::new(Script::default());
    let word = Word::published(true);
    let (state, g) = (word.state(), word.generation);
    word.enters();
    assert!(!state.leave_cancel());
    assert_eq!(state.settle(state.load()), Settled::Done { generation: g });
    assert!(state.redeem(g));
    assert!(state.load().was_cancelled() && !state.load().is_parked());
    let idle = state.load_uncancelled();
    assert!(!idle.has_flags());
    // The caller's own call may write to all of the block: this is known until the next use.
    let lent = state.publish(idle.touched());
    assert_eq!(state.load(), lent);
    assert!(lent.is_touched() && !lent.was_cancelled());
    assert_eq!(state.settle(lent), Settled::Done { generation: g + 1 });
    assert!(state.redeem(g + 1));
    assert!(state.load().is_touched());
    let lent = state.publish(state.load_uncancelled());
    assert!(!lent.has_flags());
    assert!(state.take_back(g + 2));
    state.publish(state.load_uncancelled().touched());
    assert!(state.take_back(g + 3));
    assert!(state.load().is_touched());
}

#[test]
fn what_nobody_redeemed_is_seized_only_when_it_is_done() {
    let _kernel = Kernel::new(Script::default());
    for parked in [false, true] {
        let word = Word::published(parked);
        let (state, g) = (word.state(), word.generation);
        assert!(!state.seize(g), "in flight");
        assert_eq!(state.settle(state.load()), Settled::Done { generation: g });
        assert!(!state.seize(g + 1));
        assert!(state.seize(g));
        word.is(1, Phase::Idle);
        assert!(!state.seize(g));
    }
}

#[test]
fn a_second_canceller_finds_the_first_and_a_later_one_may_enter_again() {
    let _kernel = Kernel::new(Script::default());
    for orphan in [false, true] {
        let word = Word::published(false);
        let (state, g) = (word.state(), word.generation);
        assert!(!orphan || state.orphan(g));
        assert!(!state.load().was_cancelled());
        assert_eq!(state.enter_cancel(g + 1), CancelEntry::NotInFlight);
        for _ in 0..2 {
            word.enters();
            assert_eq!(state.enter_cancel(g), CancelEntry::Busy);
            assert!(!state.leave_cancel(), "nothing was left to it");
            assert!(state.load().was_cancelled(), "once asked for, for ever");
        }
    }
}

/// `CANCELLING` is kept by every transition, and who is inside frees what was left to it.
#[test]
fn a_canceller_that_is_inside_is_never_forgotten() {
    let _kernel = Kernel::new(Script::default());
    let settled = |word: &Word| {
        word.enters();
        let generation = word.generation;
        assert_eq!(word.state().settle(word.state().load()), Settled::Done { generation });
        word.is(0, Phase::Done);
        assert!(word.state().load().was_cancelled());
    };

    let taken_back = Word::published(false);
    taken_back.enters();
    assert!(taken_back.state().take_back(taken_back.generation));
    taken_back.is_left_to_the_canceller(1);

    let redeemed = Word::published(false);
    settled(&redeemed);
    assert!(redeemed.state().redeem(redeemed.generation));
    assert!(redeemed.state().load().was_cancelled(), "for whoever looks at the result");
    redeemed.is_left_to_the_canceller(1);

    let by_id = Word::published(true);
    settled(&by_id);
    assert!(by_id.state().redeem_parked(by_id.generation));
    assert!(by_id.state().load().was_cancelled(), "for whoever looks at the result");
    by_id.is_left_to_the_canceller(1);

    let seized = Word::published(true);
    settled(&seized);
    assert!(seized.state().seize(seized.generation));
    seized.is_left_to_the_canceller(1);

    let orphan = Word::published(false);
    orphan.enters();
    assert!(orphan.state().orphan(orphan.generation));
    assert_eq!(orphan.state().enter_cancel(orphan.generation), CancelEntry::Busy);
    let generation = orphan.generation + 1;
    assert_eq!(orphan.state().settle(orphan.state().load()), Settled::Orphan { generation });
    orphan.is_left_to_the_canceller(1);

    let parked = Word::published(false);
    parked.enters();
    assert!(parked.state().park(parked.generation));
    assert_eq!(parked.state().enter_cancel(parked.generation), CancelEntry::Busy);
    assert!(parked.state().load().was_cancelled());
}

#[test]
fn a_slot_is_in_another_generation_each_time_it_is_taken() {
    let _kernel = Kernel::new(Script::default());
    let port = super::port();
    let mut last = None;
    for _ in 0..5 {
        let operation = port.operation(Vec::new(), 0).unwrap();
        let place = operation.held();
        let now = (place.index(), place.get().state.load().generation());
        if let Some((index, generation)) = last {
            assert_eq!(now, (index, generation + 1), "the slot freed last is taken first");
        }
        last = Some(now);
    }
}
