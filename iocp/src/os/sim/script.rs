//! What the kernel does where Windows leaves a choice.

use super::mix;

/// When the status block of an operation that sends a packet is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// As on Windows: when the packet is taken, if the call said pending and no event was given (fact
    /// BLOCK01); else when the operation is done (facts BLOCK02, BLOCK03).
    AsOnWindows,
    /// When the operation is done: inside the submitting call, or on the thread that completes it.
    WhenDone,
    /// Some time after, by a thread of the kernel, which queues the packet too.
    OnWorker,
    /// When the packet is taken from the port, by the thread that takes it; also of a call that said that it
    /// is done, of which Windows is not known to do it.
    AtDequeue,
    /// By the seed.
    Any,
}

/// Which half of the status block is written first, inside the submitting call.
///
/// Elsewhere it is always the count, as the completion of an IRP does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The count, then the status.
    CountFirst,
    /// The status, then the count: fast I/O may do so.
    StatusFirst,
    /// By the seed.
    Any,
}

/// What a call says whose operation is done when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Success, or its warning.
    AtOnce,
    /// `ERROR_IO_PENDING` all the same; a packet follows then also in skip mode.
    Pending,
    /// By the seed.
    Any,
}

/// What a call on a handle with a port says of a warning that it has come to (facts SKIP07, SKIP09).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The warning itself, as Windows 7 and Wine. In skip mode no packet follows.
    AtOnce,
    /// Pending, as Windows 8 and later, although it is done. A packet follows in any mode.
    Pending,
    /// By the seed.
    Any,
}

/// The choices of one [`Kernel`](super::Kernel). The default is Windows since version 8, as far as the facts
/// go, with a lucky network: nothing takes time, or is lost.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Whatever is left to chance comes from here.
    pub seed: u64,
    /// When the status block is written.
    pub finish: Finish,
    /// What of it is written first.
    pub order: Order,
    /// What calls say whose operation is done.
    pub answer: Answer,
    /// What calls say that have come to a warning.
    pub warning: Warning,
    /// How many of a hundred calls that fail write the status block all the same, as drivers may (fact SKIP10
    /// has the rule and its limit).
    pub refused_blocks: u8,
    /// How many of a hundred receives get their bytes only together with the status, as buffered
    /// I/O does, instead of when they arrive.
    pub buffered: u8,
    /// Whether the status block is written with plain stores, as the real kernel does. Then Miri
    /// refuses every access that the port's queue does not order after it. A forged packet makes such an
    /// access, which is sound only because the crate reads by atomics: tests that forge packets set this
    /// to false.
    pub plain_writes: bool,
    /// How many of a hundred packets are queued twice.
    pub duplicates: u8,
    /// How many of a hundred packets overtake others in the queue.
    pub overtaking: u8,
    /// How many of a hundred waits with a time limit return early and empty.
    pub early_timeouts: u8,
    /// How many of a hundred posts fail.
    pub post_failures: u8,
    /// How many of a hundred receives without an operation find a part of what is there: the rest comes right after.
    pub trickle: u8,
    /// How many bytes fit between the two ends of a stream before sends stay pending.
    pub window: usize,
    /// The NTSTATUS of all operations that end because their handle was closed; `None`: by the kind of
    /// their socket, as on Windows.
    pub close_status: Option<u32>,
    /// Whether a connection is reset, and what its peer has not read yet lost, by a close while a receive
    /// is pending or has been cancelled and its packet not taken (seen on Windows: libuv#3034), and by
    /// bytes that arrive after the close. Bytes that were left unread reset it in any case.
    pub resets: bool,
    /// Whether a close takes away what the peer has not read yet, unless the peer has ended its side before
    /// (seen on Windows now and then, over loopback: objeck-lang#669).
    pub loses_unread: bool,
    /// How many of the sends that are pending the peer's end of its side finishes, with success and as many
    /// bytes as were taken till then. Wine 8 ends all; that Windows never does it is open.
    pub ends_sends: usize,
    /// Whether a send for which there is room in part is done at once, and short: so says Microsoft's page of
    /// `WSASend` of a stream socket in non-blocking mode. Not seen of an overlapped send.
    pub short_sends: bool,
    /// Whether there are wait completion packets (Windows 8); else the thread pool waits.
    pub wait_packets: bool,
    /// How many of a hundred messages of a job are lost.
    pub lost_messages: u8,
    /// Whether a watch can have extended records (Windows 10 1709).
    pub extended_changes: bool,
    /// Whether a handle can leave its port (Windows 8.1).
    pub leaves: bool,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            seed: 0,
            finish: Finish::AsOnWindows,
            order: Order::CountFirst,
            answer: Answer::AtOnce,
            warning: Warning::Pending,
            refused_blocks: 0,
            buffered: 0,
            plain_writes: false,
            duplicates: 0,
            overtaking: 0,
            early_timeouts: 0,
            post_failures: 0,
            trickle: 0,
            window: usize::MAX,
            close_status: None,
            resets: true,
            loses_unread: false,
            ends_sends: 0,
            short_sends: false,
            wait_packets: true,
            lost_messages: 0,
            extended_changes: true,
            leaves: true,
        }
    }
}

