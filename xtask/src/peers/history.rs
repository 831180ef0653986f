//! What the runs of one test came to on both bindings, and what that shows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::outcome::{Outcome, Told};

/// How often a test that differs is run again on both bindings.
const ROUNDS: usize = 6;

/// How often, if it comes and goes on one of them: that it does so on the other may take a while.
const MORE_ROUNDS: usize = 24;

/// So many odd runs of all on both say nothing, once a test has run as often as it may.
const RARE: usize = 4;

/// The runs of one test.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct History {
    pub(super) ours: Vec<Outcome>,
    pub(super) theirs: Vec<Outcome>,
    /// Why it failed, as it said first.
    pub(super) why: Option<String>,
}

/// What a history shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Passed, or ignored, on both.
    Same,
    /// Not passed, the same way each time.
    FailsOnBoth,
    /// The same several outcomes on both.
    ComesAndGoes,
    /// So few of many runs came out otherwise that chance explains on which of them.
    Rarely,
    Different,
}

impl History {
    pub(super) fn verdict(&self) -> Verdict {
        let set = |runs: &[Outcome]| runs.iter().copied().collect::<BTreeSet<_>>();
        let (ours, theirs) = (set(&self.ours), set(&self.theirs));
        match (ours == theirs, ours.first()) {
            (true, None) => Verdict::Different, // it did not run at all
            (true, Some(one)) if ours.len() == 1 && one.is_good() => Verdict::Same,
            (true, Some(_)) if ours.len() == 1 => Verdict::FailsOnBoth,
            (true, Some(_)) => Verdict::ComesAndGoes,
            (false, _) if self.is_rare() => Verdict::Rarely,
            (false, _) => Verdict::Different,
        }
    }

    /// Whether it should be run again on both: it differs so far, and may yet be seen to come and go.
    fn is_open(&self) -> bool {
        let varies = |runs: &[Outcome]| runs.windows(2).any(|pair| pair[0] != pair[1]);
        let least = self.ours.len().min(self.theirs.len());
        let most = match varies(&self.ours) || varies(&self.theirs) {
            true => MORE_ROUNDS,
            false => ROUNDS,
        };
        let differs = matches!(self.verdict(), Verdict::Rarely | Verdict::Different);
        // Never run on one of them: it does not compile there, and no run will change that.
        differs && least > 0 && least <= most
    }

    /// Whether all runs but a few were alike, of as many as there may be.
    ///
    /// One odd run is on one of them in any case. Of 25 runs on each, up to [`RARE`] odd ones lie all on the
    /// same binding by chance once in nine times: no sign of a difference.
    fn is_rare(&self) -> bool {
        let all: Vec<_> = self.ours.iter().chain(&self.theirs).copied().collect();
        let count = |outcome: &Outcome| all.iter().filter(|found| *found == outcome).count();
        let least = self.ours.len().min(self.theirs.len());
        let most = if least > MORE_ROUNDS { RARE } else { usize::from(least > ROUNDS) };
        most > 0 && all.iter().any(|outcome| count(outcome) + most >= all.len())
    }

    /// `failed 1 of 7 on iocp-sys, 0 of 7 on windows-sys`.
    pub(super) fn counts(&self) -> String {
        let bad = |runs: &[Outcome]| runs.iter().filter(|outcome| !outcome.is_good()).count();
        let words = |runs: &[Outcome]| {
            let bad: BTreeSet<_> =
                runs.iter().filter(|run| !run.is_good()).map(|r| r.word()).collect();
            if bad.is_empty() {
                "failed".to_owned()
            } else {
                bad.into_iter().collect::<Vec<_>>().join(" or ")
            }
        };
        let side = |runs: &[Outcome]| match runs.len() {
            0 => "not run".to_owned(),
            all => format!("{} {} of {all}", words(runs), bad(runs)),
        };
        format!("{} on iocp-sys, {} on windows-sys", side(&self.ours), side(&self.theirs))
    }
}

/// The histories of the tests of one crate, by `program: test`.
pub(super) type Histories = BTreeMap<String, History>;

/// Adds a run on one of the bindings. A test that another run has and this has not, has no outcome here.
pub(super) fn add(histories: &mut Histories, program: &str, told: &Told, ours: bool) {
    for (test, outcome) in &told.outcomes {
        let history = histories.entry(format!("{program}: {test}")).or_default();
        let runs = if ours { &mut history.ours } else { &mut history.theirs };
        runs.push(*outcome);
        if history.why.is_none() {
            history.why = told.why.get(test).cloned();
        }
    }
}

