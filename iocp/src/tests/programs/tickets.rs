//! What a program does with its tickets and ids: finish, cancel, let go, redeem.

use super::machine::{pick, Machine};
use crate::{CancelOutcome, Error};

impl Machine {
    pub(super) fn finish(&mut self, any: usize) {
        let Some(at) = pick(self.tickets.len(), any) else { return };
        let (ticket, index, stream) = self.tickets.swap_remove(at);
        assert_eq!(ticket.is_done(), self.model.uses[index].reported);
        match ticket.finish() {
            Ok(completed) => {
                self.model.check(index, &completed);
                self.idle.push(completed.into_operation());
            }
            Err(ticket) => {
                assert!(!self.model.uses[index].reported, "its packet was taken");
                self.tickets.push((ticket, index, stream));
            }
        }
    }

    pub(super) fn cancel(&mut self, any: usize) {
        let Some(at) = pick(self.tickets.len(), any) else { return };
        let (ticket, index, stream) = &self.tickets[at];
        let outcome = ticket.cancel().unwrap();
        let any = self.model.cancel(&mut self.streams[*stream], Some(*index));
        assert_eq!(outcome == CancelOutcome::Requested, any);
    }

    pub(super) fn late_cancel(&mut self, any: usize) {
        let Some(at) = pick(self.cancellers.len(), any) else { return };
        let (canceller, index, stream) = &self.cancellers[at];
        let outcome = canceller.cancel().unwrap();
        let any = self.model.cancel(&mut self.streams[*stream], Some(*index));
        assert_eq!(outcome == CancelOutcome::Requested, any);
    }

    pub(super) fn let_go(&mut self, any: usize, cancels: bool) {
        let Some(at) = pick(self.tickets.len(), any) else { return };
        let (ticket, index, stream) = self.tickets.swap_remove(at);
        if cancels {
            drop(ticket);
            self.model.cancel(&mut self.streams[stream], Some(index));
        } else {
            ticket.detach();
        }
        self.model.uses[index].orphan = true;
    }

    pub(super) fn redeem(&mut self, any: usize) {
        let Some(at) = pick(self.parked.len(), any) else { return };
        let (id, index, _) = self.parked[at];
        let done = self.model.uses[index].reported;
        match self.port.redeem::<String>(id) {
            Err(Error::WrongType) => assert!(done),
            Err(Error::UnknownOperation) => assert!(!done),
            other => panic!("{other:?}"),
        }
        match self.port.redeem::<Vec<u8>>(id) {
            Ok(completed) => {
                self.model.check(index, &completed);
                self.idle.push(completed.into_operation());
                self.parked.swap_remove(at);
                assert!(self.port.redeem::<Vec<u8>>(id).is_err(), "once");
            }
            Err(Error::UnknownOperation) => assert!(!done),
            Err(other) => panic!("{other}"),
        }
    }

    pub(super) fn discard(&mut self, any: usize) {
        let Some(at) = pick(self.parked.len(), any) else { return };
        let (id, index, _) = self.parked[at];
        assert_eq!(self.port.discard(id).is_ok(), self.model.uses[index].reported);
        if self.model.uses[index].reported {
            self.parked.swap_remove(at);
        }
    }
}
