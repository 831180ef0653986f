//! Files without buffering, locks of ranges, and control codes, each by what is its own.

use super::{finish, io, is_quiet, pending, port, ready};
use crate::{
    sim::{Fault, Kernel, Script},
    AlignedBuffer, AssociatedHandle, CompletionKind, Control, ControlCode, Error, LockMode,
    NtStatus, Operation, Packets, Pages, Slice, Submitted, Unbuffered, Wait,
};

const ECHO: ControlCode = {
    // SAFETY:
    // * The simulated drivers copy the input to the output, within both lengths.
    unsafe { ControlCode::new(0x0015_0000) }
};

fn refused<B: Send + 'static>(submitted: Submitted<B>) -> (Error, Operation<B>) {
    match submitted {
        Submitted::Refused(refused) => (refused.error, refused.value),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn what_is_not_aligned_is_refused_before_the_call_and_says_what_it_is() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let file = Unbuffered::new(kernel.disk_file(&[1; 2000])).unwrap();
    assert_eq!(file.sector(), 512);
    let file = port.associate_handle(file, 0).unwrap();
    let mut operation = port.operation(AlignedBuffer::new(1024, 512), 1).unwrap();
    let wrong =
        |what: &str, error| assert_eq!(format!("{error:?}"), format!("Misaligned({what:?})"));
    for (offset, filled, what) in
        [(1, 0, "the offset"), (512, 1, "the length"), (0, 1000, "the length")]
    {
        operation.buffer_mut().set_len(filled);
        let (error, back) = refused(file.read_sectors_at(operation, offset));
        wrong(what, error);
        operation = back;
    }
    operation.buffer_mut().set_len(3);
    let (error, _) = refused(file.write_sectors_at(operation, 0));
    wrong("the length", error);
    // The address: part of an aligned buffer.
    let mut bytes = AlignedBuffer::new(1024, 512);
    bytes.set_len(1024);
    let part = port.operation(Slice::new(bytes, 8..520), 1).unwrap();
    let (error, part) = refused(file.write_sectors_at(part, 0));
    wrong("the buffer's address", error);
    let pages = Pages::new(vec![AlignedBuffer::new(4096, 4096)]).unwrap();
    let (error, pages) = refused(file.read_scatter(port.operation(pages, 1).unwrap(), 100));
    wrong("the offset", error);
    let (error, _) = refused(file.write_gather(pages, u64::MAX));
    assert_eq!(error, Error::OffsetTooLarge);
    assert_eq!((kernel.counts().submits, part.buffer().range()), (0, 8..520));
    let wrong = Unbuffered::new(kernel.stream_pair().0).unwrap_err();
    assert!(matches!(wrong.error, Error::Os { call: "NtQueryVolumeInformationFile", .. }));
}

#[test]
fn the_last_part_of_a_file_is_read_as_it_is_and_behind_it_is_the_end() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let file = Unbuffered::new(kernel.disk_file(&[1; 1500])).unwrap();
    let file = port.associate_handle(file, 0).unwrap();
    let operation = port.operation(AlignedBuffer::new(1024, 512), 1).unwrap();
    let ticket = pending(file.read_sectors_at(operation, 1024));
    io(&port, &mut packets);
    let last = finish(ticket);
    assert_eq!((last.result(), last.buffer().len(), last.is_end()), (Ok(476), 476, false));
    let mut operation = last.into_operation();
    operation.buffer_mut().clear();
    let end = ready(file.read_sectors_at(operation, 2048));
    assert_eq!((end.result(), end.is_end()), (Ok(0), true));
    // Filled up to the sector.
    let mut operation = end.into_operation();
    operation.buffer_mut().set_len(512);
    let ticket = pending(file.write_sectors_at(operation, 1536));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(512));
}

