//! Sends back what the clients of a named pipe write: `NAME [--messages]`.
//!
//! One thread and a port. Each client has one operation in flight at most; its block lies in a box, whose address is
//! the packet's. A message that is longer than the room would come back as two.

use std::{
    env::args,
    error::Error,
    io,
    iter::once,
    mem::zeroed,
    ptr::{addr_of_mut, null, null_mut},
};

use windows_sys::Win32::{
    Foundation::{
        CloseHandle, GetLastError, ERROR_IO_PENDING, ERROR_MORE_DATA, ERROR_NO_DATA,
        ERROR_PIPE_CONNECTED, HANDLE, INVALID_HANDLE_VALUE,
    },
    Storage::FileSystem::{
        ReadFile, WriteFile, FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED,
        PIPE_ACCESS_DUPLEX,
    },
    System::{
        Pipes::{
            ConnectNamedPipe, CreateNamedPipeW, PIPE_READMODE_MESSAGE, PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_TYPE_MESSAGE, PIPE_UNLIMITED_INSTANCES,
        },
        IO::{CreateIoCompletionPort, GetQueuedCompletionStatus, OVERLAPPED},
    },
};

const ROOM: usize = 64 << 10;

/// An instance of the pipe. The block comes first: its address is the client's.
#[repr(C)]
struct Client {
    block: OVERLAPPED,
    pipe: HANDLE,
    state: State,
    buffer: Vec<u8>,
    bytes: usize,
}

#[derive(Clone, Copy)]
enum State {
    Connects,
    Reads,
    /// So many bytes.
    Writes(usize),
}

struct Server {
    port: HANDLE,
    name: Vec<u16>,
    mode: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = args().skip(1).collect();
    let (name, mode) = match arguments.as_slice() {
        [name] => (name, 0),
        [name, option] if option == "--messages" => {
            (name, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE)
        }
        _ => return Err("usage: NAME [--messages]".into()),
    };
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 1) };
    if port.is_null() {
        return Err(io::Error::last_os_error().into());
    }
    let server = Server { port, name: name.encode_utf16().chain(once(0)).collect(), mode };
    server.listen(FILE_FLAG_FIRST_PIPE_INSTANCE)?;
    println!("listening");
    loop {
        let (mut count, mut key) = (0, 0);
        let mut block = null_mut();
        let ok =
            unsafe { GetQueuedCompletionStatus(port, &mut count, &mut key, &mut block, u32::MAX) };
        let error = if ok == 0 { unsafe { GetLastError() } } else { 0 };
        if block.is_null() {
            return Err(io::Error::from_raw_os_error(error as i32).into());
        }
        unsafe { server.finished(block.cast(), error, count as usize)? };
    }
}

impl Server {
    /// Makes an instance, which waits for a client.
    fn listen(&self, flags: u32) -> io::Result<()> {
        let pipe = unsafe {
            CreateNamedPipeW(
                self.name.as_ptr(),
                PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | flags,
                self.mode | PIPE_REJECT_REMOTE_CLIENTS,
                PIPE_UNLIMITED_INSTANCES,
                ROOM as u32,
                ROOM as u32,
                0,
                null(),
            )
        };
        if pipe == INVALID_HANDLE_VALUE {
            return Err(io::Error::last_os_error());
        }
        if unsafe { CreateIoCompletionPort(pipe, self.port, 0, 0) }.is_null() {
            return Err(io::Error::last_os_error());
        }
        let client = Box::into_raw(Box::new(Client {
            block: unsafe { zeroed() },
            pipe,
            state: State::Connects,
            buffer: vec![0; ROOM],
            bytes: 0,
        }));
        let ok = unsafe { ConnectNamedPipe(pipe, addr_of_mut!((*client).block)) };
        match if ok == 0 { unsafe { GetLastError() } } else { ERROR_IO_PENDING } {
            ERROR_IO_PENDING => Ok(()),
            // It was there already, or has been; no packet follows.
            ERROR_PIPE_CONNECTED | ERROR_NO_DATA => unsafe { self.finished(client, 0, 0) },
            error => Err(io::Error::from_raw_os_error(error as i32)),
        }
    }

    /// The packet of this client was taken: nothing of it is in flight.
    unsafe fn finished(&self, client: *mut Client, error: u32, count: usize) -> io::Result<()> {
        let this = unsafe { &mut *client };
        let next = match this.state {
            State::Connects => {
                self.listen(0)?;
                Some(State::Reads)
            }
            _ if error != 0 && error != ERROR_MORE_DATA => None,
            State::Reads => {
                this.bytes += count;
                Some(State::Writes(count))
            }
            State::Writes(_) => Some(State::Reads),
        };
        let goes_on = next.is_some_and(|state| {
            this.state = state;
            unsafe { start(client) }
        });
        if !goes_on {
            println!("gone {}", this.bytes);
            unsafe { CloseHandle(this.pipe) };
            drop(unsafe { Box::from_raw(client) });
        }
        Ok(())
    }
}

/// Reads or writes. False: it failed, and no packet follows.
unsafe fn start(client: *mut Client) -> bool {
    let this = unsafe { &mut *client };
    this.block = unsafe { zeroed() };
    let (buffer, pipe, state) = (this.buffer.as_mut_ptr(), this.pipe, this.state);
    let block = unsafe { addr_of_mut!((*client).block) };
    let ok = match state {
        State::Writes(count) => unsafe { WriteFile(pipe, buffer, count as u32, null_mut(), block) },
        _ => unsafe { ReadFile(pipe, buffer, ROOM as u32, null_mut(), block) },
    };
    ok != 0 || matches!(unsafe { GetLastError() }, ERROR_IO_PENDING | ERROR_MORE_DATA)
}
