//! Status blocks, names and object attributes.
//!
//! <https://learn.microsoft.com/en-us/windows-hardware/drivers/kernel/using-ntstatus-values>

use core::ffi::c_void;
use core::fmt;

use crate::winnt::{HANDLE, PWSTR};

/// Status of the native interface: negative = warning or error (see [`ntstatus`](crate::ntstatus)).
pub type NTSTATUS = i32;

/// The unnamed union inside [`IO_STATUS_BLOCK`].
#[repr(C)]
pub union IO_STATUS_BLOCK_0 {
    /// Outcome of the operation; on 64-bit the other half is not written.
    pub Status: NTSTATUS,
    /// Reserved.
    pub Pointer: *mut c_void,
}
layout!(IO_STATUS_BLOCK_0: size 4 | 8, align 4 | 8; Status: 0 | 0, Pointer: 0 | 0);
plain!(IO_STATUS_BLOCK_0);
opaque_debug!(IO_STATUS_BLOCK_0);

/// Where the kernel writes the outcome of an operation; the first two words of an `OVERLAPPED`.
///
/// The same rules as for an `OVERLAPPED` hold: valid, unmoved and untouched while in flight.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 8 bytes, align 4 (32-bit).
///
/// # Source
/// Any Windows. Header: `winternl.h`.
/// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/wdm/ns-wdm-_io_status_block>
#[repr(C)]
pub struct IO_STATUS_BLOCK {
    /// The status.
    pub Anonymous: IO_STATUS_BLOCK_0,
    /// Bytes transferred, for most requests.
    pub Information: usize,
}
layout!(IO_STATUS_BLOCK: size 8 | 16, align 4 | 8;
    Anonymous.Status: 0 | 0, Anonymous.Pointer: 0 | 0, Information: 4 | 8);
plain!(IO_STATUS_BLOCK);

impl fmt::Debug for IO_STATUS_BLOCK {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IO_STATUS_BLOCK")
            .field("Information", &self.Information)
            .finish_non_exhaustive()
    }
}

/// Counted UTF-16 string. Lengths are in *bytes*; the text need not end with NUL.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 8 bytes, align 4 (32-bit).
///
/// # Source
/// Any Windows. Header: `winternl.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/subauth/ns-subauth-unicode_string>
#[repr(C)]
#[derive(Debug)]
pub struct UNICODE_STRING {
    /// Length of the text, bytes.
    pub Length: u16,
    /// Size of the buffer, bytes.
    pub MaximumLength: u16,
    /// The text.
    pub Buffer: PWSTR,
}
layout!(UNICODE_STRING: size 8 | 16, align 4 | 8;
    Length: 0 | 0, MaximumLength: 2 | 2, Buffer: 4 | 8);
plain!(UNICODE_STRING);

/// Flags of [`OBJECT_ATTRIBUTES`]; a name of the Windows metadata.
pub type OBJECT_ATTRIBUTE_FLAGS = u32;
/// Child processes made with inheritance get a copy of the handle.
pub const OBJ_INHERIT: OBJECT_ATTRIBUTE_FLAGS = 0x02;
/// Names are compared without regard to case.
pub const OBJ_CASE_INSENSITIVE: OBJECT_ATTRIBUTE_FLAGS = 0x40;

/// Name and security of an object to open or create.
///
/// # Layout
/// 48 bytes, align 8 (64-bit); 24 bytes, align 4 (32-bit).
///
/// # Source
/// Any Windows. Header: `winternl.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ntdef/ns-ntdef-_object_attributes>
#[repr(C)]
#[derive(Debug)]
pub struct OBJECT_ATTRIBUTES {
    /// Size of this structure, bytes.
    pub Length: u32,
    /// Directory that the name is relative to, or null.
    pub RootDirectory: HANDLE,
    /// The name in the object manager's form, e.g. `\Device\Afd\Name`; may be null.
    pub ObjectName: *const UNICODE_STRING,
    /// `OBJ_…` bits.
    pub Attributes: OBJECT_ATTRIBUTE_FLAGS,
    /// A `SECURITY_DESCRIPTOR`, or null.
    pub SecurityDescriptor: *const c_void,
    /// A `SECURITY_QUALITY_OF_SERVICE`, or null.
    pub SecurityQualityOfService: *const c_void,
}
layout!(OBJECT_ATTRIBUTES: size 24 | 48, align 4 | 8;
    Length: 0 | 0, RootDirectory: 4 | 8, ObjectName: 8 | 16, Attributes: 12 | 24,
    SecurityDescriptor: 16 | 32, SecurityQualityOfService: 20 | 40);
plain!(OBJECT_ATTRIBUTES);

/// Runs as an APC of the thread that started the operation; `Reserved` is 0.
///
/// Always `None` for a handle tied to a completion port.
///
/// # Source
/// Any Windows. Header: `winternl.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-ntdeviceiocontrolfile>
pub type PIO_APC_ROUTINE = Option<
    unsafe extern "system" fn(
        ApcContext: *mut c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        Reserved: u32,
    ),
>;
