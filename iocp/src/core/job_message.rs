//! The messages of a job, as a type.

use iocp_sys as sys;

/// A message of a job: the `JOB_OBJECT_MSG_…` of
/// [`JOBOBJECT_ASSOCIATE_COMPLETION_PORT`](https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-jobobject_associate_completion_port).
///
/// The system may lose each of them but those of limits set by `JobObjectNotificationLimitInformation`:
/// "delivery of messages … is not guaranteed". Whether a tree of processes has ended is asked of the job:
/// [`active_processes`](crate::Job::active_processes). A process id is of a process that may have
/// ended and another's since.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{JobMessage, Packet, Packets};
///
/// fn tell(packets: &Packets) {
///     for packet in packets.iter() {
///         match packet {
///             Packet::Job { message, .. } => match message {
///                 JobMessage::NewProcess(id) => println!("{id} begins"),
///                 JobMessage::NoneLeft => println!("perhaps over: ask the job"),
///                 _ => {}
///             },
///             _ => {}
///         }
///     }
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
/// They come in any order with the packet of a wait for the same process, and may be missing: after
/// [`terminate`](crate::Job::terminate) no `ExitProcess` was seen under Wine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JobMessage {
    /// `JOB_OBJECT_MSG_NEW_PROCESS`: this process was added, or was there when the port was told.
    NewProcess(u32),
    /// `JOB_OBJECT_MSG_EXIT_PROCESS`: this process has ended.
    ExitProcess(u32),
    /// `JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS`: this process has ended by an exception of the table on that
    /// page. [`ExitProcess`](Self::ExitProcess) may come as well.
    AbnormalExitProcess(u32),
    /// `JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO`: the last one has ended. There may be new ones by now: ask.
    NoneLeft,
    /// `JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT`: one more than the limit of processes was to be started.
    ActiveProcessLimit,
    /// `JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT`: this process asked for more memory than its limit.
    ProcessMemoryLimit(u32),
    /// `JOB_OBJECT_MSG_JOB_MEMORY_LIMIT`: this process asked for more memory than the job's limit.
    JobMemoryLimit(u32),
    /// `JOB_OBJECT_MSG_END_OF_PROCESS_TIME`: this process has used up its time.
    EndOfProcessTime(u32),
    /// `JOB_OBJECT_MSG_END_OF_JOB_TIME`: the job has used up its time.
    EndOfJobTime,
    /// `JOB_OBJECT_MSG_NOTIFICATION_LIMIT`: this process has passed a limit that only notifies.
    NotificationLimit(u32),
    /// Any other number, as it came.
    Other {
        /// The message.
        message: u32,
        /// The pointer's value.
        value: usize,
    },
}

impl JobMessage {
    /// Of the numbers of a packet.
    pub(crate) fn of(message: u32, value: usize) -> Self {
        let other = Self::Other { message, value };
        let of = |kind: fn(u32) -> Self| u32::try_from(value).map_or(other, kind);
        match message {
            sys::JOB_OBJECT_MSG_NEW_PROCESS => of(Self::NewProcess),
            sys::JOB_OBJECT_MSG_EXIT_PROCESS => of(Self::ExitProcess),
            sys::JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS => of(Self::AbnormalExitProcess),
            sys::JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO => Self::NoneLeft,
            sys::JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT => Self::ActiveProcessLimit,
            sys::JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT => of(Self::ProcessMemoryLimit),
            sys::JOB_OBJECT_MSG_JOB_MEMORY_LIMIT => of(Self::JobMemoryLimit),
            sys::JOB_OBJECT_MSG_END_OF_PROCESS_TIME => of(Self::EndOfProcessTime),
            sys::JOB_OBJECT_MSG_END_OF_JOB_TIME => Self::EndOfJobTime,
            sys::JOB_OBJECT_MSG_NOTIFICATION_LIMIT => of(Self::NotificationLimit),
            _ => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_has_a_name_and_an_unknown_one_keeps_its_numbers() {
        assert_eq!(JobMessage::of(6, 77), JobMessage::NewProcess(77));
        assert_eq!(JobMessage::of(4, 0), JobMessage::NoneLeft);
        assert_eq!(JobMessage::of(99, 5), JobMessage::Other { message: 99, value: 5 });
        #[cfg(target_pointer_width = "64")]
        assert_eq!(
            JobMessage::of(7, 1 << 40),
            JobMessage::Other { message: 7, value: 1 << 40 },
            "no process has that id"
        );
    }
}
