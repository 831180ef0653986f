//! Types of the thread pool.
//!
//! The `PTP_…` types are pointers in C. They are integers here, as in windows-sys: 0 is null, and
//! there is nothing to dereference.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/procthread/thread-pool-api>

use core::ffi::c_void;

/// The callback that is running; valid inside it only.
pub type PTP_CALLBACK_INSTANCE = isize;
/// Thread pool; 0 = the default pool of the process.
pub type PTP_POOL = isize;
/// Group of objects that can be closed together.
pub type PTP_CLEANUP_GROUP = isize;
/// Wait object of the pool; 0 = creation failed.
pub type PTP_WAIT = isize;
/// I/O completion object of the pool; 0 = creation failed.
pub type PTP_IO = isize;

/// Priority of thread-pool callbacks; `enum _TP_CALLBACK_PRIORITY` in C.
pub type TP_CALLBACK_PRIORITY = i32;
/// Before the others.
pub const TP_CALLBACK_PRIORITY_HIGH: TP_CALLBACK_PRIORITY = 0;
/// Normal priority.
pub const TP_CALLBACK_PRIORITY_NORMAL: TP_CALLBACK_PRIORITY = 1;
/// After the others.
pub const TP_CALLBACK_PRIORITY_LOW: TP_CALLBACK_PRIORITY = 2;

/// Runs when a callback of this environment has finished.
///
/// # Source
/// Windows Vista. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-initializethreadpoolenvironment>
pub type PTP_SIMPLE_CALLBACK =
    Option<unsafe extern "system" fn(Instance: PTP_CALLBACK_INSTANCE, Context: *mut c_void)>;

/// Runs for each object of a cleanup group whose callback was cancelled.
///
/// # Source
/// Windows Vista. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setthreadpoolcallbackcleanupgroup>
pub type PTP_CLEANUP_GROUP_CANCEL_CALLBACK =
    Option<unsafe extern "system" fn(ObjectContext: *mut c_void, CleanupContext: *mut c_void)>;

/// Runs when a wait object is signalled or times out. `WaitResult`: `WAIT_OBJECT_0` or
/// `WAIT_TIMEOUT`.
///
/// # Source
/// Windows Vista. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoolapiset/nf-threadpoolapiset-createthreadpoolwait>
pub type PTP_WAIT_CALLBACK = Option<
    unsafe extern "system" fn(
        Instance: PTP_CALLBACK_INSTANCE,
        Context: *mut c_void,
        Wait: PTP_WAIT,
        WaitResult: u32,
    ),
>;

/// The bit field inside [`TP_CALLBACK_ENVIRON_V3_0`].
#[repr(C)]
#[derive(Debug)]
pub struct TP_CALLBACK_ENVIRON_V3_0_0 {
    /// Bit 0: `LongFunction`; bit 1: `Persistent`; the others are private.
    pub _bitfield: u32,
}
layout!(TP_CALLBACK_ENVIRON_V3_0_0: size 4 | 4, align 4 | 4; _bitfield: 0 | 0);
plain!(TP_CALLBACK_ENVIRON_V3_0_0);

/// The union `u` inside [`TP_CALLBACK_ENVIRON_V3`].
#[repr(C)]
pub union TP_CALLBACK_ENVIRON_V3_0 {
    /// All flags as one number.
    pub Flags: u32,
    /// The flags one by one.
    pub s: TP_CALLBACK_ENVIRON_V3_0_0,
}
layout!(TP_CALLBACK_ENVIRON_V3_0: size 4 | 4, align 4 | 4; Flags: 0 | 0, s: 0 | 0);
plain!(TP_CALLBACK_ENVIRON_V3_0);
opaque_debug!(TP_CALLBACK_ENVIRON_V3_0);

/// Where and how callbacks run: pool, group, priority.
///
/// C initializes it by an inline function. Here: start from `Default`, then `Version = 3`,
/// `CallbackPriority = TP_CALLBACK_PRIORITY_NORMAL`, `Size` = size of this structure in bytes. Null
/// instead of it = the default environment.
///
/// # Layout
/// 72 bytes, align 8 (64-bit); 40 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 7. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-initializethreadpoolenvironment>
#[repr(C)]
#[derive(Debug)]
pub struct TP_CALLBACK_ENVIRON_V3 {
    /// Version of the structure: 3.
    pub Version: u32,
    /// Pool, 0 = the default one.
    pub Pool: PTP_POOL,
    /// Cleanup group, or 0.
    pub CleanupGroup: PTP_CLEANUP_GROUP,
    /// Called for cancelled members of the group.
    pub CleanupGroupCancelCallback: PTP_CLEANUP_GROUP_CANCEL_CALLBACK,
    /// Module to keep loaded while callbacks are outstanding, or null.
    pub RaceDll: *mut c_void,
    /// Activation context, or 0; a pointer in C.
    pub ActivationContext: isize,
    /// Called after each callback.
    pub FinalizationCallback: PTP_SIMPLE_CALLBACK,
    /// Flags.
    pub u: TP_CALLBACK_ENVIRON_V3_0,
    /// Priority.
    pub CallbackPriority: TP_CALLBACK_PRIORITY,
    /// Size of this structure, bytes.
    pub Size: u32,
}
layout!(TP_CALLBACK_ENVIRON_V3: size 40 | 72, align 4 | 8;
    Version: 0 | 0, Pool: 4 | 8, CleanupGroup: 8 | 16, CleanupGroupCancelCallback: 12 | 24,
    RaceDll: 16 | 32, ActivationContext: 20 | 40, FinalizationCallback: 24 | 48, u: 28 | 56,
    CallbackPriority: 32 | 60, Size: 36 | 64);
plain!(TP_CALLBACK_ENVIRON_V3);