#[test]
fn pages_are_read_and_written_in_their_order() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let file = Unbuffered::new(kernel.disk_file(&[])).unwrap();
    let file = port.associate_handle(file, 0).unwrap();
    // Of the right size, at an address that is no page's.
    let others: Vec<_> = (0..64).map(|_| AlignedBuffer::new(4096, 16)).collect();
    let odd = others.into_iter().find(|page| page.as_ptr() as usize % 4096 != 0);
    // The allocator of the thread sanitizer gives whole pages to all who ask for that size: then there is none.
    if let Some(odd) = odd {
        assert_eq!(Pages::new(vec![odd]).unwrap_err().error, Error::Misaligned("a page"));
    }
    let page = || AlignedBuffer::new(4096, 4096);
    let mut pages = Pages::new(vec![page(), page(), page()]).unwrap();
    for (at, byte) in (0..3).zip(b'a'..) {
        pages.page_mut(at).unwrap().fill(byte);
    }
    assert!(pages.page_mut(3).is_none());
    let ticket = pending(file.write_gather(port.operation(pages, 1).unwrap(), 512));
    io(&port, &mut packets);
    let written = finish(ticket);
    assert_eq!((written.result(), port.stats().bytes), (Ok(3 * 4096), 3 * 4096));
    let ticket = pending(file.read_scatter(written.into_operation(), 512 + 4096));
    io(&port, &mut packets);
    let read = finish(ticket);
    assert_eq!((read.result(), read.is_end()), (Ok(2 * 4096), false));
    let bytes: Vec<u8> = read.buffer().iter().map(|page| page[4095]).collect();
    assert_eq!(bytes, b"bcc", "the third page was not reached");
    let end = ready(file.read_scatter(read.into_operation(), 1 << 30));
    assert_eq!((end.result(), end.is_end()), (Ok(0), true));
    // An operation that had an offset is one without it next: its block is as before.
    let plain = port.operation((), 1).unwrap();
    let ticket = pending(file.lock(plain, 0..1, LockMode::Shared));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(0));
    for (pages, error) in [
        (vec![], Error::NoRoom),
        (vec![page(), AlignedBuffer::new(4096, 512)], Error::Misaligned("a page")),
        (vec![AlignedBuffer::new(8192, 4096)], Error::Misaligned("a page")),
    ] {
        let count = pages.len();
        match Pages::new(pages) {
            // Where it lies by chance is no reason to refuse it.
            Ok(_) if count == 2 => {}
            Ok(_) => panic!("{error:?} is not said"),
            Err(refused) => assert_eq!((refused.error, refused.value.len()), (error, count)),
        }
    }
}

type File = AssociatedHandle<crate::sim::OwnedSocket>;

#[test]
fn a_lock_waits_for_the_other_and_keeps_its_bytes_from_everybody_else() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let one = kernel.disk_file(b"0123456789");
    let other = port.associate_handle(kernel.open_again(&one), 2).unwrap();
    let one = port.associate_handle(one, 1).unwrap();
    let lock = |file: &File, range, mode| file.lock(port.operation((), 1).unwrap(), range, mode);
    let held = pending(lock(&one, 2..6, LockMode::Exclusive));
    io(&port, &mut packets);
    assert_eq!(finish(held).result(), Ok(0));
    let none = ready(other.try_lock(port.operation((), 1).unwrap(), 5..6, LockMode::Shared));
    assert_eq!((none.kind(), none.raw_os_error()), (Some(CompletionKind::Locked), Some(33)));
    let kept = ready(other.read_at(port.operation(Vec::with_capacity(2), 1).unwrap(), 4));
    assert_eq!((kept.kind(), kept.raw_os_error()), (Some(CompletionKind::Locked), Some(33)));
    let beside = pending(other.read_at(port.operation(Vec::with_capacity(2), 1).unwrap(), 6));
    io(&port, &mut packets);
    assert_eq!(finish(beside).buffer(), b"67");
    let waits = pending(lock(&other, 0..u64::MAX, LockMode::Exclusive));
    assert!(is_quiet(&port, &mut packets));
    assert_eq!(one.unlock(2..5).unwrap_err().raw_os_error(), Some(158), "another range");
    one.unlock(2..6).unwrap();
    io(&port, &mut packets);
    assert_eq!(finish(waits).result(), Ok(0));
    other.unlock(0..u64::MAX).unwrap();
    assert_eq!(other.unlock(0..u64::MAX).unwrap_err().raw_os_error(), Some(158));
}