/// The tests of a program that should be run again on both.
pub(super) fn open(histories: &Histories, program: &str) -> Vec<String> {
    let start = format!("{program}: ");
    let of_program = histories.iter().filter(|(_, history)| history.is_open());
    of_program.filter_map(|(name, _)| name.strip_prefix(&start).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Failed, Hung, Passed};

    fn verdict(ours: &[Outcome], theirs: &[Outcome]) -> Verdict {
        History { ours: ours.to_vec(), theirs: theirs.to_vec(), why: None }.verdict()
    }

    #[test]
    fn what_is_alike_on_both_is_no_difference() {
        assert_eq!(verdict(&[Passed], &[Passed]), Verdict::Same);
        assert_eq!(verdict(&[Failed], &[Failed]), Verdict::FailsOnBoth);
        assert_eq!(verdict(&[Failed, Passed], &[Passed, Failed]), Verdict::ComesAndGoes);
    }

    #[test]
    fn a_test_that_differs_each_time_or_more_than_once_is_a_difference() {
        let [passed, failed] = [Passed, Failed].map(|outcome| [outcome; ROUNDS + 1]);
        assert_eq!(verdict(&failed, &passed), Verdict::Different);
        assert_eq!(verdict(&passed, &failed), Verdict::Different);
        assert_eq!(verdict(&[Hung], &[Failed]), Verdict::Different);
        assert_eq!(verdict(&[Passed], &[]), Verdict::Different);
        assert_eq!(verdict(&[], &[]), Verdict::Different);
        let mut twice = passed;
        twice[..2].fill(Failed);
        assert_eq!(verdict(&twice, &passed), Verdict::Different);
    }

    #[test]
    fn one_odd_run_of_many_is_told_as_such_and_of_few_is_a_difference() {
        let passed = [Passed; ROUNDS + 1];
        let mut odd = passed;
        odd[0] = Failed;
        assert_eq!(verdict(&odd, &passed), Verdict::Rarely);
        assert_eq!(verdict(&passed, &odd), Verdict::Rarely);
        assert_eq!(verdict(&odd[..2], &passed), Verdict::Different);
        let passed = [Passed; MORE_ROUNDS + 1];
        let mut few = passed;
        few[..RARE].fill(Failed);
        assert_eq!(verdict(&few, &passed), Verdict::Rarely);
        few[RARE] = Failed;
        assert_eq!(verdict(&passed, &few), Verdict::Different);
    }

    #[test]
    fn a_test_that_differs_is_run_again_and_longer_if_it_comes_and_goes() {
        let is_open = |ours: &[Outcome], theirs: &[Outcome]| {
            History { ours: ours.to_vec(), theirs: theirs.to_vec(), why: None }.is_open()
        };
        let [passed, failed] = [Passed, Failed].map(|outcome| [outcome; MORE_ROUNDS + 1]);
        assert!(is_open(&failed[..ROUNDS], &passed[..ROUNDS]));
        assert!(!is_open(&failed[..=ROUNDS], &passed[..=ROUNDS]));
        let mut varies = failed;
        varies[1] = Passed;
        varies[2] = Passed;
        assert!(is_open(&failed[..=ROUNDS], &varies[..=ROUNDS]));
        assert!(!is_open(&failed, &varies));
        assert!(!is_open(&varies[..3], &varies[..3]) && !is_open(&failed[..1], &failed[..1]));
        assert!(!is_open(&failed[..1], &[]));
    }

    #[test]
    fn runs_are_added_to_the_test_of_their_program() {
        let mut histories = Histories::new();
        let told = Told::read("test a ... ok\ntest b ... FAILED\n---- b stdout ----\nno\n");
        add(&mut histories, "src", &told, true);
        assert!(open(&histories, "src").is_empty(), "it has not run on the other");
        let other = Told::read("test a ... ok\ntest b ... ok\n");
        add(&mut histories, "src", &other, false);
        assert_eq!(open(&histories, "src"), ["b"]);
        assert!(open(&histories, "tests/src").is_empty());
        let b = &histories["src: b"];
        assert_eq!(b.why.as_deref(), Some("no"));
        assert_eq!(b.counts(), "failed 1 of 1 on iocp-sys, failed 0 of 1 on windows-sys");
        assert_eq!(histories["src: a"].verdict(), Verdict::Same);
    }
}
