//! Copies a file with 32 operations in flight, and says how far it is: `FROM TO`.
//!
//! Each slot goes round: it reads a chunk, writes it, and takes the next one. Slots live in a `Vec` that does not
//! move, until every packet was taken; what fails ends the program.

use std::{
    env::args,
    error::Error,
    fs::{File, OpenOptions},
    io,
    mem::zeroed,
    os::windows::{fs::OpenOptionsExt, io::AsRawHandle},
    process::exit,
    ptr::{addr_of_mut, null_mut},
};

use windows_sys::Win32::{
    Foundation::{GetLastError, ERROR_IO_PENDING, HANDLE, INVALID_HANDLE_VALUE},
    Storage::FileSystem::{ReadFile, WriteFile, FILE_FLAG_OVERLAPPED},
    System::IO::{
        CreateIoCompletionPort, GetQueuedCompletionStatusEx, OVERLAPPED, OVERLAPPED_ENTRY,
    },
};

const DEPTH: usize = 32;
const CHUNK: u64 = 1 << 20;

/// The block comes first: its address is the slot's.
#[repr(C)]
struct Slot {
    block: OVERLAPPED,
    start: u64,
    size: usize,
    done: usize,
    writes: bool,
    buffer: Vec<u8>,
}

struct Copier {
    from: HANDLE,
    to: HANDLE,
    len: u64,
    next: u64,
    written: u64,
    percent: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = args().skip(1).collect();
    let [from, to] = paths.as_slice() else { return Err("usage: FROM TO".into()) };
    let from = OpenOptions::new().read(true).custom_flags(FILE_FLAG_OVERLAPPED).open(from)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).custom_flags(FILE_FLAG_OVERLAPPED);
    let to = options.open(to)?;
    let len = from.metadata()?.len();
    to.set_len(len)?;
    if let Err(error) = copy(&from, &to, len) {
        // The system may still write into the slots: nothing of them is freed.
        eprintln!("{error}");
        exit(1);
    }
    println!("done");
    Ok(())
}

fn copy(from: &File, to: &File, len: u64) -> io::Result<()> {
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 1) };
    if port.is_null() {
        return Err(io::Error::last_os_error());
    }
    for file in [from, to] {
        if unsafe { CreateIoCompletionPort(file.as_raw_handle(), port, 0, 0) }.is_null() {
            return Err(io::Error::last_os_error());
        }
    }
    let (from, to) = (from.as_raw_handle(), to.as_raw_handle());
    let mut copier = Copier { from, to, len, next: 0, written: 0, percent: 0 };
    let slot = || Slot {
        block: unsafe { zeroed() },
        start: 0,
        size: 0,
        done: 0,
        writes: false,
        buffer: vec![0; CHUNK as usize],
    };
    let mut slots: Vec<Slot> = (0..DEPTH).map(|_| slot()).collect();
    let first = slots.as_mut_ptr();
    for at in 0..DEPTH {
        unsafe { copier.take_next(first.add(at))? };
    }
    let mut entries: [OVERLAPPED_ENTRY; DEPTH] = unsafe { zeroed() };
    while copier.written < len {
        let mut count = 0;
        let ok = unsafe {
            GetQueuedCompletionStatusEx(
                port,
                entries.as_mut_ptr(),
                DEPTH as u32,
                &mut count,
                u32::MAX,
                0,
            )
        };
        if ok == 0 {
            return Err(io::Error::last_os_error());
        }
        for entry in &entries[..count as usize] {
            let bytes = entry.dwNumberOfBytesTransferred as usize;
            unsafe { copier.finished(entry.lpOverlapped.cast(), bytes)? };
        }
    }
    Ok(())
}

impl Copier {
    /// The slot is not in flight.
    unsafe fn take_next(&mut self, slot: *mut Slot) -> io::Result<()> {
        let size = CHUNK.min(self.len - self.next);
        if size == 0 {
            return Ok(());
        }
        let this = unsafe { &mut *slot };
        (this.start, this.size, this.done) = (self.next, size as usize, 0);
        this.writes = false;
        self.next += size;
        unsafe { self.start(slot) }
    }

    /// The slot is not in flight.
    unsafe fn start(&self, slot: *mut Slot) -> io::Result<()> {
        let this = unsafe { &mut *slot };
        let at = this.start + this.done as u64;
        this.block = unsafe { zeroed() };
        this.block.Anonymous.Anonymous.Offset = at as u32;
        this.block.Anonymous.Anonymous.OffsetHigh = (at >> 32) as u32;
        let chunk = &mut this.buffer[this.done..this.size];
        let (bytes, len) = (chunk.as_mut_ptr(), chunk.len() as u32);
        let writes = this.writes;
        let block = unsafe { addr_of_mut!((*slot).block) };
        let ok = if writes {
            unsafe { WriteFile(self.to, bytes, len, null_mut(), block) }
        } else {
            unsafe { ReadFile(self.from, bytes, len, null_mut(), block) }
        };
        if ok == 0 && unsafe { GetLastError() } != ERROR_IO_PENDING {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }

    /// The packet of this slot was taken: it is not in flight.
    unsafe fn finished(&mut self, slot: *mut Slot, count: usize) -> io::Result<()> {
        let this = unsafe { &mut *slot };
        let status = this.block.Internal;
        if status != 0 || count == 0 {
            return Err(io::Error::other(format!("{count} bytes, status {status:#x}")));
        }
        this.done += count;
        if this.writes {
            self.progress(count as u64);
        }
        if this.done == this.size {
            if this.writes {
                return unsafe { self.take_next(slot) };
            }
            this.writes = true;
            this.done = 0;
        }
        unsafe { self.start(slot) }
    }

    fn progress(&mut self, count: u64) {
        self.written += count;
        let percent = self.written * 100 / self.len;
        if percent > self.percent {
            self.percent = percent;
            println!("{percent} %");
        }
    }
}
