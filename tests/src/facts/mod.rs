//! Facts about Windows, each by its id in `tests/FACTS.tsv`: raw calls of `iocp-sys`, and what they say.
//!
//! A fact is what Wine's conformance tests assert of Windows; the table names file and line. A row may say
//! more than is looked at here: what is looked at stands beside the id, and the values behind it. Where Wine
//! is known to differ, its answer stands there too. `tests/tests/facts.rs` runs them all and prints one table.

mod accept;
mod associating;
mod blocks;
mod cancel;
mod closed_ports;
mod connect;
mod directories;
mod disconnect;
mod files;
mod ioctls;
mod jobs;
pub(crate) mod kit;
mod pipe_connect;
mod pipe_writes;
mod pipes;
mod ports;
mod results;
mod skip;
mod tcp;
mod tcp_modes;
mod transmit;
mod udp;
mod waits;

use crate::Kernel;

/// One fact: what is done, what Windows answers, and a function that does it.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// The id of its row in `tests/FACTS.tsv`.
    pub id: &'static str,
    /// What is done, in words.
    pub when: &'static str,
    /// What Windows answers.
    pub windows: &'static str,
    /// What some version of Windows answers instead.
    pub or: Option<&'static str>,
    wine_8: Option<&'static str>,
    wine_10: Option<&'static str>,
    /// Does it, and says what was seen.
    pub see: fn() -> String,
}

/// How an answer compares with the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is what Windows answers.
    AsOnWindows,
    /// It is what this Wine is known to answer instead.
    WineDiffers,
    /// It is neither.
    Surprise,
}

impl Fact {
    /// A fact that every kernel answers alike.
    const fn new(
        id: &'static str,
        when: &'static str,
        windows: &'static str,
        see: fn() -> String,
    ) -> Self {
        Self { id, when, windows, or: None, wine_8: None, wine_10: None, see }
    }

    /// Some version of Windows answers this.
    const fn or(self, other: &'static str) -> Self {
        Self { or: Some(other), ..self }
    }

    /// Wine 8 answers this.
    const fn wine_8(self, other: &'static str) -> Self {
        Self { wine_8: Some(other), ..self }
    }

    /// Wine 10 answers this.
    const fn wine_10(self, other: &'static str) -> Self {
        Self { wine_10: Some(other), ..self }
    }

    /// Both Wines answer this.
    const fn wine(self, other: &'static str) -> Self {
        self.wine_8(other).wine_10(other)
    }

    /// What is known to be answered by this kernel in the place of Windows.
    fn known(&self, kernel: Kernel) -> Option<&'static str> {
        match kernel {
            Kernel::Wine(version) if version < 10 => self.wine_8,
            Kernel::Wine(_) => self.wine_10,
            Kernel::Windows | Kernel::Host => None,
        }
    }

    /// Judges what was seen on this kernel. Of a Wine that is known to differ, the known answer is the
    /// only one: if it has learned Windows' own, the row is to be mended.
    #[must_use]
    pub fn judge(&self, kernel: Kernel, seen: &str) -> Verdict {
        match self.known(kernel) {
            Some(known) if seen == known => Verdict::WineDiffers,
            None if seen == self.windows || Some(seen) == self.or => Verdict::AsOnWindows,
            _ => Verdict::Surprise,
        }
    }
}

/// All facts, by what they are about.
#[must_use]
pub fn all() -> Vec<Fact> {
    [
        ports::FACTS,
        waits::FACTS,
        associating::FACTS,
        skip::FACTS,
        blocks::FACTS,
        cancel::FACTS,
        tcp::FACTS,
        tcp_modes::FACTS,
        accept::FACTS,
        connect::FACTS,
        disconnect::FACTS,
        transmit::FACTS,
        udp::FACTS,
        ioctls::FACTS,
        pipe_connect::FACTS,
        pipes::FACTS,
        pipe_writes::FACTS,
        results::FACTS,
        files::FACTS,
        directories::FACTS,
        jobs::FACTS,
        closed_ports::FACTS,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_judged_by_the_kernel_that_gave_it() {
        let fact = Fact::new("X01", "", "a", String::new).or("b").wine_8("c");
        let judged = |kernel| ["a", "b", "c", "d"].map(|seen| fact.judge(kernel, seen));
        use Verdict::{AsOnWindows as Same, Surprise, WineDiffers};
        for kernel in [Kernel::Windows, Kernel::Wine(10)] {
            assert_eq!(judged(kernel), [Same, Same, Surprise, Surprise]);
        }
        assert_eq!(judged(Kernel::Wine(8)), [Surprise, Surprise, WineDiffers, Surprise]);
    }
}
