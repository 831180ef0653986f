//! A small program, traced: what is counted does not depend on its signals.

use std::{
    fs::{self, Permissions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
};

use nix::{
    sys::{
        signal::{kill, Signal},
        wait::{waitpid, WaitPidFlag, WaitStatus},
    },
    unistd::Pid,
};

use super::{gone, Place, Stepper};

/// Where the file is mapped, and the headers before its code.
const BASE: u64 = 0x40_0000;
const HEADERS: usize = 64 + 56;

/// The part that is stepped. It sets a handler, writes a byte, reads one, then goes four times around.
#[rustfmt::skip]
const IMAGE: &[u8] = &[
    0xB8, 13, 0, 0, 0, // mov eax, rt_sigaction
    0xBF, 10, 0, 0, 0, // mov edi, SIGUSR1
    0xBE, 0xF0, 0, 0x40, 0, // mov esi, ACTION
    0x31, 0xD2, // xor edx, edx
    0x41, 0xBA, 8, 0, 0, 0, // mov r10d, 8
    0x0F, 0x05, // syscall
    0xB8, 1, 0, 0, 0, // mov eax, write
    0x89, 0xC7, // mov edi, eax
    0x89, 0xC2, // mov edx, eax
    0x0F, 0x05, // syscall
    0x31, 0xC0, // xor eax, eax: read
    0x31, 0xFF, // xor edi, edi
    0x48, 0x8D, 0x74, 0x24, 0xC0, // lea rsi, [rsp - 64]
    0x0F, 0x05, // syscall
    0xB8, 1, 0, 0, 0, 0xCC, // step this thread
    0xB8, 2, 0, 0, 0, 0xCC, // count from here
    0xBB, 4, 0, 0, 0, // mov ebx, 4
    0x0F, 0x1F, 0x80, b'i', b'o', b'c', b'p', // a message is done
    0xE8, 19, 0, 0, 0, // call FUNCTION
    0xFF, 0xCB, // dec ebx
    0x75, 0xF0, // jne to the no-op
    0xB8, 3, 0, 0, 0, 0xCC, // to here
    0xB8, 231, 0, 0, 0, // mov eax, exit_group
    0x31, 0xFF, // xor edi, edi
    0x0F, 0x05, // syscall
];

/// Behind it, as a DLL is: a function, the handler, and what returns from it.
const FUNCTION: &[u8] = &[0xC3];
const HANDLER: &[u8] = &[0xC3];
const RESTORER: &[u8] = &[0xB8, 15, 0, 0, 0, 0x0F, 0x05]; // rt_sigreturn

/// What `rt_sigaction` wants lies here.
const ACTION: usize = 0xF0;

/// The program as a file: one segment, mapped as it is.
fn elf() -> Vec<u8> {
    let code = [IMAGE, FUNCTION, HANDLER, RESTORER].concat();
    let mut file = b"\x7FELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    let entry = BASE + HEADERS as u64;
    for half in [2_u16, 62] {
        file.extend(half.to_le_bytes()); // a program, for x86_64
    }
    file.extend(1_u32.to_le_bytes());
    for word in [entry, 64, 0] {
        file.extend(word.to_le_bytes());
    }
    file.extend(0_u32.to_le_bytes());
    for half in [64_u16, 56, 1, 0, 0, 0] {
        file.extend(half.to_le_bytes());
    }
    for half in [1_u32, 5] {
        file.extend(half.to_le_bytes()); // to be loaded, to be read and executed
    }
    let size = (ACTION + 4 * 8) as u64;
    for word in [0, BASE, BASE, size, size, 0x1000] {
        file.extend(word.to_le_bytes());
    }
    file.extend(code);
    assert!(file.len() <= ACTION, "the code is too long: {}", file.len());
    file.resize(ACTION, 0);
    let handler = entry + (IMAGE.len() + FUNCTION.len()) as u64;
    let restorer = handler + HANDLER.len() as u64;
    for word in [handler, 0x0400_0000, restorer, 0] {
        file.extend(word.to_le_bytes());
    }
    file
}

fn start(name: &str) -> Child {
    let file = std::env::temp_dir().join(format!("tracee-{}-{name}", std::process::id()));
    fs::write(&file, elf()).expect("a file");
    fs::set_permissions(&file, Permissions::from_mode(0o700)).expect("a program");
    let child = loop {
        match Command::new(&file).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
            // Another test is starting a program, which still has the file open.
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            started => break started.expect("it starts"),
        }
    };
    fs::remove_file(file).expect("it is ours");
    child
}

/// Far more stops than the program has.
const MOST_STOPS: u32 = 1_000;

/// Steps the program; with `signals` one comes each time that it returns to the image.
#[allow(clippy::zombie_processes)] // reason: it is waited for as a tracer does
fn traced(name: &str, signals: bool) -> String {
    let mut child = start(name);
    let process = Pid::from_raw(i32::try_from(child.id()).expect("a small number"));
    let entry = BASE + HEADERS as u64;
    let image = (entry, entry + IMAGE.len() as u64);
    // Until then its code may not be mapped.
    child.stdout.take().expect("it is piped").read_exact(&mut [0]).expect("it writes");
    let mut stepper = Stepper::attach(process, image).expect("our own child");
    child.stdin.take().expect("it is piped").write_all(b"g").expect("it reads");
    let mut sent = 0;
    for _ in 0..MOST_STOPS {
        match waitpid(process, Some(WaitPidFlag::__WALL)).expect("it is there") {
            WaitStatus::Exited(_, status) => {
                assert_eq!((status, sent), (0, if signals { 4 } else { 0 }));
                return stepper.report();
            }
            WaitStatus::Stopped(_, signal) => {
                if signals && stepper.ends_a_call(process) {
                    kill(process, Signal::SIGUSR1).expect("it is there");
                    sent += 1;
                }
                gone(stepper.stopped(process, signal)).expect("it goes on");
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("it does not end");
}

impl Stepper {
    /// Whether a call ends here, and not a handler: the latter's mark in the stack is no multiple of 8.
    fn ends_a_call(&self, pid: Pid) -> bool {
        matches!(self.place(pid), Place::Outside { stack, .. } if stack % 8 == 0)
    }
}

#[test]
fn three_whole_messages_are_three_times_three_instructions() {
    let report = traced("quiet", false);
    assert!(
        report.ends_with("messages=3 whole.instructions=9 whole.locked=0 whole.dll_calls=3"),
        "{report}"
    );
}

/// A thread at its breakpoint has the resume flag; a handler that returned with it let the thread run on
/// uncounted to the next return.
#[test]
fn a_signal_at_a_breakpoint_changes_no_count() {
    assert_eq!(traced("signals", true), traced("none", false));
}
