//! Ctrl-C and what else a console or the system tells a program that is to end, as messages of a mailbox.
//!
//! The system calls a routine on a thread of its own, without any value of the caller's: so there is one routine
//! and one list of the process.

use std::{
    fmt,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use iocp_sys as sys;

use crate::{base::error::Error, core::shared::forget_panic, os, port::mailbox::Sender};

/// What a console or the system tells: `CTRL_…_EVENT` of
/// [`HandlerRoutine`](https://learn.microsoft.com/en-us/windows/console/handlerroutine).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConsoleControl {
    /// `CTRL_C_EVENT`: Ctrl-C was pressed, or sent by `GenerateConsoleCtrlEvent`.
    CtrlC,
    /// `CTRL_BREAK_EVENT`: Ctrl-Break was pressed, or sent.
    CtrlBreak,
    /// `CTRL_CLOSE_EVENT`: the console is being closed. The process is ended soon.
    Close,
    /// `CTRL_LOGOFF_EVENT`: some user logs off; of services only. It does not say which user.
    Logoff,
    /// `CTRL_SHUTDOWN_EVENT`: the system shuts down; of services only. The process is ended soon.
    Shutdown,
    /// Any other number, as it came.
    Other(u32),
}

/// Sends what the console tells to a mailbox, until it is dropped. Made by
/// [`Sender::on_console_control`], whose example is a whole loop.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)] {
/// use iocp::{CompletionPort, ConsoleControl};
///
/// let port = CompletionPort::new()?;
/// let (sender, mailbox) = port.mailbox::<ConsoleControl>(1);
/// let handler = sender.on_console_control()?;
/// // … waits for packets; at `Packet::Mail { key: 1 }`:
/// if let Some(ConsoleControl::CtrlC | ConsoleControl::Close) = mailbox.take() {
///     // … closes and flushes what has to be, and then lets the system end the process:
///     drop(handler);
/// }
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropped, it hears of nothing"]
pub struct ConsoleHandler {
    number: u64,
}

/// Whether a message could be sent.
type Tell = Arc<dyn Fn(ConsoleControl) -> bool + Send + Sync>;

struct Listeners {
    /// The routine is the process's.
    added: bool,
    next: u64,
    tell: Vec<(u64, Tell)>,
}

static LISTENERS: Mutex<Listeners> =
    Mutex::new(Listeners { added: false, next: 0, tell: Vec::new() });
/// A handler was dropped.
static DROPPED: Condvar = Condvar::new();

impl<M: From<ConsoleControl> + Send + 'static> Sender<M> {
    /// [`SetConsoleCtrlHandler`](https://learn.microsoft.com/en-us/windows/console/setconsolectrlhandler): from now
    /// on what a console tells comes as a message of this mailbox, and does not end the process.
    ///
    /// Several handlers all hear of it. Where none could be told, since each port is closed, it goes on to the
    /// routines that were there before, in the end to the system's, which ends the process.
    ///
    /// A process that is told [`Close`](ConsoleControl::Close) or [`Shutdown`](ConsoleControl::Shutdown) is ended
    /// once its routine has returned, and in any case after a time of the system's choice, 5 seconds for the first:
    /// so the routine waits until the handlers that were told are dropped. Drop them when all is done that has to
    /// be. [`Logoff`](ConsoleControl::Logoff) is waited for as well.
    ///
    /// A program that was started in a new process group or by one that ignores Ctrl-C is not told of that; one
    /// without a console is told of nothing. The routine stays the process's for good.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system is out of memory.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)] {
    /// use iocp::{CompletionPort, ConsoleControl, ConsoleHandler, Packet, Packets};
    ///
    /// let port = CompletionPort::new()?;
    /// let (sender, mailbox) = port.mailbox::<ConsoleControl>(1);
    /// let handler: ConsoleHandler = sender.on_console_control()?;
    /// let mut packets = Packets::with_capacity(8);
    /// 'serve: loop {
    ///     port.wait(&mut packets, None)?;
    ///     for packet in &packets {
    ///         if matches!(packet, Packet::Mail { key: 1 }) {
    ///             while let Some(control) = mailbox.take() {
    ///                 println!("{control:?}");
    ///                 break 'serve;
    ///             }
    ///         }
    ///     }
    /// }
    /// // Here everything is closed and flushed, then:
    /// drop(handler);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "SetConsoleCtrlHandler")]
    pub fn on_console_control(&self) -> Result<ConsoleHandler, Error> {
        let sender = self.clone();
        let mut listeners = lock();
        if !listeners.added {
            os::console_routine_add(routine)
                .map_err(|code| Error::os("SetConsoleCtrlHandler", code))?;
            listeners.added = true;
        }
        let number = listeners.next;
        listeners.next += 1;
        listeners.tell.push((number, Arc::new(move |control| sender.send(control.into()).is_ok())));
        Ok(ConsoleHandler { number })
    }
}

/// Called by the system, on a thread of its own for each event. Non-zero: handled.
extern "system" fn routine(event: u32) -> i32 {
    let control = ConsoleControl::of(event);
    // Out of the lock: what a message is made by is the caller's.
    let tell = lock().tell.clone();
    let was_told = |(_, tell): &&(u64, Tell)| {
        let mut sent = false;
        // No panic leaves a routine of the system's, nor one of its payload's drop.
        forget_panic(catch_unwind(AssertUnwindSafe(|| sent = tell(control))));
        sent
    };
    let told: Vec<u64> = tell.iter().filter(was_told).map(|&(number, _)| number).collect();
    // The last reference, where its handler was dropped meanwhile: the sender drops messages.
    forget_panic(catch_unwind(AssertUnwindSafe(|| drop(tell))));
    if !matches!(control, ConsoleControl::CtrlC | ConsoleControl::CtrlBreak) {
        let mut listeners = lock();
        while listeners.tell.iter().any(|(number, _)| told.contains(number)) {
            listeners = DROPPED.wait(listeners).unwrap_or_else(PoisonError::into_inner);
        }
    }
    i32::from(!told.is_empty())
}

/// No code of the user's runs under the lock, so poison says nothing.
fn lock() -> MutexGuard<'static, Listeners> {
    LISTENERS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ConsoleControl {
    fn of(event: u32) -> Self {
        match event {
            sys::CTRL_C_EVENT => Self::CtrlC,
            sys::CTRL_BREAK_EVENT => Self::CtrlBreak,
            sys::CTRL_CLOSE_EVENT => Self::Close,
            sys::CTRL_LOGOFF_EVENT => Self::Logoff,
            sys::CTRL_SHUTDOWN_EVENT => Self::Shutdown,
            other => Self::Other(other),
        }
    }
}

impl Drop for ConsoleHandler {
    fn drop(&mut self) {
        let mut listeners = lock();
        let at = listeners.tell.iter().position(|&(number, _)| number == self.number);
        let tell = at.map(|at| listeners.tell.swap_remove(at));
        drop(listeners);
        DROPPED.notify_all();
        // The last sender drops what lies in its mailbox: out of the lock.
        drop(tell);
    }
}

impl fmt::Debug for ConsoleHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsoleHandler").finish_non_exhaustive()
    }
}
