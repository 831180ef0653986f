//! The tracer: which thread is where, and what is counted.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write,
    os::unix::fs::FileExt,
    path::Path,
};

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

/// The breakpoint instruction, and the prefix that locks the bus.
const INT3: u8 = 0xCC;
const LOCK: u8 = 0xF0;

/// Where one thread is.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Not stepped: it has met no mark.
    Free,
    /// In the image: one instruction at a time. The address it was at before the last step.
    Inside { at: u64 },
    /// In a DLL; stops when it returns here with its stack above this.
    Outside { back: u64, stack: u64 },
}

/// The tracer of one process.
pub(super) struct Stepper {
    start: u64,
    code: Vec<u8>,
    threads: HashMap<Pid, Place>,
    counting: bool,
    instructions: u64,
    locked: u64,
    calls: u64,
    /// How often the instruction at each offset was executed.
    executed: Vec<u32>,
}

impl Stepper {
    pub(super) fn attach(process: Pid, (start, end): (u64, u64)) -> Result<Self> {
        let mut code = vec![0; usize::try_from(end - start)?];
        let memory = File::open(format!("/proc/{process}/mem")).context("its memory")?;
        // Sections need not fill the image: what cannot be read is no code.
        for page in (0..code.len()).step_by(4096) {
            let until = (page + 4096).min(code.len());
            let _ = memory.read_at(&mut code[page..until], start + page as u64);
        }
        for task in fs::read_dir(format!("/proc/{process}/task"))? {
            let id = task?.file_name().to_string_lossy().parse()?;
            // Without its tracer a stopped program would stay for ever.
            let options = Options::PTRACE_O_TRACECLONE | Options::PTRACE_O_EXITKILL;
            ptrace::seize(Pid::from_raw(id), options)
                .context("tracing the program needs root, or ptrace_scope 0")?;
        }
        let executed = vec![0; code.len()];
        let threads = HashMap::new();
        let (counting, instructions, locked, calls) = (false, 0, 0, 0);
        Ok(Self { start, code, threads, counting, instructions, locked, calls, executed })
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
                Ok(WaitStatus::PtraceEvent(pid, _, _)) => gone(ptrace::cont(pid, None))?,
                Ok(_) => {}
                Err(Errno::EINTR) => {}
                Err(Errno::ECHILD) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn stopped(&mut self, pid: Pid, signal: Signal) -> nix::Result<()> {
        let place = self.threads.get(&pid).copied().unwrap_or(Place::Free);
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
                if self.byte(at) == Some(INT3) {
                    self.mark(registers.rip, registers.rax);
                }
                self.go_on(pid, registers.rip, registers.rsp)
            }
            Place::Outside { back, stack } => {
                if registers.rip != back || registers.rsp <= stack {
                    // A callback passed the same place deeper in the stack.
                    return ptrace::cont(pid, None);
                }
                breakpoint(pid, None)?;
                self.go_on(pid, registers.rip, registers.rsp)
            }
        }
    }

    /// A signal for the program itself: its handler runs free, then the thread is taken up again.
    fn interrupted(&mut self, pid: Pid, place: Place, signal: Signal) -> nix::Result<()> {
        if let Place::Inside { .. } = place {
            let registers = ptrace::getregs(pid)?;
            let back = registers.rip;
            breakpoint(pid, Some(back))?;
            self.threads.insert(pid, Place::Outside { back, stack: registers.rsp - 1 });
        }
        ptrace::cont(pid, signal)
    }

    /// The next instruction is at `rip`: steps it, or lets the thread run to its return.
    fn go_on(&mut self, pid: Pid, rip: u64, rsp: u64) -> nix::Result<()> {
        if self.byte(rip).is_some() {
            self.count(rip);
            self.threads.insert(pid, Place::Inside { at: rip });
            return ptrace::step(pid, None);
        }
        let stack = rsp as *mut libc::c_void;
        let back = ptrace::read(pid, stack)?.cast_unsigned();
        if self.byte(back).is_none() {
            // The thread has left its first function: it is not ours any more.
            self.threads.insert(pid, Place::Free);
            return ptrace::cont(pid, None);
        }
        self.calls += u64::from(self.counting);
        breakpoint(pid, Some(back))?;
        self.threads.insert(pid, Place::Outside { back, stack: rsp });
        ptrace::cont(pid, None)
    }

    /// Whether the thread has just executed a mark; acts on it.
    fn mark(&mut self, rip: u64, rax: u64) -> bool {
        if self.byte(rip.wrapping_sub(1)) != Some(INT3) {
            return false;
        }
        match rax {
            1 => {}
            2 => self.counting = true,
            3 => self.counting = false,
            _ => return false,
        }
        true
    }

    fn count(&mut self, rip: u64) {
        if !self.counting {
            return;
        }
        let at = self.offset(rip);
        self.instructions += 1;
        self.locked += u64::from(is_locked(&self.code[at..]));
        self.executed[at] += 1;
    }

    fn byte(&self, address: u64) -> Option<u8> {
        self.code.get(self.offset(address)).copied()
    }

    fn offset(&self, address: u64) -> usize {
        usize::try_from(address.wrapping_sub(self.start)).unwrap_or(usize::MAX)
    }

    pub(super) fn report(&self) -> String {
        let Self { instructions, locked, calls, .. } = self;
        format!("stepped instructions={instructions} locked={locked} dll_calls={calls}")
    }

    /// Lines `address count`, for each instruction executed while counting.
    pub(super) fn write_profile(&self, file: &Path) -> Result<()> {
        let mut out = std::io::BufWriter::new(File::create(file)?);
        for (offset, count) in self.executed.iter().enumerate().filter(|(_, count)| **count > 0) {
            writeln!(out, "{:#x} {count}", self.start + offset as u64)?;
        }
        Ok(())
    }
}

/// Whether this instruction locks the bus: the prefix, or an exchange with memory.
fn is_locked(code: &[u8]) -> bool {
    let is_prefix = |byte: u8| matches!(byte, 0x40..=0x4F | 0x66);
    let mut rest = code;
    loop {
        match rest {
            [LOCK, ..] => return true,
            [byte, after @ ..] if is_prefix(*byte) => rest = after,
            [0x86 | 0x87, operands, ..] => return operands >> 6 != 3,
            _ => return false,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locked_instructions_are_told_from_others() {
        for locked in [&[0xF0, 0x48, 0x0F, 0xB1][..], &[0x66, 0xF0, 0xFF], &[0x48, 0x87, 0x03]] {
            assert!(is_locked(locked), "{locked:x?}");
        }
        for other in [&[0x48, 0x87, 0xC3][..], &[0x90], &[0x48, 0x8B, 0x03], &[]] {
            assert!(!is_locked(other), "{other:x?}");
        }
    }
}
