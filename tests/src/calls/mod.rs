//! Counts the system calls of this program, exactly and by name.
//!
//! Each import of the program from `kernel32`, `ntdll`, `ws2_32` and their like is led through a
//! counting thunk. So are the functions that the program gets at run time from `GetProcAddress` and
//! from `WSAIoctl` (`AcceptEx`, `ConnectEx` and the like go by such pointers). What the system's own
//! DLLs call among themselves is not counted: these are the calls that the code linked here makes.
//!
//! Counts carry over from Wine to Windows, times do not; the same thunks run on both, x86_64 only.
//!
//! * [`Meter`] counts the calls of those threads that run [`Meter::run`]: exact also while other
//!   threads (the test harness's) go on.
//! * [`Snapshot`] counts all threads since the hook was installed: for a runtime that starts threads
//!   of its own. Take two and ask for the [`delta`](Snapshot::delta).
//!
//! Both give [`Counts`]; [`Counts::kernel_calls`] sums the imports that enter the kernel: all but
//! those listed in `user_mode.rs`, so that an import nobody has thought about counts.
//!
//! The drawbacks: a call costs a few instructions more, so nothing is timed while the hook is in;
//! pointers that the program had looked up *before* [`calls`] was first called, and the table of
//! functions of registered I/O, are not counted; the first use of a looked-up function allocates.
//! Call [`calls`] first, and warm up before counting.
//!
//! ```no_run
//! # use iocp_tests::calls::{calls, Meter};
//! calls(); // installs the hook
//! let meter = Meter::new();
//! meter.run(|| std::thread::yield_now());
//! assert_eq!(meter.counts().get("SwitchToThread"), 1);
//! assert_eq!(meter.counts().kernel_calls(), 1);
//! ```

mod hook;
pub mod image;
mod ordinals;
mod table;
mod user_mode;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        atomic::{AtomicU64, Ordering},
        Arc,
    },
};

use self::{
    table::{ThreadMeter, CAPACITY},
    user_mode::USER_MODE,
};

/// The installed hook.
#[derive(Debug)]
pub struct Calls(table::Table);

/// Installs the hook, once in a process.
///
/// # Panics
///
/// If the system gives no memory for the thunks, or the program has more imports than thunks.
#[must_use]
pub fn calls() -> &'static Calls {
    hook::install()
}

impl Calls {
    /// The counts of all threads since the hook was installed.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.0.counters().iter().map(|one| one.load(Ordering::SeqCst)).collect())
    }

    /// How many imports and looked-up functions are counted.
    #[must_use]
    pub fn functions(&self) -> usize {
        self.0.with_imports(<[_]>::len)
    }

    fn name(&self, counts: impl Iterator<Item = u64>) -> Counts {
        self.0.with_imports(|imports| {
            let mut by_name = BTreeMap::new();
            for (import, count) in imports.iter().zip(counts).filter(|&(_, count)| count > 0) {
                *by_name.entry(import.name.clone()).or_default() += count;
            }
            Counts(by_name)
        })
    }
}

/// The counts of all threads at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot(Vec<u64>);

impl Snapshot {
    /// What was called between `earlier` and this moment.
    #[must_use]
    pub fn delta(&self, earlier: &Self) -> Counts {
        calls().name(self.0.iter().zip(&earlier.0).map(|(late, early)| late - early))
    }
}

/// Counts the calls of those threads that [`run`](Self::run) something for it. Clones are the same
/// meter.
#[derive(Clone, Debug)]
pub struct Meter(Arc<[AtomicU64]>);

impl Meter {
    /// All counts are zero. Installs the hook, if it is not in yet.
    #[must_use]
    pub fn new() -> Self {
        let _ = calls();
        Self((0..CAPACITY).map(|_| AtomicU64::new(0)).collect())
    }

    /// Counts what this thread calls while `work` runs. A meter within a meter counts alone.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let _counting = ThreadMeter::enter(&calls().0, &self.0);
        work()
    }

    /// What was called so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        calls().name(self.0.iter().map(|one| one.load(Ordering::SeqCst)))
    }

    /// Runs `work` on this thread with a meter of its own.
    #[must_use]
    pub fn count(work: impl FnOnce()) -> Counts {
        let meter = Self::new();
        meter.run(work);
        meter.counts()
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

/// How often each function was called; functions never called are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<String, u64>);

impl Counts {
    /// These counts and so many calls of one more function: to write down what is expected.
    #[must_use]
    pub fn with(mut self, name: &str, count: u64) -> Self {
        *self.0.entry(name.to_owned()).or_default() += count;
        self
    }

    /// How often this function was called.
    #[must_use]
    pub fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// All functions that were called, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, &count)| (name.as_str(), count))
    }

    /// Those that enter the kernel, by name: to compare with a list.
    #[must_use]
    pub fn entering(&self) -> Vec<(&str, u64)> {
        self.iter().filter(|(name, _)| USER_MODE.binary_search(name).is_err()).collect()
    }

    /// How often the kernel was entered.
    #[must_use]
    pub fn kernel_calls(&self) -> u64 {
        self.entering().iter().map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Counts {
    /// `name × count`, those that enter the kernel first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entering = self.entering();
        write!(f, "{} kernel calls:", self.kernel_calls())?;
        for (name, count) in &entering {
            write!(f, " {name} × {count}")?;
        }
        write!(f, "; beside them:")?;
        for (name, count) in self.iter().filter(|row| !entering.contains(row)) {
            write!(f, " {name} × {count}")?;
        }
        Ok(())
    }
}
