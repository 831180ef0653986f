//! A timer of the system, to be waited for by a [`HandleWait`](crate::HandleWait).

use std::{fmt, time::Duration};

use crate::{
    base::error::Error,
    os::{self, AsHandle, BorrowedHandle, Owned},
};

/// A [waitable timer](https://learn.microsoft.com/en-us/windows/win32/sync/waitable-timer-objects): an object of
/// the system that is signalled once or again and again, and lets one waiter go each time.
///
/// To be waited for by a [`HandleWait`](crate::HandleWait). Each is a handle and, set, a timer of the kernel;
/// for many deadlines of one port take [`CompletionPort::timer`](crate::CompletionPort::timer), which costs no
/// system call. This one goes on while nobody waits, and other programs can be given it.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)] {
/// use std::time::Duration;
///
/// use iocp::{CompletionPort, WaitableTimer};
///
/// let port = CompletionPort::new()?;
/// let timer = WaitableTimer::new()?;
/// timer.set(Duration::from_millis(10), Some(Duration::from_secs(1)))?;
/// let tick = port.handle_wait(&timer, 1)?;
/// tick.start()?; // and again after each `Packet::Signalled { token: 1 }`
/// # }
/// # Ok::<(), iocp::Error>(())
/// ```
#[doc(alias = "CreateWaitableTimerW")]
pub struct WaitableTimer(Owned);

impl WaitableTimer {
    /// [`CreateWaitableTimerW`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerw):
    /// one that is not set, without a name.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system is out of handles or memory.
    #[doc(alias = "CreateWaitableTimerW")]
    pub fn new() -> Result<Self, Error> {
        os::timer_create().map(Self).map_err(|code| Error::os("CreateWaitableTimerW", code))
    }

    /// [`SetWaitableTimer`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-setwaitabletimer):
    /// due after so long (0: at once; rounded up to 100 ns), then, with a period, again and again; in place
    /// of what was set before. The system's clock may be set meanwhile (fact WAIT09).
    ///
    /// `period`: rounded up to milliseconds, at least 1, at most `i32::MAX` (24.8 days). Ticks that nobody
    /// waits for are one.
    ///
    /// # Errors
    ///
    /// [`Error::TooLong`] if the period is longer, or `after` is above 29,000 years; [`Error::Os`].
    #[doc(alias = "SetWaitableTimer")]
    pub fn set(&self, after: Duration, period: Option<Duration>) -> Result<(), Error> {
        let due = i64::try_from(after.as_nanos().div_ceil(100)).map_err(|_| Error::TooLong)?;
        let period_ms = match period {
            None => 0,
            Some(period) => i32::try_from(period.as_nanos().div_ceil(1_000_000).max(1))
                .map_err(|_| Error::TooLong)?,
        };
        os::timer_set(self.0.borrow(), -due, period_ms)
            .map_err(|code| Error::os("SetWaitableTimer", code))
    }

    /// [`CancelWaitableTimer`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-cancelwaitabletimer):
    /// it is not due any more. What was signalled stays so, for the next wait.
    ///
    /// # Errors
    ///
    /// [`Error::Os`], which the system has no reason for.
    #[doc(alias = "CancelWaitableTimer")]
    pub fn clear(&self) -> Result<(), Error> {
        os::timer_cancel(self.0.borrow()).map_err(|code| Error::os("CancelWaitableTimer", code))
    }
}

impl AsHandle for WaitableTimer {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        os::lend_handle(self.0.borrow())
    }
}

impl fmt::Debug for WaitableTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitableTimer").finish_non_exhaustive()
    }
}
