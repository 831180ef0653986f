//! Jobs, and the threads of a process that is put into one.

use std::mem::{align_of, offset_of, size_of};

use iocp_tests::check_constants;

/// Behaviour 33: classes, limits and messages of jobs, literally.
#[test]
fn classes_limits_and_messages_of_jobs_are_those_of_the_sdk() {
    check_constants! {
        JOB_OBJECT_LIMIT_ACTIVE_PROCESS = 8,
        JOB_OBJECT_LIMIT_JOB_MEMORY = 512,
        JOB_OBJECT_LIMIT_JOB_READ_BYTES = 0x1_0000,
        JOB_OBJECT_LIMIT_JOB_TIME = 4,
        JOB_OBJECT_LIMIT_JOB_WRITE_BYTES = 0x2_0000,
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE = 8192,
        JOB_OBJECT_LIMIT_PROCESS_MEMORY = 256,
        JOB_OBJECT_LIMIT_PROCESS_TIME = 2,
        JOB_OBJECT_LIMIT_RATE_CONTROL = 0x4_0000,
        JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS = 8,
        JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT = 3,
        JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO = 4,
        JOB_OBJECT_MSG_END_OF_JOB_TIME = 1,
        JOB_OBJECT_MSG_END_OF_PROCESS_TIME = 2,
        JOB_OBJECT_MSG_EXIT_PROCESS = 7,
        JOB_OBJECT_MSG_JOB_CYCLE_TIME_LIMIT = 12,
        JOB_OBJECT_MSG_JOB_MEMORY_LIMIT = 10,
        JOB_OBJECT_MSG_NEW_PROCESS = 6,
        JOB_OBJECT_MSG_NOTIFICATION_LIMIT = 11,
        JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT = 9,
        JOB_OBJECT_MSG_SILO_TERMINATED = 13,
        JOB_OBJECT_POST_AT_END_OF_JOB = 1,
        JOB_OBJECT_TERMINATE_AT_END_OF_JOB = 0,
        JobObjectAssociateCompletionPortInformation = 7,
        JobObjectBasicAccountingInformation = 1,
        JobObjectBasicLimitInformation = 2,
        JobObjectEndOfJobTimeInformation = 6,
        JobObjectExtendedLimitInformation = 9,
        JobObjectLimitViolationInformation = 13,
        JobObjectNotificationLimitInformation = 12,
        TH32CS_SNAPTHREAD = 4,
        THREAD_SUSPEND_RESUME = 2,
    }
}

/// Behaviour 33: what is asked of a job or told to it lies in memory as the SDK's does.
#[test]
#[rustfmt::skip]
fn what_jobs_take_and_give_lies_in_memory_as_in_the_sdk() {
    check_layouts! {
        IO_COUNTERS: 48 | 48, 8 | 8;
            ReadOperationCount: 0 | 0, WriteOperationCount: 8 | 8, OtherOperationCount: 16 | 16,
            ReadTransferCount: 24 | 24, WriteTransferCount: 32 | 32, OtherTransferCount: 40 | 40;
        JOBOBJECT_BASIC_LIMIT_INFORMATION: 48 | 64, 8 | 8;
            PerProcessUserTimeLimit: 0 | 0, PerJobUserTimeLimit: 8 | 8, LimitFlags: 16 | 16,
            MinimumWorkingSetSize: 20 | 24, MaximumWorkingSetSize: 24 | 32,
            ActiveProcessLimit: 28 | 40, Affinity: 32 | 48, PriorityClass: 36 | 56,
            SchedulingClass: 40 | 60;
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION: 112 | 144, 8 | 8;
            BasicLimitInformation: 0 | 0, IoInfo: 48 | 64, ProcessMemoryLimit: 96 | 112,
            JobMemoryLimit: 100 | 120, PeakProcessMemoryUsed: 104 | 128,
            PeakJobMemoryUsed: 108 | 136;
        JOBOBJECT_BASIC_ACCOUNTING_INFORMATION: 48 | 48, 8 | 8;
            TotalUserTime: 0 | 0, TotalKernelTime: 8 | 8, ThisPeriodTotalUserTime: 16 | 16,
            ThisPeriodTotalKernelTime: 24 | 24, TotalPageFaultCount: 32 | 32, TotalProcesses: 36 | 36,
            ActiveProcesses: 40 | 40, TotalTerminatedProcesses: 44 | 44;
        THREADENTRY32: 28 | 28, 4 | 4;
            dwSize: 0 | 0, cntUsage: 4 | 4, th32ThreadID: 8 | 8, th32OwnerProcessID: 12 | 12,
            tpBasePri: 16 | 16, tpDeltaPri: 20 | 20, dwFlags: 24 | 24;
    }
}
