//! Runs a program, says how it and all that it has started end, and ends them at Ctrl-C: `PROGRAM [ARGUMENT…]`.
//! A timer of the system says after 100 ms that it still runs.

use std::{
    env::args,
    ffi::c_void,
    io,
    mem::{size_of, zeroed},
    ptr::{null, null_mut},
    sync::atomic::{AtomicUsize, Ordering},
};

use windows_sys::Win32::{
    Foundation::{CloseHandle, HANDLE, INVALID_HANDLE_VALUE, WAIT_TIMEOUT},
    System::{
        Console::SetConsoleCtrlHandler,
        JobObjects::{
            AssignProcessToJobObject, CreateJobObjectW,
            JobObjectAssociateCompletionPortInformation, JobObjectBasicAccountingInformation,
            JobObjectExtendedLimitInformation, QueryInformationJobObject, SetInformationJobObject,
            TerminateJobObject, JOBOBJECT_ASSOCIATE_COMPLETION_PORT,
            JOBOBJECT_BASIC_ACCOUNTING_INFORMATION, JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
            JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
        },
        Threading::{
            CreateProcessW, CreateWaitableTimerW, GetExitCodeProcess, RegisterWaitForSingleObject,
            ResumeThread, SetWaitableTimer, TerminateProcess, CREATE_NEW_PROCESS_GROUP,
            CREATE_SUSPENDED, INFINITE, PROCESS_INFORMATION, STARTUPINFOW, WT_EXECUTEONLYONCE,
        },
        IO::{CreateIoCompletionPort, GetQueuedCompletionStatus, PostQueuedCompletionStatus},
    },
};

const JOB: usize = 1;
const ENDED: usize = 2;
const DUE: usize = 3;
const CONSOLE: usize = 4;

static PORT: AtomicUsize = AtomicUsize::new(0);

fn main() -> io::Result<()> {
    let words: Vec<String> = args().skip(1).collect();
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 1) };
    checked(!port.is_null())?;
    PORT.store(port as usize, Ordering::SeqCst);
    checked(unsafe { SetConsoleCtrlHandler(Some(pressed), 1) } != 0)?;
    let job = unsafe { CreateJobObjectW(null(), null()) };
    checked(!job.is_null())?;
    let news = JOBOBJECT_ASSOCIATE_COMPLETION_PORT {
        CompletionKey: JOB as *mut c_void,
        CompletionPort: port,
    };
    let mut limits: JOBOBJECT_EXTENDED_LIMIT_INFORMATION = unsafe { zeroed() };
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    let (kind, size) = (JobObjectAssociateCompletionPortInformation, size_of_val(&news) as u32);
    checked(unsafe { SetInformationJobObject(job, kind, (&raw const news).cast(), size) } != 0)?;
    let (kind, size) = (JobObjectExtendedLimitInformation, size_of_val(&limits) as u32);
    checked(unsafe { SetInformationJobObject(job, kind, (&raw const limits).cast(), size) } != 0)?;
    let child = start(&words, job)?;
    let timer = unsafe { CreateWaitableTimerW(null(), 0, null()) };
    checked(!timer.is_null())?;
    // 100 ms from now, in units of 100 ns.
    checked(unsafe { SetWaitableTimer(timer, &-1_000_000, 0, None, null(), 0) } != 0)?;
    for (object, key) in [(child, ENDED), (timer, DUE)] {
        let (mut wait, context) = (null_mut(), key as *const c_void);
        let started = unsafe {
            RegisterWaitForSingleObject(
                &mut wait,
                object,
                Some(signalled),
                context,
                INFINITE,
                WT_EXECUTEONLYONCE,
            )
        };
        checked(started != 0)?;
    }
    println!("started");
    let mut exited = false;
    loop {
        let (mut bytes, mut key, mut pointer) = (0, 0, null_mut());
        let done =
            unsafe { GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut pointer, 100) };
        let is_late = io::Error::last_os_error().raw_os_error() == Some(WAIT_TIMEOUT as i32);
        match key {
            _ if done == 0 && is_late => {}
            _ if done == 0 => return Err(io::Error::last_os_error()),
            ENDED => {
                let mut code = 0;
                checked(unsafe { GetExitCodeProcess(child, &mut code) } != 0)?;
                println!("exited {code}");
                exited = true;
            }
            DUE => println!("timer"),
            CONSOLE => {
                println!("console CtrlC");
                checked(unsafe { TerminateJobObject(job, 1) } != 0)?;
            }
            _ => {}
        }
        if exited && active(job)? == 0 {
            println!("empty");
            return Ok(());
        }
    }
}

fn start(words: &[String], job: HANDLE) -> io::Result<HANDLE> {
    let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    let mut line: Vec<u16> = quoted.join(" ").encode_utf16().chain([0]).collect();
    let mut how: STARTUPINFOW = unsafe { zeroed() };
    how.cb = size_of::<STARTUPINFOW>() as u32;
    let mut child: PROCESS_INFORMATION = unsafe { zeroed() };
    let started = unsafe {
        CreateProcessW(
            null(),
            line.as_mut_ptr(),
            null(),
            null(),
            1,
            CREATE_SUSPENDED | CREATE_NEW_PROCESS_GROUP,
            null(),
            null(),
            &how,
            &mut child,
        )
    };
    checked(started != 0)?;
    if unsafe { AssignProcessToJobObject(job, child.hProcess) } == 0 {
        let error = io::Error::last_os_error();
        unsafe { TerminateProcess(child.hProcess, 1) };
        return Err(error);
    }
    unsafe { ResumeThread(child.hThread) };
    unsafe { CloseHandle(child.hThread) };
    Ok(child.hProcess)
}

fn active(job: HANDLE) -> io::Result<u32> {
    let mut counts: JOBOBJECT_BASIC_ACCOUNTING_INFORMATION = unsafe { zeroed() };
    let (kind, size) = (JobObjectBasicAccountingInformation, size_of_val(&counts) as u32);
    let to = (&raw mut counts).cast();
    checked(unsafe { QueryInformationJobObject(job, kind, to, size, null_mut()) } != 0)?;
    Ok(counts.ActiveProcesses)
}

fn post(key: usize) {
    let port = PORT.load(Ordering::SeqCst) as HANDLE;
    unsafe { PostQueuedCompletionStatus(port, 0, key, null_mut()) };
}

unsafe extern "system" fn signalled(key: *mut c_void, _: bool) {
    post(key as usize);
}

unsafe extern "system" fn pressed(_: u32) -> i32 {
    post(CONSOLE);
    1
}

fn checked(done: bool) -> io::Result<()> {
    done.then_some(()).ok_or_else(io::Error::last_os_error)
}
