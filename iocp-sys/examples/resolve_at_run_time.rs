//! Uses functions that the system may lack: found with `GetProcAddress`, with a fallback.
//!
//! A program that *imports* `NtCreateWaitCompletionPacket` does not start on Windows 7, nor on any
//! other system that lacks it. So the functions are looked up, through the `PFN_…` types that stand
//! beside their declarations. Here an event is to arrive as a packet on a port: by a wait completion
//! packet where there are some, else by a wait of the thread pool whose callback posts the packet.
//!
//! `cargo run -p iocp-sys --example resolve_at_run_time`

#[cfg(windows)]
fn main() {
    windows::main();
}

#[cfg(not(windows))]
fn main() {
    println!("This example asks the DLLs of Windows.");
}

#[cfg(windows)]
mod windows {
    use core::{
        ffi::{c_void, CStr},
        mem::transmute,
        ptr::{null, null_mut},
    };

    use iocp_sys::*;

    /// What comes back as the packet's key.
    const KEY: usize = 7;

    pub(crate) fn main() {
        // SAFETY:
        // * no file, no existing port.
        let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
        assert!(!port.is_null(), "a port is made");
        // SAFETY:
        // * neither attributes nor a name.
        let event = unsafe { CreateEventW(null(), FALSE, TRUE, null()) };
        assert!(!event.is_null(), "an event is made, and set");

        let create = find("ntdll.dll", c"NtCreateWaitCompletionPacket");
        let associate = find("ntdll.dll", c"NtAssociateWaitCompletionPacket");
        // SAFETY:
        // * both are `Option`s of function pointers; ntdll.dll exports this name with the signature
        //   that iocp-sys declares for it, or not at all.
        let create: PFN_NtCreateWaitCompletionPacket = unsafe { transmute(create) };
        // SAFETY:
        // * as for the other: ntdll.dll has it with the declared signature, or not at all.
        let associate: PFN_NtAssociateWaitCompletionPacket = unsafe { transmute(associate) };
        let waiting = match (create, associate) {
            (Some(create), Some(associate)) => by_packet(create, associate, event, port),
            _ => by_thread_pool(event, port),
        };
        let key = next_key(port);
        println!("packet key={key} by={}", waiting.end());

        // Others that Wine or an older Windows lacks.
        find("kernel32.dll", c"ReadDirectoryChangesExW");
        find("ws2_32.dll", c"ProcessSocketNotifications");
        for handle in [event, port] {
            // SAFETY:
            // * a handle of ours; nothing waits for it any more.
            unsafe { CloseHandle(handle) };
        }
        println!("done");
    }

    /// A function of a DLL that is loaded already, or `None`.
    fn find(dll: &str, name: &CStr) -> FARPROC {
        let dll: Vec<u16> = dll.encode_utf16().chain([0]).collect();
        // SAFETY:
        // * the name ends with a zero.
        let module = unsafe { GetModuleHandleW(dll.as_ptr()) };
        // SAFETY:
        // * a module of the system stays loaded; null finds nothing; the name ends with a zero.
        let found = unsafe { GetProcAddress(module, name.as_ptr().cast()) };
        println!("function name={} found={}", name.to_string_lossy(), found.is_some());
        found
    }

    type Create = unsafe extern "system" fn(*mut HANDLE, u32, *const OBJECT_ATTRIBUTES) -> NTSTATUS;
    type Associate = unsafe extern "system" fn(
        HANDLE,
        HANDLE,
        HANDLE,
        *mut c_void,
        *mut c_void,
        NTSTATUS,
        usize,
        *mut BOOLEAN,
    ) -> NTSTATUS;

    /// Windows 8 and later: the kernel queues the packet.
    fn by_packet(create: Create, associate: Associate, event: HANDLE, port: HANDLE) -> Waiting {
        let (mut packet, mut already) = (null_mut(), 0);
        // SAFETY:
        // * there is room for one handle; no attributes.
        let status = unsafe { create(&mut packet, GENERIC_READ | GENERIC_WRITE, null()) };
        assert!(status >= 0, "a packet is made: {status:#x}");
        let key = KEY as *mut c_void;
        // SAFETY:
        // * three open handles; the key and the context are numbers that come back; `already` is
        //   written during the call.
        let status = unsafe { associate(packet, port, event, key, null_mut(), 0, 0, &mut already) };
        assert!(status >= 0, "the event is waited for: {status:#x}");
        Waiting::Packet(packet)
    }

    /// Any Windows: a thread of the pool waits and posts.
    fn by_thread_pool(event: HANDLE, port: HANDLE) -> Waiting {
        unsafe extern "system" fn post(port: *mut c_void, _timed_out: BOOLEAN) {
            // SAFETY:
            // * the port that is open until the packet was taken; nobody follows the null pointer.
            unsafe { PostQueuedCompletionStatus(port, 0, KEY, null()) };
        }
        let mut wait = null_mut();
        // SAFETY:
        // * the event and the port are open until the registration is gone, below.
        // * `post` takes a port and does not unwind; `wait` is written during the call.
        let ok = unsafe {
            RegisterWaitForSingleObject(
                &mut wait,
                event,
                Some(post),
                port,
                INFINITE,
                WT_EXECUTEONLYONCE,
            )
        };
        assert_ne!(ok, FALSE, "the event is waited for");
        Waiting::ThreadPool(wait)
    }

    /// What waits for the event, and is ended when the packet has come.
    enum Waiting {
        Packet(HANDLE),
        ThreadPool(HANDLE),
    }

    impl Waiting {
        /// Says what it was.
        fn end(self) -> &'static str {
            match self {
                Self::Packet(packet) => {
                    // SAFETY:
                    // * a handle of ours, whose packet was taken.
                    unsafe { CloseHandle(packet) };
                    "wait-completion-packet"
                }
                Self::ThreadPool(wait) => {
                    // SAFETY:
                    // * a registration that was not removed; this is not its callback.
                    unsafe { UnregisterWaitEx(wait, INVALID_HANDLE_VALUE) };
                    "thread-pool"
                }
            }
        }
    }

    /// The key of the next packet, which comes within two minutes.
    fn next_key(port: HANDLE) -> usize {
        let mut entry = OVERLAPPED_ENTRY::default();
        let mut count = 0;
        // SAFETY:
        // * an open port, room for one entry and one count.
        let ok =
            unsafe { GetQueuedCompletionStatusEx(port, &mut entry, 1, &mut count, 120_000, FALSE) };
        assert!(ok != FALSE && count == 1, "a packet comes");
        entry.lpCompletionKey
    }
}
