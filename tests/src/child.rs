//! This program again, as the child of one of its tests, to do something else in its place.

use std::{
    env,
    io::{copy, sink, stdin},
    process::{Command, Stdio},
};

/// `CreateProcessW`: no console, nor one that is inherited, so that no host of one comes into a job.
pub const DETACHED_PROCESS: u32 = 8;

/// Set in a child.
const ROLE: &str = "IOCP_TESTS_ROLE";

/// Runs that test only, which asks for its [`role`] first. The child's input is a pipe, and nobody reads its output.
///
/// # Panics
///
/// If the system does not say which program this is.
#[must_use]
pub fn child_of(test: &str, role: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(ROLE, role);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    command
}

/// What this process is to do as the child of a test. `None`: it is none.
#[must_use]
pub fn role() -> Option<String> {
    env::var(ROLE).ok()
}

/// Returns when the input of this process has ended.
pub fn wait_for_the_end_of_input() {
    let _ = copy(&mut stdin(), &mut sink());
}

/// Says each line of its input again, to the end.
pub fn repeat_the_input() {
    for line in stdin().lines().map_while(Result::ok) {
        println!("{line}, said by the child");
    }
}
