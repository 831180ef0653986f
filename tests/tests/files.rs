//! Files: read and write at an offset.

#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    fs::{File, OpenOptions},
    os::windows::{fs::OpenOptionsExt, io::AsRawHandle},
    path::PathBuf,
    ptr::{null, null_mut},
};

use iocp::{
    open_overlapped, AlignedBuffer, Completed, CompletionKind, CompletionPort, Control,
    ControlCode, Error, LockMode, Pages, Slice, Submitted, Unbuffered,
};
use iocp_sys::{DeviceIoControl, FILE_FLAG_NO_BUFFERING, FILE_FLAG_OVERLAPPED};
use iocp_tests::{
    kernel, not_here,
    raw::opened_again,
    waiting::{done, wait_for},
};

/// A file that is removed at the end of its test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("iocp-{}-{name}", std::process::id())))
    }

    fn open(&self, flags: u32) -> File {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        options.custom_flags(flags).open(&self.0).unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// `FSCTL_SET_SPARSE`, so that NTFS does not write four gigabytes of zeros. Where it is refused the
/// file is as it is.
fn make_sparse(file: &File) {
    const FSCTL_SET_SPARSE: u32 = 0x0009_00C4;
    let (handle, mut written) = (file.as_raw_handle(), 0);
    // SAFETY:
    // * the file is open and not overlapped, so all is done at return; no buffers.
    unsafe {
        DeviceIoControl(
            handle.cast(),
            FSCTL_SET_SPARSE,
            null(),
            0,
            null_mut(),
            0,
            &mut written,
            null_mut(),
        )
    };
}

/// Finished, at once or by its packet.
fn finish(port: &CompletionPort, submitted: Submitted<Vec<u8>>) -> Completed<Vec<u8>> {
    match submitted {
        Submitted::Ready(completed) => completed,
        Submitted::Pending(ticket) => {
            assert_eq!(wait_for(port, 1).len(), 1);
            ticket.finish().unwrap()
        }
        Submitted::Refused(failed) => panic!("{failed:?}"),
    }
}

#[test]
fn a_file_that_is_opened_again_as_overlapped_can_be_tied_to_a_port() {
    let place = Temporary::new("again");
    let plain = place.open(0);
    plain.set_len(3).unwrap();
    let port = CompletionPort::new().unwrap();
    let again = port.associate_handle(opened_again(&plain), 7).unwrap();
    let read = port.operation(Vec::with_capacity(8), 1).unwrap();
    let completed = finish(&port, again.read_at(read, 0));
    assert_eq!((completed.result(), &completed.buffer()[..]), (Ok(3), &[0; 3][..]));
}

// Behaviour 45.
#[test]
fn bytes_written_beyond_four_gigabytes_are_read_from_there() {
    let place = Temporary::new("far");
    make_sparse(&place.open(0));
    let port = CompletionPort::new().unwrap();
    let file = port.associate_handle(place.open(FILE_FLAG_OVERLAPPED), 7).unwrap();
    let far = (4 << 30) + 3;
    let write = port.operation(b"far away".to_vec(), 1).unwrap();
    assert_eq!(finish(&port, file.write_at(write, far)).result(), Ok(8));
    let read = port.operation(Vec::with_capacity(5), 2).unwrap();
    let completed = finish(&port, file.read_at(read, far + 1));
    assert_eq!((completed.result(), &completed.buffer()[..]), (Ok(5), &b"ar aw"[..]));
    let mut read = completed.into_operation();
    read.buffer_mut().clear();
    let completed = finish(&port, file.read_at(read, 3));
    assert_eq!(completed.buffer(), &[0; 5], "the low half alone is another place");
    assert_eq!(file.get_ref().metadata().unwrap().len(), far + 8);
}

// Behaviour 45.
#[test]
fn a_read_at_or_past_the_end_is_an_end_of_file_however_the_system_says_so() {
    let place = Temporary::new("end");
    let port = CompletionPort::new().unwrap();
    let file = port.associate_handle(place.open(FILE_FLAG_OVERLAPPED), 0).unwrap();
    let write = port.operation(b"short".to_vec(), 1).unwrap();
    assert_eq!(finish(&port, file.append(write)).result(), Ok(5), "at the end");
    let mut read = port.operation(Vec::with_capacity(16), 2).unwrap();
    for (offset, expected) in [(0, &b"short"[..]), (3, b"rt")] {
        read.buffer_mut().clear();
        let completed = finish(&port, file.read_at(read, offset));
        assert_eq!((completed.result(), &completed.buffer()[..]), (Ok(expected.len()), expected));
        read = completed.into_operation();
    }
    for offset in [5, 6, 1 << 40] {
        read.buffer_mut().clear();
        let completed = finish(&port, file.read_at(read, offset));
        assert_eq!((completed.result(), completed.is_end()), (Ok(0), true), "at {offset}");
        assert!(completed.buffer().is_empty());
        read = completed.into_operation();
    }
    assert_eq!((port.stats().in_flight, file.in_flight()), (0, 0));
}

// Behaviour 23.
#[test]
fn a_file_that_is_not_overlapped_cannot_be_associated_and_comes_back() {
    let place = Temporary::new("plain");
    let port = CompletionPort::new().unwrap();
    let refused = port.associate_handle(place.open(0), 0).unwrap_err();
    assert!(matches!(refused.error, Error::NotAssociable), "{:?}", refused.error);
    let file = place.open(FILE_FLAG_OVERLAPPED);
    let again = file.try_clone().unwrap();
    let file = port.associate_handle(file, 0).unwrap();
    let refused = port.associate_handle(again, 0).unwrap_err();
    assert!(matches!(refused.error, Error::NotAssociable), "{:?}", refused.error);
    drop(file.into_inner());
}

#[test]
fn std_options_open_a_file_for_a_port_and_with_append_each_write_goes_to_the_end() {
    let place = Temporary::new("options");
    let port = CompletionPort::new().unwrap();
    let file = open_overlapped(File::options().append(true).create(true), &place.0, 0).unwrap();
    let file = port.associate_handle(file, 0).unwrap();
    for offset in [0, 0, 100] {
        let write = port.operation("abc", 1).unwrap();
        assert_eq!(done(&port, file.write_at(write, offset)).result(), Ok(3));
    }
    file.get_ref().sync_all().unwrap();
    assert_eq!(std::fs::read(&place.0).unwrap(), b"abcabcabc");
    let missing = open_overlapped(File::options().read(true), place.0.join("not"), 0).unwrap_err();
    assert_eq!(missing.raw_os_error(), Some(3));
}

#[test]
fn a_range_of_a_buffer_limits_a_read_and_goes_on_with_a_write() {
    let place = Temporary::new("range");
    let port = CompletionPort::new().unwrap();
    let file = port.associate_handle(place.open(FILE_FLAG_OVERLAPPED), 0).unwrap();
    let mut write = port.operation(Slice::new(b"0123456789".to_vec(), ..4), 1).unwrap();
    let mut at = 0;
    while at < 10 {
        write.buffer_mut().set_range(at..at + 4);
        let written = done(&port, file.write_at(write, at as u64));
        at += written.result().unwrap();
        write = written.into_operation();
    }
    let read = port.operation(Slice::new(Vec::with_capacity(4096), ..3), 1).unwrap();
    let limited = done(&port, file.read_at(read, 5));
    assert_eq!((limited.result(), &limited.buffer().get_ref()[..]), (Ok(3), &b"567"[..]));
    let read = port.operation(Slice::new(vec![b'.'; 8].into_boxed_slice(), 2..5), 1).unwrap();
    let inside = done(&port, file.read_at(read, 0));
    assert_eq!(&inside.into_buffer().into_inner()[..], b"..012...");
    let numbers = port.operation(vec![0_u32; 2].into_boxed_slice(), 1).unwrap();
    let numbers = done(&port, file.read_at(numbers, 0)).into_buffer();
    assert_eq!(&numbers[..], &[u32::from_le_bytes(*b"0123"), u32::from_le_bytes(*b"4567")]);
}

// Behaviour 45b.
#[test]
fn an_unbuffered_file_is_read_and_written_in_sectors() {
    let place = Temporary::new("unbuffered");
    std::fs::write(&place.0, vec![7; 5000]).unwrap();
    let port = CompletionPort::new().unwrap();
    let mut options = File::options();
    let options = options.read(true).write(true);
    let file = open_overlapped(options, &place.0, FILE_FLAG_NO_BUFFERING).unwrap();
    let file = port.associate_handle(Unbuffered::new(file).unwrap(), 0).unwrap();
    let sector = file.get_ref().sector();
    assert!(sector >= 512 && 4096 % sector == 0, "{sector}");
    let read = port.operation(AlignedBuffer::new(4096, 4096), 1).unwrap();
    let Submitted::Refused(refused) = file.read_sectors_at(read, 100) else {
        panic!("an offset inside a sector");
    };
    assert_eq!(refused.error, Error::Misaligned("the offset"));
    let last = done(&port, file.read_sectors_at(refused.value, 4096));
    assert_eq!((last.result(), &last.buffer()[..]), (Ok(904), &[7; 904][..]));
    let mut operation = last.into_operation();
    operation.buffer_mut().clear();
    let end = done(&port, file.read_sectors_at(operation, 1 << 20));
    assert_eq!((end.result(), end.is_end()), (Ok(0), true));
    let mut operation = end.into_operation();
    operation.buffer_mut().set_len(4096);
    operation.buffer_mut().fill(9);
    let written = done(&port, file.write_sectors_at(operation, 4096));
    assert_eq!(written.result(), Ok(4096));
    file.get_ref().get_ref().set_len(5000).unwrap();
    let bytes = std::fs::read(&place.0).unwrap();
    assert_eq!((bytes.len(), bytes[4095], bytes[4096]), (5000, 7, 9));
}

// Behaviour 45b.
#[test]
fn pages_are_gathered_and_scattered() {
    let place = Temporary::new("pages");
    let port = CompletionPort::new().unwrap();
    let mut options = File::options();
    let options = options.read(true).write(true).create(true);
    let file = open_overlapped(options, &place.0, FILE_FLAG_NO_BUFFERING).unwrap();
    let file = port.associate_handle(Unbuffered::new(file).unwrap(), 0).unwrap();
    let page = |byte| {
        let mut page = AlignedBuffer::new(4096, 4096);
        page.set_len(4096);
        page.fill(byte);
        page
    };
    let pages = Pages::new(vec![page(1), page(2), page(3)]).unwrap();
    let written = done(&port, file.write_gather(port.operation(pages, 1).unwrap(), 4096));
    assert_eq!(written.result(), Ok(3 * 4096));
    let read = done(&port, file.read_scatter(written.into_operation(), 2 * 4096));
    assert_eq!((read.result(), read.is_end()), (Ok(2 * 4096), false));
    let first: Vec<u8> = read.buffer().iter().map(|page| page[0]).collect();
    assert_eq!(first, [2, 3, 3], "the third page stayed as it was");
    let end = done(&port, file.read_scatter(read.into_operation(), 1 << 20));
    assert_eq!((end.result(), end.is_end()), (Ok(0), true));
    let plain = place.open(FILE_FLAG_OVERLAPPED);
    let plain = port.associate_handle(Unbuffered::new(plain).unwrap(), 0).unwrap();
    let refused = done(&port, plain.read_scatter(end.into_operation(), 0));
    assert_eq!(refused.raw_os_error(), Some(87), "opened with buffering");
}

// Behaviour 45c.
#[test]
fn a_lock_is_waited_for_and_given_back() {
    let place = Temporary::new("lock");
    std::fs::write(&place.0, b"0123456789").unwrap();
    let port = CompletionPort::new().unwrap();
    let open = || port.associate_handle(place.open(FILE_FLAG_OVERLAPPED), 0).unwrap();
    let (one, other) = (open(), open());
    let nothing = || port.operation((), 1).unwrap();
    let held = done(&port, one.lock(nothing(), 2..6, LockMode::Exclusive));
    if held.raw_os_error() == Some(120) || held.raw_os_error() == Some(1) {
        not_here("an overlapped lock of a file: Wine has none");
        return;
    }
    assert_eq!(held.result(), Ok(0));
    let none = done(&port, other.try_lock(nothing(), 0..u64::MAX, LockMode::Shared));
    assert_eq!(none.kind(), Some(CompletionKind::Locked));
    let kept = done(&port, other.read_at(port.operation(Vec::with_capacity(2), 1).unwrap(), 4));
    assert_eq!((kept.kind(), kept.raw_os_error()), (Some(CompletionKind::Locked), Some(33)));
    let waits = other.lock(nothing(), 2..6, LockMode::Shared).pending().unwrap();
    waits.cancel().unwrap();
    assert_eq!(wait_for(&port, 1).len(), 1);
    assert_eq!(waits.finish().unwrap().kind(), Some(CompletionKind::Cancelled));
    let waits = other.lock(nothing(), 2..6, LockMode::Shared).pending().unwrap();
    one.unlock(2..6).unwrap();
    assert_eq!(wait_for(&port, 1).len(), 1);
    assert_eq!(waits.finish().unwrap().result(), Ok(0));
    other.unlock(2..6).unwrap();
    assert_eq!(other.unlock(2..6).unwrap_err().raw_os_error(), Some(158));
}

#[test]
fn a_control_code_of_a_file_is_sent_without_unsafe() {
    if kernel().is_wine() {
        not_here("a control code of a file: Wine answers it within the call, and sends no packet");
        return;
    }
    let place = Temporary::new("control");
    let port = CompletionPort::new().unwrap();
    let file = port.associate_handle(place.open(FILE_FLAG_OVERLAPPED), 0).unwrap();
    let nothing = port.operation(Control { input: (), output: () }, 1).unwrap();
    let sparse = done(&port, file.device_control(ControlCode::SET_SPARSE, nothing));
    match sparse.result() {
        Ok(0) => {}
        // The volume has no sparse files: ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED.
        result => assert!(matches!(sparse.raw_os_error(), Some(1 | 50)), "{result:?}"),
    }
}
