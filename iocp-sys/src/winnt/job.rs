//! Job objects: limits, and the messages they post to a completion port.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_associate_completion_port>

use core::ffi::c_void;

use super::HANDLE;

/// Performance counters of I/O.
///
/// # Layout
/// 48 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows 2000. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-io_counters>
#[repr(C)]
#[derive(Debug)]
pub struct IO_COUNTERS {
    /// Number of reads.
    pub ReadOperationCount: u64,
    /// Number of writes.
    pub WriteOperationCount: u64,
    /// Number of operations other than reads and writes.
    pub OtherOperationCount: u64,
    /// Bytes read.
    pub ReadTransferCount: u64,
    /// Bytes written.
    pub WriteTransferCount: u64,
    /// Bytes moved by other operations.
    pub OtherTransferCount: u64,
}
layout!(IO_COUNTERS: size 48 | 48, align 8 | 8; ReadTransferCount: 24 | 24);
plain!(IO_COUNTERS);

/// Limits of a job; which fields count is said by `LimitFlags`.
///
/// # Layout
/// 64 bytes, align 8 (64-bit); 48 bytes, align 8 (32-bit).
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_basic_limit_information>
#[repr(C)]
#[derive(Debug)]
pub struct JOBOBJECT_BASIC_LIMIT_INFORMATION {
    /// User-mode time per process, 100 ns units.
    pub PerProcessUserTimeLimit: i64,
    /// User-mode time of the whole job, 100 ns units.
    pub PerJobUserTimeLimit: i64,
    /// `JOB_OBJECT_LIMIT_…` bits: which limits are in force.
    pub LimitFlags: u32,
    /// Minimum working set per process, bytes.
    pub MinimumWorkingSetSize: usize,
    /// Maximum working set per process, bytes.
    pub MaximumWorkingSetSize: usize,
    /// Number of processes at a time.
    pub ActiveProcessLimit: u32,
    /// Processor mask.
    pub Affinity: usize,
    /// `…_PRIORITY_CLASS` of the processes.
    pub PriorityClass: u32,
    /// Scheduling class, 0 to 9; 5 is the default.
    pub SchedulingClass: u32,
}
layout!(JOBOBJECT_BASIC_LIMIT_INFORMATION: size 48 | 64, align 8 | 8;
    LimitFlags: 16 | 16, MinimumWorkingSetSize: 20 | 24, ActiveProcessLimit: 28 | 40,
    Affinity: 32 | 48, PriorityClass: 36 | 56, SchedulingClass: 40 | 60);
plain!(JOBOBJECT_BASIC_LIMIT_INFORMATION);

/// Limits of a job including memory; for [`JobObjectExtendedLimitInformation`].
///
/// # Layout
/// 144 bytes, align 8 (64-bit); 112 bytes, align 8 (32-bit).
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_extended_limit_information>
#[repr(C)]
#[derive(Debug)]
pub struct JOBOBJECT_EXTENDED_LIMIT_INFORMATION {
    /// The basic limits.
    pub BasicLimitInformation: JOBOBJECT_BASIC_LIMIT_INFORMATION,
    /// Reserved.
    pub IoInfo: IO_COUNTERS,
    /// Committed memory per process, bytes.
    pub ProcessMemoryLimit: usize,
    /// Committed memory of the job, bytes.
    pub JobMemoryLimit: usize,
    /// Peak of one process, bytes (read only).
    pub PeakProcessMemoryUsed: usize,
    /// Peak of the job, bytes (read only).
    pub PeakJobMemoryUsed: usize,
}
layout!(JOBOBJECT_EXTENDED_LIMIT_INFORMATION: size 112 | 144, align 8 | 8;
    IoInfo: 48 | 64, ProcessMemoryLimit: 96 | 112, PeakJobMemoryUsed: 108 | 136);
plain!(JOBOBJECT_EXTENDED_LIMIT_INFORMATION);

