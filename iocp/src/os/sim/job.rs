//! Jobs: which processes are in them, and what they tell their port.

use std::sync::Mutex;

use super::{
    handles::{self, Kind},
    lock,
    machine::Machine,
    port::Port,
    waitable::{self, own},
};
use crate::os::{Borrowed, Code, Handle, Owned};

const ACTIVE_PROCESS_ZERO: u32 = 4;
const NEW_PROCESS: u32 = 6;
const EXIT_PROCESS: u32 = 7;

/// A job.
pub(super) struct Job {
    machine: &'static Machine,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    target: Option<(&'static Port, usize)>,
    kill_on_close: bool,
    /// With their ids.
    running: Vec<(u32, &'static waitable::Object)>,
}

impl Job {
    /// One message after the other; some are lost, if the script says so.
    fn tell(&self, target: Option<(&'static Port, usize)>, message: u32, process: u32) {
        if let Some((port, key)) = target {
            port.push_job(key, message, process, self.machine.script.lost_messages);
        }
    }

    /// A process has ended.
    pub(super) fn ended(&self, process: u32) {
        let mut state = lock(&self.state);
        state.running.retain(|&(id, _)| id != process);
        let (target, left) = (state.target, state.running.len());
        drop(state);
        self.tell(target, EXIT_PROCESS, process);
        if left == 0 {
            self.tell(target, ACTIVE_PROCESS_ZERO, 0);
        }
    }

    pub(super) fn close(&self) {
        if lock(&self.state).kill_on_close {
            self.terminate(0);
        }
    }

    fn terminate(&self, code: u32) {
        let running = std::mem::take(&mut lock(&self.state).running);
        // Each takes itself off again, and the last one tells that none is left.
        lock(&self.state).running.clone_from(&running);
        for (_, process) in running {
            process.exit(code);
        }
    }
}

fn job(handle: Handle) -> Result<&'static Job, Code> {
    match &handles::find(handle)?.kind {
        Kind::Job(job) => Ok(job),
        _ => Err(Code::INVALID_HANDLE),
    }
}

pub(crate) fn job_create() -> Result<Owned, Code> {
    let machine = Machine::current();
    Ok(own(machine, Kind::Job(Job { machine, state: Mutex::default() })))
}

pub(crate) fn job_associate(job: Borrowed<'_>, port: Borrowed<'_>, key: usize) -> Result<(), Code> {
    let (job, port) = (self::job(job.value())?, handles::port(port.value())?);
    let mut state = lock(&job.state);
    if state.target.is_some() {
        return Err(Code::INVALID_PARAMETER);
    }
    state.target = Some((port, key));
    let (target, ids) = (state.target, state.running.iter().map(|&(id, _)| id).collect::<Vec<_>>());
    drop(state);
    for id in ids {
        job.tell(target, NEW_PROCESS, id);
    }
    Ok(())
}

pub(crate) fn job_kill_on_close(job: Borrowed<'_>, kill: bool) -> Result<(), Code> {
    lock(&self::job(job.value())?.state).kill_on_close = kill;
    Ok(())
}

pub(crate) fn job_assign(job: Borrowed<'_>, process: Borrowed<'_>) -> Result<(), Code> {
    let (job, process) = (self::job(job.value())?, waitable::object(process.value())?);
    if !process.join(job) {
        return Err(Code(5));
    }
    let mut state = lock(&job.state);
    state.running.push((process.number(), process));
    let target = state.target;
    drop(state);
    job.tell(target, NEW_PROCESS, process.number());
    Ok(())
}

pub(crate) fn job_terminate(job: Borrowed<'_>, code: u32) -> Result<(), Code> {
    self::job(job.value())?.terminate(code);
    Ok(())
}

pub(crate) fn job_active(job: Borrowed<'_>) -> Result<u32, Code> {
    let state = lock(&self::job(job.value())?.state);
    Ok(u32::try_from(state.running.len()).unwrap_or(u32::MAX))
}
