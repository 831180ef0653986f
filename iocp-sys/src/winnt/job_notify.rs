//! Notifications of a job's limits: what to be told of, and what was passed.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_notification_limit_information>

use super::JOB_OBJECT_LIMIT;

/// What happens when a job used up its time; a name of the Windows metadata.
pub type JOB_OBJECT_TERMINATE_AT_END_ACTION = u32;
/// End its processes. No message. The default.
pub const JOB_OBJECT_TERMINATE_AT_END_OF_JOB: JOB_OBJECT_TERMINATE_AT_END_ACTION = 0;
/// Post [`JOB_OBJECT_MSG_END_OF_JOB_TIME`](super::JOB_OBJECT_MSG_END_OF_JOB_TIME), lift the limit.
///
/// Without a port its processes are ended.
pub const JOB_OBJECT_POST_AT_END_OF_JOB: JOB_OBJECT_TERMINATE_AT_END_ACTION = 1;

/// What happens when a job used up its time; for
/// [`JobObjectEndOfJobTimeInformation`](super::JobObjectEndOfJobTimeInformation).
///
/// # Layout
/// 4 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_end_of_job_time_information>
#[repr(C)]
#[derive(Debug)]
pub struct JOBOBJECT_END_OF_JOB_TIME_INFORMATION {
    /// [`JOB_OBJECT_TERMINATE_AT_END_OF_JOB`] or [`JOB_OBJECT_POST_AT_END_OF_JOB`].
    pub EndOfJobTimeAction: JOB_OBJECT_TERMINATE_AT_END_ACTION,
}
layout!(JOBOBJECT_END_OF_JOB_TIME_INFORMATION: size 4 | 4, align 4 | 4;
    EndOfJobTimeAction: 0 | 0);
plain!(JOBOBJECT_END_OF_JOB_TIME_INFORMATION);

/// `IoReadBytesLimit` counts.
pub const JOB_OBJECT_LIMIT_JOB_READ_BYTES: JOB_OBJECT_LIMIT = 0x0001_0000;
/// `IoWriteBytesLimit` counts.
pub const JOB_OBJECT_LIMIT_JOB_WRITE_BYTES: JOB_OBJECT_LIMIT = 0x0002_0000;
/// The tolerance of the processor's rate counts.
pub const JOB_OBJECT_LIMIT_RATE_CONTROL: JOB_OBJECT_LIMIT = 0x0004_0000;

/// How much more than its rate a job may use of the processor; `enum` in C.
pub type JOBOBJECT_RATE_CONTROL_TOLERANCE = i32;
/// For 20 % of the interval.
pub const ToleranceLow: JOBOBJECT_RATE_CONTROL_TOLERANCE = 1;
/// For 40 % of the interval.
pub const ToleranceMedium: JOBOBJECT_RATE_CONTROL_TOLERANCE = 2;
/// For 60 % of the interval.
pub const ToleranceHigh: JOBOBJECT_RATE_CONTROL_TOLERANCE = 3;

/// The interval of a [`JOBOBJECT_RATE_CONTROL_TOLERANCE`]; `enum` in C.
pub type JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL = i32;
/// 10 seconds.
pub const ToleranceIntervalShort: JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL = 1;
/// One minute.
pub const ToleranceIntervalMedium: JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL = 2;
/// 10 minutes.
pub const ToleranceIntervalLong: JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL = 3;

/// What a job is to report by
/// [`JOB_OBJECT_MSG_NOTIFICATION_LIMIT`](super::JOB_OBJECT_MSG_NOTIFICATION_LIMIT), ending nothing;
/// for [`JobObjectNotificationLimitInformation`](super::JobObjectNotificationLimitInformation).
///
/// These messages are the ones that Windows promises to deliver.
///
/// # Layout
/// 48 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows 8. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_notification_limit_information>
#[repr(C)]
#[derive(Debug)]
pub struct JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION {
    /// Bytes read by all processes.
    pub IoReadBytesLimit: u64,
    /// Bytes written by all processes.
    pub IoWriteBytesLimit: u64,
    /// User-mode time of the whole job, 100 ns units.
    pub PerJobUserTimeLimit: i64,
    /// Committed memory of the job, bytes.
    pub JobMemoryLimit: u64,
    /// How much more than its rate the job may use of the processor.
    pub RateControlTolerance: JOBOBJECT_RATE_CONTROL_TOLERANCE,
    /// In what interval.
    pub RateControlToleranceInterval: JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL,
    /// Which of these count.
    pub LimitFlags: JOB_OBJECT_LIMIT,
}
layout!(JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION: size 48 | 48, align 8 | 8;
    PerJobUserTimeLimit: 16 | 16, RateControlTolerance: 32 | 32, LimitFlags: 40 | 40);
plain!(JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION);

/// Which notification limits a job has passed; asked for after the message.
///
/// For [`JobObjectLimitViolationInformation`](super::JobObjectLimitViolationInformation). Asking
/// clears it: the next message comes at the next limit that is passed.
///
/// # Layout
/// 80 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows 8. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_limit_violation_information>
#[repr(C)]
#[derive(Debug)]
pub struct JOBOBJECT_LIMIT_VIOLATION_INFORMATION {
    /// Limits that are set.
    pub LimitFlags: JOB_OBJECT_LIMIT,
    /// Limits that were passed.
    pub ViolationLimitFlags: JOB_OBJECT_LIMIT,
    /// Bytes read when it was noticed.
    pub IoReadBytes: u64,
    /// The limit of bytes read.
    pub IoReadBytesLimit: u64,
    /// Bytes written when it was noticed.
    pub IoWriteBytes: u64,
    /// The limit of bytes written.
    pub IoWriteBytesLimit: u64,
    /// User-mode time when it was noticed, 100 ns units.
    pub PerJobUserTime: i64,
    /// The limit of user-mode time, 100 ns units.
    pub PerJobUserTimeLimit: i64,
    /// Committed memory when it was noticed, bytes.
    pub JobMemory: u64,
    /// The limit of committed memory, bytes.
    pub JobMemoryLimit: u64,
    /// How much more than its rate was used of the processor.
    pub RateControlTolerance: JOBOBJECT_RATE_CONTROL_TOLERANCE,
    /// How much more was allowed.
    pub RateControlToleranceLimit: JOBOBJECT_RATE_CONTROL_TOLERANCE,
}
layout!(JOBOBJECT_LIMIT_VIOLATION_INFORMATION: size 80 | 80, align 8 | 8;
    IoReadBytes: 8 | 8, PerJobUserTime: 40 | 40, JobMemory: 56 | 56,
    RateControlTolerance: 72 | 72, RateControlToleranceLimit: 76 | 76);
plain!(JOBOBJECT_LIMIT_VIOLATION_INFORMATION);
