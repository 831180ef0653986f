//! Files: read and write at an offset.

#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    fs::{File, OpenOptions},
    os::windows::{fs::OpenOptionsExt, io::AsRawHandle},
    path::PathBuf,
    ptr::{null, null_mut},
};

use iocp::{Completed, CompletionPort, Error, Submitted};
use iocp_sys::{DeviceIoControl, FILE_FLAG_OVERLAPPED};
use iocp_tests::{raw::opened_again, waiting::wait_for};

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