/// Counts of a job; for [`JobObjectBasicAccountingInformation`].
///
/// # Layout
/// 48 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_basic_accounting_information>
#[repr(C)]
#[derive(Debug)]
pub struct JOBOBJECT_BASIC_ACCOUNTING_INFORMATION {
    /// User-mode time of all processes that the job ever had, 100 ns units.
    pub TotalUserTime: i64,
    /// Kernel-mode time of the same, 100 ns units.
    pub TotalKernelTime: i64,
    /// User-mode time since a limit of it was set, 100 ns units.
    pub ThisPeriodTotalUserTime: i64,
    /// Kernel-mode time since then, 100 ns units.
    pub ThisPeriodTotalKernelTime: i64,
    /// Number of page faults.
    pub TotalPageFaultCount: u32,
    /// Number of processes that the job ever had.
    pub TotalProcesses: u32,
    /// Number of processes now.
    pub ActiveProcesses: u32,
    /// Number of processes that were ended because of a limit.
    pub TotalTerminatedProcesses: u32,
}
layout!(JOBOBJECT_BASIC_ACCOUNTING_INFORMATION: size 48 | 48, align 8 | 8;
    TotalPageFaultCount: 32 | 32, ActiveProcesses: 40 | 40);
plain!(JOBOBJECT_BASIC_ACCOUNTING_INFORMATION);

/// Ties a job to a completion port; for [`JobObjectAssociateCompletionPortInformation`].
///
/// The port then receives `JOB_OBJECT_MSG_…` packets; with nested jobs each port up the chain does.
/// Windows does not promise to deliver them all, except the notifications of limits. Processes that
/// are in the job already are reported as new, but one that comes or goes meanwhile may be missed.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 8 bytes, align 4 (32-bit).
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_associate_completion_port>
#[repr(C)]
#[derive(Debug)]
pub struct JOBOBJECT_ASSOCIATE_COMPLETION_PORT {
    /// Arrives as the completion key of each packet.
    pub CompletionKey: *mut c_void,
    /// The port; null (Windows 8 and later) unties the job.
    pub CompletionPort: HANDLE,
}
layout!(JOBOBJECT_ASSOCIATE_COMPLETION_PORT: size 8 | 16, align 4 | 8;
    CompletionKey: 0 | 0, CompletionPort: 4 | 8);
plain!(JOBOBJECT_ASSOCIATE_COMPLETION_PORT);

// Messages. The number arrives where a packet has its byte count; `lpOverlapped` carries a process
// id (or null) and must never be dereferenced.

/// The job used up its user-mode time, and the limit is lifted; `lpOverlapped` is null.
///
/// Only with [`JOB_OBJECT_POST_AT_END_OF_JOB`](super::JOB_OBJECT_POST_AT_END_OF_JOB) in force.
pub const JOB_OBJECT_MSG_END_OF_JOB_TIME: u32 = 1;
/// A process used up its user-mode time and is being ended; `lpOverlapped` is its id.
pub const JOB_OBJECT_MSG_END_OF_PROCESS_TIME: u32 = 2;
/// One process more than allowed was started; `lpOverlapped` is null.
pub const JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT: u32 = 3;
/// The last process of the job ended; `lpOverlapped` is null.
pub const JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO: u32 = 4;
/// A process joined the job; `lpOverlapped` is its id.
pub const JOB_OBJECT_MSG_NEW_PROCESS: u32 = 6;
/// A process of the job ended; `lpOverlapped` is its id, which may be in use again already.
pub const JOB_OBJECT_MSG_EXIT_PROCESS: u32 = 7;
/// A process of the job ended with the code of an unhandled exception; `lpOverlapped` is its id.
pub const JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS: u32 = 8;
/// A process went over its memory limit; `lpOverlapped` is its id.
pub const JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT: u32 = 9;
/// A process made the job go over its memory limit; `lpOverlapped` is its id.
pub const JOB_OBJECT_MSG_JOB_MEMORY_LIMIT: u32 = 10;
/// A limit of [`JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION`] was passed; `lpOverlapped` is a process
/// id. Windows 8 and later. Which: [`JOBOBJECT_LIMIT_VIOLATION_INFORMATION`].
///
/// [`JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION`]: super::JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION
/// [`JOBOBJECT_LIMIT_VIOLATION_INFORMATION`]: super::JOBOBJECT_LIMIT_VIOLATION_INFORMATION
pub const JOB_OBJECT_MSG_NOTIFICATION_LIMIT: u32 = 11;
/// A limit of processor cycles was reached. Windows 8 and later.
pub const JOB_OBJECT_MSG_JOB_CYCLE_TIME_LIMIT: u32 = 12;
/// The silo (container) of the job ended. Windows 10 1607 and later.
pub const JOB_OBJECT_MSG_SILO_TERMINATED: u32 = 13;

