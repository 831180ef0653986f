//! Types of I/O rings.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/ns-ioringapi-ioring_cqe>

use core::ffi::c_void;

use crate::winnt::{HANDLE, HRESULT};

/// An I/O ring: not a handle of the system.
pub type HIORING = *mut c_void;

/// Flags without which a ring is not made; an enum in C.
pub type IORING_CREATE_REQUIRED_FLAGS = i32;
/// None.
pub const IORING_CREATE_REQUIRED_FLAGS_NONE: IORING_CREATE_REQUIRED_FLAGS = 0;

/// Flags that a system may ignore; an enum in C.
pub type IORING_CREATE_ADVISORY_FLAGS = i32;
/// None.
pub const IORING_CREATE_ADVISORY_FLAGS_NONE: IORING_CREATE_ADVISORY_FLAGS = 0;

/// How a ring is to be made.
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 11. Header: `ioringapi.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/ns-ioringapi-ioring_create_flags>
#[repr(C)]
#[derive(Debug)]
pub struct IORING_CREATE_FLAGS {
    /// Unknown ones fail.
    pub Required: IORING_CREATE_REQUIRED_FLAGS,
    /// Unknown ones are ignored.
    pub Advisory: IORING_CREATE_ADVISORY_FLAGS,
}
layout!(IORING_CREATE_FLAGS: size 8 | 8, align 4 | 4; Required: 0 | 0, Advisory: 4 | 4);
plain!(IORING_CREATE_FLAGS);

/// Flags of an entry; an enum in C.
pub type IORING_SQE_FLAGS = i32;
/// None.
pub const IOSQE_FLAGS_NONE: IORING_SQE_FLAGS = 0;
/// Begins when all before it are complete. Version 3.
pub const IOSQE_FLAGS_DRAIN_PRECEDING_OPS: IORING_SQE_FLAGS = 1;

/// Version of the rings of a system; an enum in C.
pub type IORING_VERSION = i32;
/// None.
pub const IORING_VERSION_INVALID: IORING_VERSION = 0;
/// Reads. Windows 11.
pub const IORING_VERSION_1: IORING_VERSION = 1;
/// Small corrections. Windows 11 21H2.
pub const IORING_VERSION_2: IORING_VERSION = 2;
/// Writes and flushes. Windows 11 22H2.
pub const IORING_VERSION_3: IORING_VERSION = 300;

/// What the rings of a system can do; an enum in C.
pub type IORING_FEATURE_FLAGS = i32;
/// Nothing in particular.
pub const IORING_FEATURE_FLAGS_NONE: IORING_FEATURE_FLAGS = 0;
/// Emulated in the process: no faster than single calls.
pub const IORING_FEATURE_UM_EMULATION: IORING_FEATURE_FLAGS = 1;
/// [`SetIoRingCompletionEvent`](super::SetIoRingCompletionEvent) works.
pub const IORING_FEATURE_SET_COMPLETION_EVENT: IORING_FEATURE_FLAGS = 2;

/// Kind of an entry; an enum in C.
pub type IORING_OP_CODE = i32;
/// Nothing.
pub const IORING_OP_NOP: IORING_OP_CODE = 0;
/// Read.
pub const IORING_OP_READ: IORING_OP_CODE = 1;
/// Register files.
pub const IORING_OP_REGISTER_FILES: IORING_OP_CODE = 2;
/// Register buffers.
pub const IORING_OP_REGISTER_BUFFERS: IORING_OP_CODE = 3;
/// Cancel.
pub const IORING_OP_CANCEL: IORING_OP_CODE = 4;
/// Write. Version 3.
pub const IORING_OP_WRITE: IORING_OP_CODE = 5;
/// Flush. Version 3.
pub const IORING_OP_FLUSH: IORING_OP_CODE = 6;

/// What a ring is like.
///
/// # Layout
/// 20 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 11. Header: `ioringapi.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/ns-ioringapi-ioring_info>
#[repr(C)]
#[derive(Debug)]
pub struct IORING_INFO {
    /// Its version.
    pub IoRingVersion: IORING_VERSION,
    /// Its flags.
    pub Flags: IORING_CREATE_FLAGS,
    /// Entries that can be built before a submission.
    pub SubmissionQueueSize: u32,
    /// Results that can wait.
    pub CompletionQueueSize: u32,
}
layout!(IORING_INFO: size 20 | 20, align 4 | 4;
    IoRingVersion: 0 | 0, Flags: 4 | 4, SubmissionQueueSize: 12 | 12, CompletionQueueSize: 16 | 16);
plain!(IORING_INFO);

