//! Jobs: groups of processes that are ended together, and whose news come to the port.

use std::{fmt, ops::Deref, sync::Arc};

use crate::{
    base::error::{Error, Refused},
    core::{keys::SlotlessKey, shared::Core, slotless::Sender},
    os::{self, AsHandle, BorrowedHandle, Code, Owned},
    port::CompletionPort,
};

/// A [job](https://learn.microsoft.com/en-us/windows/win32/procthread/job-objects): processes, with all that they
/// start, that can be counted and ended together.
///
/// What a process in a job starts joins the job, unless the job allows it to break away. Before Windows 8 a
/// process can be in one job only, and a program that is run by a supervisor may be in one already.
#[doc(alias = "CreateJobObjectW")]
pub struct Job(Owned);

/// A job whose messages come to a port. Made by [`CompletionPort::associate_job`].
///
/// It keeps the port open. Dropped, its messages are refused, also late ones; the processes go on, unless the
/// job is to [end them](Job::kill_on_close).
pub struct AssociatedJob {
    job: Job,
    core: Arc<Core>,
    key: SlotlessKey,
}

impl CompletionPort {
    /// [`SetInformationJobObject`](https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-setinformationjobobject)
    /// with `JobObjectAssociateCompletionPortInformation`: a job's messages come as
    /// [`Packet::Job`](crate::Packet::Job) with `token`.
    ///
    /// Processes that are in the job already are told as new ones (fact JOB01). Messages may be lost:
    /// see [`JobMessage`](crate::JobMessage). So the end of a tree of processes is confirmed by
    /// [`active_processes`](Job::active_processes): at [`NoneLeft`](crate::JobMessage::NoneLeft), at each end
    /// of a process, and at a deadline, of a [`Timer`](crate::Timer), in case none of them came.
    ///
    /// No number that other code posts is taken for a job's message, unless it guesses the key of a job that
    /// lives: so nothing is freed or ended by one.
    ///
    /// # Errors
    ///
    /// The job comes back with [`Error::NotAssociable`] (87: it has a port already), [`Error::Closed`],
    /// [`Error::Full`], or [`Error::Os`].
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)] {
    /// use std::time::Duration;
    ///
    /// use iocp::{CompletionPort, Job, Packet, Packets};
    ///
    /// let port = CompletionPort::new()?;
    /// let job = port.associate_job(Job::new()?, 1)?;
    /// let child = job.spawn(&mut std::process::Command::new("some-tree-of-processes"), 0)?;
    /// job.terminate(1)?;
    /// // The end is asked for whenever something came, and now and then: messages may be lost.
    /// let (again, mut packets) = (port.timer(2), Packets::with_capacity(8));
    /// while job.active_processes()? > 0 {
    ///     again.set_after(Duration::from_millis(200));
    ///     port.wait(&mut packets, None)?;
    /// }
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "JOBOBJECT_ASSOCIATE_COMPLETION_PORT")]
    #[doc(alias = "SetInformationJobObject")]
    pub fn associate_job(&self, job: Job, token: usize) -> Result<AssociatedJob, Refused<Job>> {
        let added = if self.is_closed() {
            Err(Error::Closed)
        } else {
            self.core.slotless.add(Sender::Job, token)
        };
        let key = match added {
            Ok(key) => key,
            Err(error) => return Err(Refused { error, value: job }),
        };
        if let Err(code) = os::job_associate(job.0.borrow(), self.core.handle(), key.0) {
            self.core.slotless.remove(key);
            let error = match code {
                Code::INVALID_PARAMETER => Error::NotAssociable,
                code => Error::os("SetInformationJobObject", code),
            };
            return Err(Refused { error, value: job });
        }
        Ok(AssociatedJob { job, core: Arc::clone(&self.core), key })
    }
}

impl Job {
    /// [`CreateJobObjectW`](https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-createjobobjectw):
    /// a new one, without a name, limits and processes.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system is out of handles or memory.
    #[doc(alias = "CreateJobObjectW")]
    pub fn new() -> Result<Self, Error> {
        os::job_create().map(Self).map_err(|code| Error::os("CreateJobObjectW", code))
    }

    /// [`AssignProcessToJobObject`](https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-assignprocesstojobobject):
    /// puts a running process into the job, for good, with what it starts from now on: what it has started
    /// before stays outside. A child is better started in it, by `spawn`.
    ///
    /// # Errors
    ///
    /// [`Error::Os`]: 5 if the process is in another job that this one cannot be nested in (fact JOB08; before
    /// Windows 8 in any), or has ended; 1816 beyond a limit of the job.
    #[doc(alias = "AssignProcessToJobObject")]
    pub fn assign<P: AsHandle>(&self, process: &P) -> Result<(), Error> {
        os::job_assign(self.0.borrow(), os::borrow_handle(process))
            .map_err(|code| Error::os("AssignProcessToJobObject", code))
    }

