//! The tracer: which thread is where.

#[cfg(test)]
mod tests;

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result};
use nix::{
    errno::Errno,
    libc,
    sys::{
        ptrace::{self, Options},
        signal::Signal,
        wait::{waitpid, WaitPidFlag, WaitStatus},
    },
    unistd::Pid,
};

use super::{image::Image, tally::Tally};

/// The resume flag: the instruction that it returns to does not stop at its breakpoint.
const RESUME: u64 = 1 << 16;

/// Where one thread is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Not stepped: it has met no mark.
    Free,
    /// In the image: one instruction at a time. The address of the one that it is about to execute.
    Inside { at: u64 },
    /// In a DLL; stops when it returns here with its stack above this.
    Outside { back: u64, stack: u64 },
}

/// The tracer of one process.
pub(super) struct Stepper {
    image: Image,
    threads: HashMap<Pid, Place>,
    tally: Tally,
}

impl Stepper {
    pub(super) fn attach(process: Pid, image: (u64, u64)) -> Result<Self> {
        let image = Image::read(process, image)?;
        for task in fs::read_dir(format!("/proc/{process}/task"))? {
            let id = task?.file_name().to_string_lossy().parse()?;
            // Without its tracer a stopped program would stay for ever.
            let options = Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_EXITKILL;
            ptrace::seize(Pid::from_raw(id), options)
                .context("tracing the program needs root, or ptrace_scope 0")?;
        }
        let tally = Tally::new(image.len());
        Ok(Self { image, threads: HashMap::new(), tally })
    }

    /// Steps until the process ends.
    pub(super) fn run(&mut self, process: Pid) -> Result<()> {
        loop {
            match waitpid(None, Some(WaitPidFlag::__WALL)) {
                Ok(WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, _, _)) => {
                    self.threads.remove(&pid);
                    if pid == process {
                        return Ok(());
                    }
                }
                Ok(WaitStatus::Stopped(pid, signal)) => gone(self.stopped(pid, signal))?,
                Ok(WaitStatus::PtraceEvent(pid, _, _)) => gone(self.go_on_as_before(pid))?,
                Ok(_) => {}
                Err(Errno::EINTR) => {}
                Err(Errno::ECHILD) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn place(&self, pid: Pid) -> Place {
        self.threads.get(&pid).copied().unwrap_or(Place::Free)
    }

    fn stopped(&mut self, pid: Pid, signal: Signal) -> nix::Result<()> {
        let place = self.place(pid);
        if signal != Signal::SIGTRAP {
            return self.interrupted(pid, place, signal);
        }
        let registers = ptrace::getregs(pid)?;
        match place {
            Place::Free => {
                if !self.mark(registers.rip, registers.rax) {
                    return ptrace::cont(pid, signal);
                }
                self.go_on(pid, registers.rip, registers.rsp)
            }
            Place::Inside { at } => {
                self.executed(pid, at);
                if self.image.is_breakpoint(at) {
                    self.mark(registers.rip, registers.rax);
                }
                self.go_on(pid, registers.rip, registers.rsp)
            }
            Place::Outside { back, stack } => {
                let is_back = registers.rip == back && registers.rsp > stack;
                // Deeper in the stack a callback passed the same place. While nothing is counted the thread runs
                // free, stops here each time, and may come to another mark.
                let stays = !is_back || self.tally.is_over();
                if stays && !self.mark(registers.rip, registers.rax) {
                    return ptrace::cont(pid, None);
                }
                breakpoint(pid, None)?;
                self.go_on(pid, registers.rip, registers.rsp)
            }
        }
    }

    /// A signal for the program itself: its handler runs free, then the thread is taken up again at
    /// the instruction that it has not executed yet.
    ///
    /// The handler's return restores the flags of this moment. At a breakpoint they have the resume
    /// flag: with it the thread would not stop there again, but run on through a message or more.
    fn interrupted(&mut self, pid: Pid, place: Place, signal: Signal) -> nix::Result<()> {
        if let Place::Inside { at } = place {
            let mut registers = ptrace::getregs(pid)?;
            registers.eflags &= !RESUME;
            ptrace::setregs(pid, registers)?;
            breakpoint(pid, Some(at))?;
            self.threads.insert(pid, Place::Outside { back: at, stack: registers.rsp - 1 });
        }
        ptrace::cont(pid, signal)
    }

    /// A stop that says something of the thread and nothing to it.
    fn go_on_as_before(&self, pid: Pid) -> nix::Result<()> {
        match self.place(pid) {
            Place::Inside { .. } => ptrace::step(pid, None),
            Place::Free | Place::Outside { .. } => ptrace::cont(pid, None),
        }
    }

    /// The next instruction is at `rip`: steps it, or lets the thread run to its return.
    fn go_on(&mut self, pid: Pid, rip: u64, rsp: u64) -> nix::Result<()> {
        if self.image.has(rip) {
            self.threads.insert(pid, Place::Inside { at: rip });
            return ptrace::step(pid, None);
        }
        let stack = rsp as *mut libc::c_void;
        let back = ptrace::read(pid, stack)?.cast_unsigned();
        if !self.image.has(back) {
            // The thread has left its first function: it is not ours any more.
            self.threads.insert(pid, Place::Free);
            return ptrace::cont(pid, None);
        }
        self.tally.call(pid);
        breakpoint(pid, Some(back))?;
        self.threads.insert(pid, Place::Outside { back, stack: rsp });
        ptrace::cont(pid, None)
    }

    /// Whether the thread has just executed a mark; acts on it.
    fn mark(&mut self, rip: u64, rax: u64) -> bool {
        if !self.image.is_breakpoint(rip.wrapping_sub(1)) {
            return false;
        }
        match rax {
            1 => {}
            2 => self.tally.begin(),
            3 => self.tally.end(),
            _ => return false,
        }
        true
    }

    fn executed(&mut self, pid: Pid, at: u64) {
        match self.image.offset(at) {
            Some(_) if self.image.is_message(at) => self.tally.message(pid),
            Some(offset) => self.tally.instruction(pid, offset, self.image.is_locked(at)),
            None => {}
        }
    }

    pub(super) fn report(&self) -> String {
        self.tally.report()
    }

    pub(super) fn write_profile(&self, file: &Path) -> Result<()> {
        self.tally.write_profile(self.image.start, file)
    }
}

/// Sets the thread's first breakpoint register, or clears it.
fn breakpoint(pid: Pid, address: Option<u64>) -> nix::Result<()> {
    let register = |number: usize| {
        let offset = std::mem::offset_of!(libc::user, u_debugreg) + number * 8;
        offset as *mut libc::c_void
    };
    if let Some(address) = address {
        ptrace::write_user(pid, register(0), address.cast_signed())?;
    }
    ptrace::write_user(pid, register(7), i64::from(address.is_some()))
}

/// A thread that ended meanwhile is no fault.
fn gone(outcome: nix::Result<()>) -> Result<()> {
    match outcome {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
