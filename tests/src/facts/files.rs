//! Files.

use std::fs;

use iocp_sys as sys;

use super::{
    kit::{
        folder::Folder,
        handle::{self, code, Nothing, Raw},
        memory::{Block, Buffer, PAGE},
        native::transfer_at,
        pipe::open,
        port::Port,
    },
    Fact,
};

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "FILE01",
        "an overlapped cached file: write and read that are done within the call",
        "pending, block SUCCESS, 4 bytes; pending, block SUCCESS, 4 bytes",
        || {
            let folder = Folder::new();
            let file = folder.file(b"", BOTH, sys::FILE_FLAG_OVERLAPPED);
            let (written, read) = (Block::new().at(0), Block::new().at(0));
            let first = handle::write(&file, b"abcd", Some(written));
            let first = format!("{first}, {}", written.end());
            let second = handle::read(&file, Buffer::new(4), Some(read));
            format!("{first}; {second}, {}", read.end())
        },
    ),
    Fact::new(
        "FILE02",
        "an overlapped cached read of 0 bytes at the end of the file",
        "pending, block SUCCESS, 0 bytes",
        || {
            let folder = Folder::new();
            let file = folder.file(b"abcd", BOTH, sys::FILE_FLAG_OVERLAPPED);
            let block = Block::new().at(4);
            let call = handle::read(&file, Buffer::new(0), Some(block));
            format!("{call}, {}", block.end())
        },
    ),
    Fact::new(
        "FILE03",
        "an overlapped cached read at the end of the file",
        "pending; block END_OF_FILE, 0 bytes",
        || {
            let folder = Folder::new();
            let file = folder.file(b"abcd", BOTH, sys::FILE_FLAG_OVERLAPPED);
            let block = Block::new().at(4);
            let call = handle::read(&file, Buffer::new(4), Some(block));
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new(
        "FILE04",
        "an overlapped handle: ReadFile without a block; natively without an offset",
        "error 87; INVALID_PARAMETER, block untouched",
        || {
            let folder = Folder::new();
            let file = folder.file(b"abcd", BOTH, sys::FILE_FLAG_OVERLAPPED);
            let block = Block::new();
            let read = handle::read(&file, Buffer::new(4), None);
            format!("{read}; {}, {block}", transfer_at(&file, false, None, block))
        },
    ),
    Fact::new(
        "FILE05",
        "an overlapped handle: write at -2; read at -1; read at -2",
        "INVALID_PARAMETER; INVALID_PARAMETER; INVALID_PARAMETER",
        || {
            let folder = Folder::new();
            let file = folder.file(b"abcd", BOTH, sys::FILE_FLAG_OVERLAPPED);
            let at = |writes, offset| transfer_at(&file, writes, Some(offset), Block::new());
            format!("{}; {}; {}", at(true, -2), at(false, -1), at(false, -2))
        },
    ),
    Fact::new(
        "FILE06",
        "a synchronous handle: write at -1, then at -2",
        "SUCCESS, SUCCESS; the file has 12 bytes",
        || {
            let folder = Folder::new();
            let file = folder.file(b"abcd", BOTH, 0);
            let first = transfer_at(&file, true, Some(-1), Block::new());
            let second = transfer_at(&file, true, Some(-2), Block::new());
            let len = fs::metadata(folder.path("file")).unwrap().len();
            format!("{first}, {second}; the file has {len} bytes")
        },
    ),
    Fact::new(
        "FILE08",
        "a synchronous handle at the end: with a block, without",
        "error 38; done, 0 bytes",
        || {
            let folder = Folder::new();
            let file = folder.file(b"abcd", BOTH, 0);
            let with = handle::read(&file, Buffer::new(4), Some(Block::new().at(4)));
            handle::read(&file, Buffer::new(4), Some(Block::new().at(0)));
            format!("{with}; {}", handle::read(&file, Buffer::new(4), None))
        },
    ),
    Fact::new("FILE09", "the right to append only, a write at 0", "abcde", || {
        let folder = Folder::new();
        let file = folder.file(b"abcd", sys::FILE_APPEND_DATA | sys::SYNCHRONIZE, 0);
        handle::write(&file, b"e", Some(Block::new().at(0)));
        drop(file);
        fs::read_to_string(folder.path("file")).unwrap()
    }),
    Fact::new("FILE11", "ReadFile on no handle", "error 6, count 0", || {
        let read = handle::read(&Nothing, Buffer::new(4), Some(Block::new()));
        format!("{read}, count {}", read.count)
    }),
    Fact::new(
        "FILE12",
        "an overlapped read without buffering",
        "pending; block SUCCESS, 4096 bytes",
        || {
            let folder = Folder::new();
            let file = folder.file(&[1; PAGE], BOTH, UNBUFFERED);
            let block = Block::new().at(0);
            let call = handle::read(&file, Buffer::pages(PAGE), Some(block));
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new(
        "FILE13",
        "ReadFileScatter of two pages, of a file of one and a half",
        "pending; packet SUCCESS, 6144 bytes",
        || {
            let folder = Folder::new();
            let file = folder.file(&[1; PAGE + PAGE / 2], BOTH, UNBUFFERED);
            let (port, block) = (Port::of(&file), Block::new().at(0));
            let call = scatter(&file, Buffer::pages(2 * PAGE), block);
            format!("{call}; {}", port.packet(block))
        },
    ),
    Fact::new(
        "FILE14",
        "ReadFileScatter of a page in skip mode",
        "pending; packet SUCCESS, 4096 bytes",
        || {
            let folder = Folder::new();
            let file = folder.file(&[1; PAGE], BOTH, UNBUFFERED);
            let (port, block) = (Port::of(&file), Block::new().at(0));
            assert_eq!(handle::set_modes(&file, 1), 0, "SetFileCompletionNotificationModes");
            let call = scatter(&file, Buffer::pages(PAGE), block);
            format!("{call}; {}", port.packet(block))
        },
    ),
    Fact::new("FILE15", "ReadFileScatter on a synchronous handle", "error 87", || {
        let folder = Folder::new();
        let file = folder.file(&[1; PAGE], BOTH, sys::FILE_FLAG_NO_BUFFERING);
        scatter(&file, Buffer::pages(PAGE), Block::new().at(0))
    }),
    Fact::new(
        "SKIP15",
        "an overlapped disk file in skip mode: cached write; unbuffered read",
        "pending, packet SUCCESS, 4 bytes; pending, packet SUCCESS, 4096 bytes",
        || {
            let folder = Folder::new();
            let cached = folder.file(b"", BOTH, sys::FILE_FLAG_OVERLAPPED);
            let (port, block) = (Port::of(&cached), Block::new().at(0));
            assert_eq!(handle::set_modes(&cached, 1), 0, "SetFileCompletionNotificationModes");
            let call = handle::write(&cached, b"abcd", Some(block));
            let written = format!("{call}, {}", port.packet(block));
            drop(cached);
            let direct = folder.file(&[1; PAGE], BOTH, UNBUFFERED);
            let (port, block) = (Port::of(&direct), Block::new().at(0));
            assert_eq!(handle::set_modes(&direct, 1), 0, "SetFileCompletionNotificationModes");
            let call = handle::read(&direct, Buffer::pages(PAGE), Some(block));
            format!("{written}; {call}, {}", port.packet(block))
        },
    ),
    Fact::new("FILE17", "marked for deletion, two handles open: open it again", "5", || {
        let folder = Folder::new();
        let file = folder.file(b"abcd", BOTH | sys::DELETE, 0);
        let path = folder.path("file");
        let path = path.to_str().unwrap();
        let _other = open(path, sys::GENERIC_READ, 0).unwrap();
        let info = sys::FILE_DISPOSITION_INFO { DeleteFile: 1 };
        // SAFETY:
        // * an open file; a structure of this class, read during the call.
        let ok = unsafe {
            let start = std::ptr::from_ref(&info).cast();
            sys::SetFileInformationByHandle(file.raw(), sys::FileDispositionInfo, start, 1)
        };
        assert_eq!(code(ok), 0, "SetFileInformationByHandle");
        open(path, sys::GENERIC_READ, 0).err().unwrap_or(0).to_string()
    })
    .wine("0"),
];

/// Rights to read and to write.
const BOTH: u32 = sys::GENERIC_READ | sys::GENERIC_WRITE;
const UNBUFFERED: u32 = sys::FILE_FLAG_OVERLAPPED | sys::FILE_FLAG_NO_BUFFERING;

/// `ReadFileScatter` into these pages.
fn scatter(file: &impl Raw, pages: Buffer, block: &'static Block) -> String {
    let segment = |page| sys::FILE_SEGMENT_ELEMENT {
        Alignment: pages.ptr().wrapping_add(page * PAGE) as u64,
    };
    let count = pages.len() as usize / PAGE;
    let mut segments: Vec<_> = (0..count).map(segment).collect();
    segments.push(sys::FILE_SEGMENT_ELEMENT { Alignment: 0 });
    let segments = segments.leak();
    // SAFETY:
    // * an open file; as many pages as the length asks for, then a zero; pages, list and block are leaked.
    let ok = unsafe {
        let (len, block) = (pages.len(), block.overlapped());
        sys::ReadFileScatter(file.raw(), segments.as_ptr(), len, std::ptr::null(), block)
    };
    match code(ok) {
        0 => "done".to_owned(),
        sys::ERROR_IO_PENDING => "pending".to_owned(),
        code => format!("error {code}"),
    }
}