    /// Starts a child in the job, from its first instruction: it is made standing still (`CREATE_SUSPENDED`),
    /// put into the job, and then let go. So nothing that it starts is outside.
    ///
    /// `flags`: the [process creation flags](https://learn.microsoft.com/en-us/windows/win32/procthread/process-creation-flags)
    /// of the command, which has no way to tell its own: they are replaced by these. 0: it shares the console, and
    /// Ctrl-C reaches it beside this program; with `CREATE_NEW_PROCESS_GROUP` (0x200) it does not.
    /// Such a child is asked to end by a Ctrl-Break to its group, whose number is the child's:
    /// [`GenerateConsoleCtrlEvent`](https://learn.microsoft.com/en-us/windows/console/generateconsolectrlevent) of
    /// windows-sys; `terminate` does not ask.
    ///
    /// # Errors
    ///
    /// Those of [`Command::spawn`](std::process::Command::spawn) and [`assign`](Self::assign). The child is
    /// ended then, and has run nothing.
    #[doc(alias = "ResumeThread")]
    #[cfg(windows)]
    pub fn spawn(
        &self,
        command: &mut std::process::Command,
        flags: u32,
    ) -> std::io::Result<std::process::Child> {
        use std::os::windows::process::CommandExt;
        /// `CREATE_SUSPENDED` of winbase.h.
        const CREATE_SUSPENDED: u32 = 4;
        let child = command.creation_flags(flags | CREATE_SUSPENDED).spawn();
        command.creation_flags(flags);
        let mut child = child?;
        let resume =
            |()| os::resume_process(child.id()).map_err(|code| Error::os("ResumeThread", code));
        if let Err(error) = self.assign(&child).and_then(resume) {
            child.kill()?;
            child.wait()?;
            return Err(error.into());
        }
        Ok(child)
    }

    /// [`TerminateJobObject`](https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-terminatejobobject):
    /// ends every process of the job, with this exit code. They end soon after, not within the call: ask for
    /// [`active_processes`](Self::active_processes).
    ///
    /// # Errors
    ///
    /// [`Error::Os`]: 5 if the handle lacks the right.
    #[doc(alias = "TerminateJobObject")]
    pub fn terminate(&self, exit_code: u32) -> Result<(), Error> {
        os::job_terminate(self.0.borrow(), exit_code)
            .map_err(|code| Error::os("TerminateJobObject", code))
    }

    /// `SetInformationJobObject` with `JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE`: whether the system ends the
    /// processes when the last handle of the job is closed: also if this program is ended by force. With which exit
    /// code is *open*; [`terminate`](Self::terminate) has one of your choice. Other limits stay as they are.
    ///
    /// # Errors
    ///
    /// [`Error::Os`]: 5 if the handle lacks the right.
    #[doc(alias = "JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE")]
    #[doc(alias = "SetInformationJobObject")]
    pub fn kill_on_close(&self, kill: bool) -> Result<(), Error> {
        os::job_kill_on_close(self.0.borrow(), kill)
            .map_err(|code| Error::os("SetInformationJobObject", code))
    }

    /// [`QueryInformationJobObject`](https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-queryinformationjobobject)
    /// with `JobObjectBasicAccountingInformation`: how many processes of the job run at this moment, those of
    /// jobs in it included.
    ///
    /// # Errors
    ///
    /// [`Error::Os`]: 5 if the handle lacks the right.
    #[doc(alias = "QueryInformationJobObject")]
    pub fn active_processes(&self) -> Result<u32, Error> {
        os::job_active(self.0.borrow()).map_err(|code| Error::os("QueryInformationJobObject", code))
    }
}

#[cfg(windows)]
impl From<std::os::windows::io::OwnedHandle> for Job {
    /// A job that was made elsewhere, with a name, or limits. Calls on what is no job fail with 6.
    fn from(handle: std::os::windows::io::OwnedHandle) -> Self {
        Self(os::take_handle(handle))
    }
}

impl AsHandle for Job {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        os::lend_handle(self.0.borrow())
    }
}

impl Deref for AssociatedJob {
    type Target = Job;

    fn deref(&self) -> &Job {
        &self.job
    }
}

impl Drop for AssociatedJob {
    fn drop(&mut self) {
        self.core.slotless.remove(self.key);
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("active_processes", &self.active_processes()).finish()
    }
}

impl fmt::Debug for AssociatedJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssociatedJob").field("job", &self.job).finish_non_exhaustive()
    }
}
