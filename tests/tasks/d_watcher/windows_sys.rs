//! Says what changes in a directory and below, until its standard input ends: `DIRECTORY`.

use std::{
    env::args,
    fs::OpenOptions,
    io::{self, Read},
    mem::zeroed,
    os::windows::{fs::OpenOptionsExt, io::AsRawHandle},
    ptr::null_mut,
    slice::from_raw_parts,
    thread,
};

use windows_sys::Win32::{
    Foundation::INVALID_HANDLE_VALUE,
    Storage::FileSystem::{
        ReadDirectoryChangesW, FILE_ACTION_ADDED, FILE_ACTION_REMOVED,
        FILE_ACTION_RENAMED_NEW_NAME, FILE_ACTION_RENAMED_OLD_NAME, FILE_FLAG_BACKUP_SEMANTICS,
        FILE_FLAG_OVERLAPPED, FILE_LIST_DIRECTORY, FILE_NOTIFY_CHANGE_DIR_NAME,
        FILE_NOTIFY_CHANGE_FILE_NAME, FILE_NOTIFY_CHANGE_LAST_WRITE, FILE_NOTIFY_INFORMATION,
    },
    System::IO::{
        CreateIoCompletionPort, GetQueuedCompletionStatus, PostQueuedCompletionStatus, OVERLAPPED,
    },
};

const WORDS: usize = 16 << 10;
const STOP: usize = 1;

fn main() -> io::Result<()> {
    let directory = args().nth(1).ok_or(io::ErrorKind::InvalidInput)?;
    let directory = OpenOptions::new()
        .access_mode(FILE_LIST_DIRECTORY)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED)
        .open(directory)?;
    let handle = directory.as_raw_handle();
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 1) };
    if port.is_null() || unsafe { CreateIoCompletionPort(handle, port, 0, 0) }.is_null() {
        return Err(io::Error::last_os_error());
    }
    let number = port as usize;
    thread::spawn(move || {
        drop(io::stdin().read_to_end(&mut Vec::new()));
        unsafe { PostQueuedCompletionStatus(number as _, 0, STOP, null_mut()) };
    });
    let mut buffers = [vec![0_u32; WORDS], vec![0_u32; WORDS]];
    let mut block: OVERLAPPED = unsafe { zeroed() };
    let mut turn = 0;
    let filter =
        FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_LAST_WRITE;
    let watch = |buffer: &mut Vec<u32>, block: &mut OVERLAPPED| {
        let (to, len) = (buffer.as_mut_ptr().cast(), 4 * WORDS as u32);
        let done =
            unsafe { ReadDirectoryChangesW(handle, to, len, 1, filter, null_mut(), block, None) };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    };
    watch(&mut buffers[turn], &mut block)?;
    println!("watching");
    loop {
        let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
        let done = unsafe {
            GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut overlapped, u32::MAX)
        };
        if key == STOP {
            break;
        }
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        let full = turn;
        turn = 1 - turn;
        watch(&mut buffers[turn], &mut block)?;
        match bytes {
            0 => println!("again"),
            bytes => say(&buffers[full], bytes as usize),
        }
    }
    println!("done");
    // The operation in flight still has block and buffer: the process ends, and with it the operation.
    std::process::exit(0)
}

fn say(buffer: &[u32], bytes: usize) {
    let mut at = 0;
    while at < bytes {
        let record = unsafe { buffer.as_ptr().cast::<u8>().add(at) };
        let record = record.cast::<FILE_NOTIFY_INFORMATION>();
        let (next, action, len) =
            unsafe { ((*record).NextEntryOffset, (*record).Action, (*record).FileNameLength) };
        let name = unsafe {
            from_raw_parts((&raw const (*record).FileName).cast::<u16>(), len as usize / 2)
        };
        let what = match action {
            FILE_ACTION_ADDED => "added",
            FILE_ACTION_REMOVED => "removed",
            FILE_ACTION_RENAMED_OLD_NAME => "from",
            FILE_ACTION_RENAMED_NEW_NAME => "to",
            _ => "modified",
        };
        println!("{what} {}", String::from_utf16_lossy(name));
        if next == 0 {
            break;
        }
        at += next as usize;
    }
}