/// What the rings of this system can do.
///
/// # Layout
/// 16 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 11. Header: `ioringapi.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/ns-ioringapi-ioring_capabilities>
#[repr(C)]
#[derive(Debug)]
pub struct IORING_CAPABILITIES {
    /// Newest version.
    pub MaxVersion: IORING_VERSION,
    /// Largest submission queue, entries.
    pub MaxSubmissionQueueSize: u32,
    /// Largest completion queue, results.
    pub MaxCompletionQueueSize: u32,
    /// `IORING_FEATURE_…` bits.
    pub FeatureFlags: IORING_FEATURE_FLAGS,
}
layout!(IORING_CAPABILITIES: size 16 | 16, align 4 | 4;
    MaxVersion: 0 | 0, MaxSubmissionQueueSize: 4 | 4, MaxCompletionQueueSize: 8 | 8,
    FeatureFlags: 12 | 12);
plain!(IORING_CAPABILITIES);

/// How an entry names a file or buffer; an enum in C.
pub type IORING_REF_KIND = i32;
/// By handle or address.
pub const IORING_REF_RAW: IORING_REF_KIND = 0;
/// By its place among the registered ones.
pub const IORING_REF_REGISTERED: IORING_REF_KIND = 1;

/// The union inside [`IORING_HANDLE_REF`].
#[repr(C)]
pub union IORING_HANDLE_REF_0 {
    /// Valid with [`IORING_REF_RAW`].
    pub Handle: HANDLE,
    /// Valid with [`IORING_REF_REGISTERED`].
    pub Index: u32,
}
layout!(IORING_HANDLE_REF_0: size 4 | 8, align 4 | 8; Handle: 0 | 0, Index: 0 | 0);
plain!(IORING_HANDLE_REF_0);
opaque_debug!(IORING_HANDLE_REF_0);

/// A file of an entry.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 8 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 11. Header: `ioringapi.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/ns-ioringapi-ioring_handle_ref>
#[repr(C)]
#[derive(Debug)]
pub struct IORING_HANDLE_REF {
    /// Which of the two.
    pub Kind: IORING_REF_KIND,
    /// The file.
    pub Handle: IORING_HANDLE_REF_0,
}
layout!(IORING_HANDLE_REF: size 8 | 16, align 4 | 8; Kind: 0 | 0, Handle: 4 | 8);
plain!(IORING_HANDLE_REF);

/// A place in a registered buffer.
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 11. Header: `ntioring_x.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ntioring_x/ns-ntioring_x-ioring_registered_buffer>
#[repr(C)]
#[derive(Debug)]
pub struct IORING_REGISTERED_BUFFER {
    /// Place of the buffer among the registered ones.
    pub BufferIndex: u32,
    /// Offset in it, bytes.
    pub Offset: u32,
}
layout!(IORING_REGISTERED_BUFFER: size 8 | 8, align 4 | 4; BufferIndex: 0 | 0, Offset: 4 | 4);
plain!(IORING_REGISTERED_BUFFER);

/// A buffer to be registered.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 8 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 11. Header: `ntioring_x.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ntioring_x/ns-ntioring_x-ioring_buffer_info>
#[repr(C)]
#[derive(Debug)]
pub struct IORING_BUFFER_INFO {
    /// Its start.
    pub Address: *mut c_void,
    /// Its length, bytes.
    pub Length: u32,
}
layout!(IORING_BUFFER_INFO: size 8 | 16, align 4 | 8; Address: 0 | 0, Length: 4 | 8);
plain!(IORING_BUFFER_INFO);

/// The union inside [`IORING_BUFFER_REF`].
#[repr(C)]
pub union IORING_BUFFER_REF_0 {
    /// Valid with [`IORING_REF_RAW`].
    pub Address: *mut c_void,
    /// Valid with [`IORING_REF_REGISTERED`].
    pub IndexAndOffset: IORING_REGISTERED_BUFFER,
}
layout!(IORING_BUFFER_REF_0: size 8 | 8, align 4 | 8; Address: 0 | 0, IndexAndOffset: 0 | 0);
plain!(IORING_BUFFER_REF_0);
opaque_debug!(IORING_BUFFER_REF_0);

/// A buffer of an entry.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 12 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 11. Header: `ioringapi.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/ns-ioringapi-ioring_buffer_ref>
#[repr(C)]
#[derive(Debug)]
pub struct IORING_BUFFER_REF {
    /// Which of the two.
    pub Kind: IORING_REF_KIND,
    /// The buffer.
    pub Buffer: IORING_BUFFER_REF_0,
}
layout!(IORING_BUFFER_REF: size 12 | 16, align 4 | 8; Kind: 0 | 0, Buffer: 4 | 8);
plain!(IORING_BUFFER_REF);

/// A result.
///
/// # Layout
/// 24 bytes, align 8 (64-bit); 12 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 11. Header: `ioringapi.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/ns-ioringapi-ioring_cqe>
#[repr(C)]
#[derive(Debug)]
pub struct IORING_CQE {
    /// What the entry was given.
    pub UserData: usize,
    /// 0 or more: done; below 0: failed.
    pub ResultCode: HRESULT,
    /// Bytes transferred.
    pub Information: usize,
}
layout!(IORING_CQE: size 12 | 24, align 4 | 8;
    UserData: 0 | 0, ResultCode: 4 | 8, Information: 8 | 16);
plain!(IORING_CQE);