impl Script {
    /// Everything that Windows allows, by this seed.
    #[must_use]
    pub fn any(seed: u64) -> Self {
        let close_status =
            [None, Some(0xC000_0120), Some(0xC000_013B), Some(0xC000_0241), Some(0x8000_000A)];
        #[allow(clippy::cast_possible_truncation)] // a random number
        let pick = mix(seed) as usize % close_status.len();
        Self {
            seed,
            finish: Finish::Any,
            order: Order::Any,
            answer: Answer::Any,
            warning: Warning::Any,
            refused_blocks: 50,
            buffered: 50,
            overtaking: 30,
            early_timeouts: 10,
            trickle: 20,
            window: 64,
            close_status: close_status[pick],
            ..Self::default()
        }
    }

    /// As [`any`](Self::any), with a kernel that also duplicates packets and refuses posts.
    #[must_use]
    pub fn hostile(seed: u64) -> Self {
        Self { duplicates: 30, post_failures: 10, ..Self::any(seed) }
    }

    /// All choices for one operation, from random bits.
    pub(super) fn choose(&self, bits: u64) -> Choices {
        let percent = |shift: u32, limit: u8| (bits >> shift) % 128 * 100 / 128 < u64::from(limit);
        Choices {
            finish: match self.finish {
                Finish::Any if bits & 3 == 0 => Finish::OnWorker,
                Finish::Any if bits & 1 == 0 => Finish::WhenDone,
                Finish::Any => Finish::AtDequeue,
                other => other,
            },
            status_first: match self.order {
                Order::Any => bits & 4 != 0,
                order => order == Order::StatusFirst,
            },
            at_once: match self.answer {
                Answer::Any => bits & 8 != 0,
                answer => answer == Answer::AtOnce,
            },
            warns: match self.warning {
                Warning::Any => bits & 16 != 0,
                warning => warning == Warning::AtOnce,
            },
            writes_refused: percent(32, self.refused_blocks),
            buffered: percent(8, self.buffered),
            duplicate: percent(16, self.duplicates),
            overtake: percent(24, self.overtaking),
            bits: mix(bits),
        }
    }
}

/// What was chosen for one operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choices {
    pub(super) finish: Finish,
    pub(super) status_first: bool,
    pub(super) at_once: bool,
    /// A warning is said at once.
    pub(super) warns: bool,
    /// Of a call that fails, the block is written.
    pub(super) writes_refused: bool,
    pub(super) buffered: bool,
    pub(super) duplicate: bool,
    pub(super) overtake: bool,
    /// More random bits.
    pub(super) bits: u64,
}