/// Pitfall FILE-07: a wait that was given up, and a handle that was closed, leave no lock behind.
#[test]
fn a_lock_that_is_given_up_is_told_from_one_that_was_granted() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let one = kernel.disk_file(b"0123456789");
    let other = port.associate_handle(kernel.open_again(&one), 2).unwrap();
    let third = port.associate_handle(kernel.open_again(&one), 3).unwrap();
    let one = port.associate_handle(one, 1).unwrap();
    let lock = |file: &File, mode| pending(file.lock(port.operation((), 1).unwrap(), 0..4, mode));
    let held = lock(&one, LockMode::Exclusive);
    io(&port, &mut packets);
    drop(finish(held));
    let (given_up, granted) = (lock(&other, LockMode::Shared), lock(&third, LockMode::Shared));
    given_up.cancel().unwrap();
    io(&port, &mut packets);
    assert_eq!(finish(given_up).kind(), Some(CompletionKind::Cancelled));
    // A cancel that comes too late: the lock is there, and says so.
    drop(one);
    granted.cancel().unwrap();
    io(&port, &mut packets);
    assert_eq!(finish(granted).result(), Ok(0));
    assert_eq!(other.unlock(0..4).unwrap_err().raw_os_error(), Some(158));
    // Those that share a range do not wait for each other.
    let shared = port.operation((), 1).unwrap();
    let shared = pending(other.try_lock(shared, 0..4, LockMode::Shared));
    io(&port, &mut packets);
    assert_eq!(finish(shared).result(), Ok(0));
    other.unlock(0..4).unwrap();
    third.unlock(0..4).unwrap();
}

#[test]
fn a_control_code_has_its_answer_in_the_output_also_with_a_warning() {
    for script in super::scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let file = port.associate_handle(kernel.disk_file(b""), 1).unwrap();
        let control = Control { input: b"question".to_vec(), output: Vec::with_capacity(5) };
        let ticket = pending(file.device_control(ECHO, port.operation(control, 1).unwrap()));
        io(&port, &mut packets);
        let cut = finish(ticket);
        let error = cut.result().unwrap_err();
        assert_eq!((error.kind, error.bytes), (CompletionKind::Truncated, 5));
        assert_eq!(cut.buffer().output, b"quest");
        let mut operation = cut.into_operation();
        operation.buffer_mut().output = Vec::with_capacity(64);
        let ticket = pending(file.device_control(ECHO, operation));
        io(&port, &mut packets);
        let whole = finish(ticket);
        assert_eq!((whole.result(), &whole.buffer().output[..]), (Ok(8), &b"question"[..]));
        assert_eq!(whole.into_buffer().input, b"question");
    }
}

#[test]
fn a_control_code_without_buffers_and_one_that_nobody_knows() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let file = port.associate_handle(kernel.disk_file(b""), 1).unwrap();
    let none = port.operation(Control { input: (), output: () }, 1).unwrap();
    let ticket = pending(file.device_control(ECHO, none));
    io(&port, &mut packets);
    let done = finish(ticket);
    assert_eq!(done.result(), Ok(0));
    let unknown = ready(file.device_control(ControlCode::SET_SPARSE, done.into_operation()));
    assert_eq!(unknown.raw_os_error(), Some(1));
    // Bytes that a driver claims beyond the room are none.
    let control = Control { input: (), output: vec![0_u8; 4].into_boxed_slice() };
    let operation = port.operation(control, 1).unwrap();
    kernel.fault(file.get_ref(), Fault::Done { status: NtStatus::SUCCESS.0, bytes: 9 });
    let ticket = pending(file.device_control(ECHO, operation));
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(4));
    assert_eq!(port.wait(&mut packets, super::NOW).unwrap(), Wait::TimedOut);
}
