//! Counts messages, and looks at all other counts when the first and the last one that matter pass.
//!
//! Servers call [`message`] right after the send of an echo was handed over. Between the two
//! boundaries lies a whole number of messages with the server in the same place of its loop at both,
//! so the difference of two looks is exact. A tracer sees each message, by the no-op that is there.
//!
//! # Safety
//!
//! The marks are breakpoints: without a tracer the program would end there, so they are executed
//! only when asked for.

use std::{
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        OnceLock,
    },
    time::Instant,
};

use iocp_tests::calls::{calls, Snapshot};

use crate::{arguments::Args, heap, packets};

static SEEN: AtomicU64 = AtomicU64::new(0);
static NEXT: AtomicU64 = AtomicU64::new(u64::MAX);
static SHARED: AtomicBool = AtomicBool::new(false);
static MARKS: AtomicBool = AtomicBool::new(false);
static ARGS: OnceLock<Args> = OnceLock::new();
static FIRST: OnceLock<Look> = OnceLock::new();

/// What a tracer finds in `rax` at a mark.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(crate) enum Mark {
    /// Step this thread from here on.
    Thread = 1,
    /// Count from here.
    Begin = 2,
    /// To here.
    End = 3,
}

/// All counts of one moment.
struct Look {
    at: Instant,
    heap: heap::Counts,
    packets: u64,
    calls: Option<Snapshot>,
}

impl Look {
    /// A snapshot of the calls allocates: it is taken before the interval of the heap begins.
    fn at_begin(args: &Args) -> Self {
        let calls = args.calls.then(|| calls().snapshot());
        Self { at: Instant::now(), heap: heap::counts(), packets: packets::taken(), calls }
    }

    /// And after it has ended.
    fn at_end(args: &Args) -> Self {
        let (heap, at) = (heap::counts(), Instant::now());
        let calls = args.calls.then(|| calls().snapshot());
        Self { at, heap, packets: packets::taken(), calls }
    }
}

/// Prepares to count what `args` ask for.
pub(crate) fn prepare(args: &Args) {
    NEXT.store(args.warm, Relaxed);
    MARKS.store(args.marks, Relaxed);
    SHARED.store(args.shared, Relaxed);
    if args.calls {
        packets::install();
    }
    let _ = ARGS.set(args.clone());
}

/// The calling thread serves: a tracer steps it from here on.
pub(crate) fn this_thread_serves() {
    // A single thread is stepped from where counting begins: warming up is quicker so.
    if SHARED.load(Relaxed) {
        mark(Mark::Thread);
    }
}

/// One message was echoed. With several waiting threads the count is shared by all.
#[inline(always)]
pub(crate) fn message() {
    lap();
    let seen = if SHARED.load(Relaxed) {
        SEEN.fetch_add(1, Relaxed) + 1
    } else {
        // No locked instruction: one thread counts.
        let seen = SEEN.load(Relaxed) + 1;
        SEEN.store(seen, Relaxed);
        seen
    };
    if seen == NEXT.load(Relaxed) {
        boundary(seen);
    }
}

/// The calling thread is at this place of its loop again: a tracer sees it, and knows what one lap costs.
#[inline(always)]
pub(crate) fn lap() {
    // SAFETY:
    // * a no-op of seven bytes: it has no effect but on a tracer that looks for it. The displacement
    //   is one that no compiler pads with.
    unsafe {
        std::arch::asm!(
            ".byte 0x0F, 0x1F, 0x80, 'i', 'o', 'c', 'p'",
            options(nomem, nostack, preserves_flags)
        );
    }
}

#[cold]
#[inline(never)]
fn boundary(seen: u64) {
    let Some(args) = ARGS.get() else { return };
    if seen == args.warm {
        NEXT.store(seen + args.count, Relaxed);
        let _ = FIRST.set(Look::at_begin(args));
        mark(Mark::Begin);
    } else {
        mark(Mark::End);
        let last = Look::at_end(args);
        NEXT.store(u64::MAX, Relaxed);
        if let Some(first) = FIRST.get() {
            report(args, first, &last);
        }
    }
}

fn report(args: &Args, first: &Look, last: &Look) {
    let nanos = last.at.duration_since(first.at).as_nanos();
    print!(
        "counted messages={} ns={nanos} allocations={} bytes={} live={} committed={}",
        args.count,
        last.heap.allocations - first.heap.allocations,
        last.heap.bytes - first.heap.bytes,
        last.heap.live,
        packets::committed(),
    );
    if let (Some(first_calls), Some(last_calls)) = (&first.calls, &last.calls) {
        let counts = last_calls.delta(first_calls);
        print!(" packets={} kernel={}", last.packets - first.packets, counts.kernel_calls());
        for (name, count) in counts.entering() {
            print!(" call.{name}={count}");
        }
    }
    println!();
}

/// Tells the tracer, if there is one.
pub(crate) fn mark(which: Mark) {
    if MARKS.load(Relaxed) {
        // SAFETY:
        // * the instruction traps into the tracer that `--marks` promised, and changes nothing.
        unsafe { std::arch::asm!("int3", in("rax") which as u64, options(nostack)) };
    }
}