/// What a job information call reads or sets; `enum _JOBOBJECTINFOCLASS` in C.
pub type JOBOBJECTINFOCLASS = i32;
/// Query: the value is a [`JOBOBJECT_BASIC_ACCOUNTING_INFORMATION`].
pub const JobObjectBasicAccountingInformation: JOBOBJECTINFOCLASS = 1;
/// The value is a [`JOBOBJECT_BASIC_LIMIT_INFORMATION`].
pub const JobObjectBasicLimitInformation: JOBOBJECTINFOCLASS = 2;
/// The value is a [`JOBOBJECT_END_OF_JOB_TIME_INFORMATION`](super::JOBOBJECT_END_OF_JOB_TIME_INFORMATION).
pub const JobObjectEndOfJobTimeInformation: JOBOBJECTINFOCLASS = 6;
/// The value is a [`JOBOBJECT_ASSOCIATE_COMPLETION_PORT`].
pub const JobObjectAssociateCompletionPortInformation: JOBOBJECTINFOCLASS = 7;
/// The value is a [`JOBOBJECT_EXTENDED_LIMIT_INFORMATION`].
pub const JobObjectExtendedLimitInformation: JOBOBJECTINFOCLASS = 9;
/// The value is a [`JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION`](super::JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION). Windows 8 and later.
pub const JobObjectNotificationLimitInformation: JOBOBJECTINFOCLASS = 12;
/// Query: the value is a [`JOBOBJECT_LIMIT_VIOLATION_INFORMATION`](super::JOBOBJECT_LIMIT_VIOLATION_INFORMATION). Windows 8 and later.
pub const JobObjectLimitViolationInformation: JOBOBJECTINFOCLASS = 13;

/// Which limits of a job are in force; a name of the Windows metadata.
pub type JOB_OBJECT_LIMIT = u32;
/// `PerProcessUserTimeLimit` counts.
pub const JOB_OBJECT_LIMIT_PROCESS_TIME: JOB_OBJECT_LIMIT = 0x0002;
/// `PerJobUserTimeLimit` counts.
pub const JOB_OBJECT_LIMIT_JOB_TIME: JOB_OBJECT_LIMIT = 0x0004;
/// `ActiveProcessLimit` counts.
pub const JOB_OBJECT_LIMIT_ACTIVE_PROCESS: JOB_OBJECT_LIMIT = 0x0008;
/// `ProcessMemoryLimit` counts; needs the extended structure.
pub const JOB_OBJECT_LIMIT_PROCESS_MEMORY: JOB_OBJECT_LIMIT = 0x0100;
/// `JobMemoryLimit` counts; needs the extended structure.
pub const JOB_OBJECT_LIMIT_JOB_MEMORY: JOB_OBJECT_LIMIT = 0x0200;
/// Closing the last handle to the job ends its processes; needs the extended structure.
pub const JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE: JOB_OBJECT_LIMIT = 0x2000;
