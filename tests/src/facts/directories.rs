//! Watching directories.

use std::{fs, os::windows::io::OwnedHandle};

use iocp_sys as sys;

use super::{
    kit::{
        folder::Folder,
        handle::{self, code, event, Raw},
        memory::{Block, Buffer},
        native,
    },
    Fact,
};

pub(super) const FACTS: &[Fact] = &[
    Fact::new("DIR01", "a filter of 0", "87", || {
        let folder = Folder::new();
        let handle = folder.open();
        watch(&handle, Buffer::new(512), 0, false, Block::new()).to_string()
    }),
    Fact::new(
        "DIR02",
        "an accepted call: its block, its event, which was set",
        "0; block PENDING, count untouched; not set",
        || {
            let (folder, event) = (Folder::new(), event());
            let handle = folder.open();
            handle::set(&event);
            let block = Block::with_event(event.raw());
            let call = watch(&handle, Buffer::new(512), NAMES, false, block);
            format!("{call}; {block}; {}", handle::state(&event))
        },
    ),
    Fact::new("DIR03", "a directory hoo is made", "block SUCCESS, 18 bytes: 1 hoo", || {
        let folder = Folder::new();
        let (handle, block, buffer) = (folder.open(), Block::new(), Buffer::new(512));
        watch(&handle, buffer, NAMES, false, block);
        fs::create_dir(folder.path("hoo")).unwrap();
        format!("{}: {}", block.end(), records(buffer))
    }),
    Fact::new(
        "DIR04",
        "a later call with the filter of sizes; a directory is removed",
        "block SUCCESS, 18 bytes: 2 hoo",
        || {
            let folder = Folder::new();
            let (handle, first) = (folder.open(), Block::new());
            watch(&handle, Buffer::new(512), NAMES, false, first);
            fs::create_dir(folder.path("hoo")).unwrap();
            first.end();
            let (block, buffer) = (Block::new(), Buffer::new(512));
            watch(&handle, buffer, sys::FILE_NOTIFY_CHANGE_SIZE, false, block);
            fs::remove_dir(folder.path("hoo")).unwrap();
            format!("{}: {}", block.end(), records(buffer))
        },
    ),
    Fact::new(
        "DIR05",
        "a later call without the subtree; a directory is made below",
        "SUCCESS: 1 hoo\\bar",
        || {
            let folder = Folder::new();
            let (handle, first) = (folder.open(), Block::new());
            watch(&handle, Buffer::new(512), NAMES, true, first);
            fs::create_dir(folder.path("hoo")).unwrap();
            first.end();
            let (block, buffer) = (Block::new(), Buffer::new(512));
            watch(&handle, buffer, NAMES, false, block);
            fs::create_dir(folder.path("hoo\\bar")).unwrap();
            block.end();
            format!("{}: {}", block.status(), records(buffer))
        },
    ),
    Fact::new(
        "DIR06",
        "room for 16 bytes; a directory hoo is made",
        "block NOTIFY_ENUM_DIR, 0 bytes",
        || {
            let folder = Folder::new();
            let (handle, block) = (folder.open(), Block::new());
            watch(&handle, Buffer::new(16), NAMES, false, block);
            fs::create_dir(folder.path("hoo")).unwrap();
            block.end()
        },
    ),
    Fact::new(
        "DIR07",
        "a first call without a buffer, a later one with one",
        "block NOTIFY_ENUM_DIR, 0 bytes; block NOTIFY_ENUM_DIR, 0 bytes",
        || {
            let folder = Folder::new();
            let (handle, first, second) = (folder.open(), Block::new(), Block::new());
            watch(&handle, Buffer::new(0), NAMES, false, first);
            fs::create_dir(folder.path("hoo")).unwrap();
            let end = first.end();
            watch(&handle, Buffer::new(512), NAMES, false, second);
            fs::remove_dir(folder.path("hoo")).unwrap();
            format!("{end}; {}", second.end())
        },
    ),
    Fact::new(
        "DIR11",
        "a directory is made and removed between two calls: the later answers",
        "1 hoo, 2 hoo",
        || {
            let folder = Folder::new();
            let (handle, first) = (folder.open(), Block::new());
            watch(&handle, Buffer::new(512), NAMES, false, first);
            fs::create_dir(folder.path("a")).unwrap();
            first.end();
            fs::create_dir(folder.path("hoo")).unwrap();
            fs::remove_dir(folder.path("hoo")).unwrap();
            let mut all = Vec::new();
            // In one answer or in two.
            while all.iter().map(|records: &String| records.matches("hoo").count()).sum::<usize>()
                < 2
            {
                let (block, buffer) = (Block::new(), Buffer::new(512));
                watch(&handle, buffer, NAMES, false, block);
                block.end();
                all.push(records(buffer));
            }
            all.join(", ")
        },
    ),
    Fact::new(
        "DIR12",
        "two calls pending, NtCancelIoFile",
        "SUCCESS; block CANCELLED, 0 bytes; block CANCELLED, 0 bytes",
        || {
            let folder = Folder::new();
            let (handle, first, second) = (folder.open(), Block::new(), Block::new());
            watch(&handle, Buffer::new(512), NAMES, false, first);
            watch(&handle, Buffer::new(512), NAMES, false, second);
            let (status, _) = native::cancel_thread(handle.raw());
            format!("{status}; {}; {}", first.end(), second.end())
        },
    ),
];

/// The filter of names.
const NAMES: u32 = sys::FILE_NOTIFY_CHANGE_FILE_NAME | sys::FILE_NOTIFY_CHANGE_DIR_NAME;

/// `ReadDirectoryChangesW`: 0, or its code.
fn watch(
    folder: &OwnedHandle,
    buffer: Buffer,
    filter: u32,
    subtree: bool,
    block: &'static Block,
) -> u32 {
    let start = if buffer.len() == 0 { std::ptr::null_mut() } else { buffer.ptr().cast() };
    // SAFETY:
    // * an open directory; buffer and block are never freed; no count and no routine.
    code(unsafe {
        sys::ReadDirectoryChangesW(
            folder.raw(),
            start,
            buffer.len(),
            i32::from(subtree),
            filter,
            std::ptr::null_mut(),
            block.overlapped(),
            None,
        )
    })
}

/// The records of an answer: each its action and its name, except those of the watched directory's own entries
/// that are merely modified.
fn records(buffer: Buffer) -> String {
    let bytes = buffer.bytes();
    let number = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
    let (mut all, mut at) = (Vec::new(), 0);
    loop {
        let (next, action, len) = (number(at), number(at + 4), number(at + 8) as usize);
        let name = bytes[at + 12..at + 12 + len].chunks_exact(2);
        let name: Vec<_> = name.map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect();
        if action != sys::FILE_ACTION_MODIFIED {
            all.push(format!("{action} {}", String::from_utf16_lossy(&name)));
        }
        if next == 0 {
            return all.join(", ");
        }
        at += next as usize;
    }
}
