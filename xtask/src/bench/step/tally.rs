//! What was counted: all between the marks, and what belongs to whole messages.
//!
//! Per thread, from one of its messages to its next one: then it is at the same place of its loop
//! again, whatever other threads do meanwhile and however they share the messages out. What a thread
//! does before its first message and after its last one is in no whole message. So a thread that is
//! in the middle of one when counting begins, or that takes its first packet ever, changes nothing.

use std::{collections::HashMap, fs::File, io::Write, ops::AddAssign, path::Path};

use anyhow::Result;
use nix::unistd::Pid;

/// Counts of one stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    instructions: u64,
    locked: u64,
    calls: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.instructions += other.instructions;
        self.locked += other.locked;
        self.calls += other.calls;
    }
}

/// The counts of one process.
pub(super) struct Tally {
    is_counting: bool,
    /// Counting has ended, and may begin again.
    is_over: bool,
    all: Counts,
    whole: Counts,
    messages: u64,
    /// What each thread has done since its last message.
    since: HashMap<Pid, Counts>,
    /// How often the instruction at each offset was executed.
    executed: Vec<u32>,
}

impl Tally {
    pub(super) fn new(size: usize) -> Self {
        Self {
            is_counting: false,
            is_over: false,
            all: Counts::default(),
            whole: Counts::default(),
            messages: 0,
            since: HashMap::new(),
            executed: vec![0; size],
        }
    }

    /// Counts from here.
    pub(super) fn begin(&mut self) {
        (self.is_counting, self.is_over) = (true, false);
        self.since.clear();
    }

    /// To here.
    pub(super) fn end(&mut self) {
        (self.is_counting, self.is_over) = (false, true);
    }

    /// Whether nothing is counted until counting begins again: no thread need be stepped meanwhile.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The thread has executed the instruction at this offset.
    pub(super) fn instruction(&mut self, thread: Pid, offset: usize, is_locked: bool) {
        if self.is_counting {
            self.executed[offset] += 1;
            let locked = u64::from(is_locked);
            self.add(thread, Counts { instructions: 1, locked, calls: 0 });
        }
    }

    /// The thread calls a DLL.
    pub(super) fn call(&mut self, thread: Pid) {
        if self.is_counting {
            self.add(thread, Counts { calls: 1, ..Counts::default() });
        }
    }

    fn add(&mut self, thread: Pid, counts: Counts) {
        self.all += counts;
        if let Some(since) = self.since.get_mut(&thread) {
            *since += counts;
        }
    }

    /// The thread has done a message: what it has done since its last one is a whole one.
    pub(super) fn message(&mut self, thread: Pid) {
        if self.is_counting {
            if let Some(since) = self.since.insert(thread, Counts::default()) {
                self.whole += since;
                self.messages += 1;
            }
        }
    }

    /// One line of both.
    pub(super) fn report(&self) -> String {
        let Counts { instructions, locked, calls } = self.all;
        let whole = self.whole;
        format!(
            "stepped instructions={instructions} locked={locked} dll_calls={calls} messages={} \
             whole.instructions={} whole.locked={} whole.dll_calls={}",
            self.messages, whole.instructions, whole.locked, whole.calls
        )
    }

    /// Lines `address count`, for each instruction executed while counting.
    pub(super) fn write_profile(&self, start: u64, file: &Path) -> Result<()> {
        let mut out = std::io::BufWriter::new(File::create(file)?);
        for (offset, count) in self.executed.iter().enumerate().filter(|(_, count)| **count > 0) {
            writeln!(out, "{:#x} {count}", start + offset as u64)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Pid = Pid::from_raw(1);
    const OTHER: Pid = Pid::from_raw(2);

    fn steps(tally: &mut Tally, thread: Pid, times: u64) {
        (0..times).for_each(|_| tally.instruction(thread, 0, false));
    }

    #[test]
    fn nothing_counts_but_between_the_marks() {
        let mut tally = Tally::new(1);
        for _ in 0..2 {
            steps(&mut tally, ONE, 3);
            tally.call(ONE);
            tally.message(ONE);
        }
        assert_eq!((tally.all, tally.messages), (Counts::default(), 0));
        tally.begin();
        steps(&mut tally, ONE, 2);
        tally.call(ONE);
        tally.end();
        steps(&mut tally, ONE, 4);
        assert_eq!(tally.all, Counts { instructions: 2, locked: 0, calls: 1 });
        assert_eq!((tally.messages, tally.executed[0]), (0, 2));
    }

    #[test]
    fn what_is_half_a_message_at_either_end_is_in_no_whole_one() {
        let mut tally = Tally::new(1);
        tally.message(OTHER);
        steps(&mut tally, OTHER, 5);
        tally.begin();
        steps(&mut tally, OTHER, 2); // the other half of a message
        tally.message(OTHER);
        for thread in [ONE, OTHER, ONE] {
            steps(&mut tally, thread, 7);
            tally.message(thread);
        }
        steps(&mut tally, OTHER, 3);
        tally.end();
        assert_eq!((tally.whole.instructions, tally.messages), (14, 2));
        assert_eq!(tally.all.instructions, 2 + 3 * 7 + 3);
    }

    #[test]
    fn what_lies_between_two_stretches_is_in_no_whole_message() {
        let mut tally = Tally::new(1);
        assert!(!tally.is_over(), "nothing has begun");
        for _ in 0..2 {
            tally.begin();
            assert!(!tally.is_over());
            tally.message(ONE);
            steps(&mut tally, ONE, 7);
            tally.message(ONE);
            tally.end();
            assert!(tally.is_over());
            steps(&mut tally, ONE, 100);
            tally.message(ONE);
        }
        assert_eq!((tally.whole.instructions, tally.messages), (14, 2));
    }

    #[test]
    fn the_report_has_both() {
        let mut tally = Tally::new(1);
        tally.begin();
        tally.message(ONE);
        tally.instruction(ONE, 0, true);
        tally.call(ONE);
        tally.message(ONE);
        let expected = "stepped instructions=1 locked=1 dll_calls=1 messages=1 \
                        whole.instructions=1 whole.locked=1 whole.dll_calls=1";
        assert_eq!(tally.report(), expected);
    }
}
