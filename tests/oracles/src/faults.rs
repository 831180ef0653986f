//! Shows that a wrong declaration is seen: each fault of a list is put into a copy of the source, and
//! the checks that guard the real one are asked about the copy.
//!
//! A fault that nothing sees is a failure, and so is one that can no longer be put in. What saw it is
//! printed: the compiler (by the layout assertions), oracle one, oracle two, the DLLs or the crate's
//! own unit tests.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};

use crate::{
    surface::{exceptions, Oracles},
    tools::{self, TARGETS},
};

/// Kind of item, what is wrong, file, text as it is, text with the fault: the first occurrence is
/// replaced. `SWAP text` exchanges the two; `REMOVE` takes the line away, and its documentation.
type Fault = (&'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const FAULTS: &[Fault] = &[
    ("struct", "a field's type, of the same size", "winsock2/notify.rs", "pub completionKey: *mut c_void,", "pub completionKey: usize,"),
    ("struct", "a field's sign", "ws2ipdef.rs", "pub ipi_ifindex: u32,", "pub ipi_ifindex: i32,"),
    ("struct", "a HANDLE of 4 bytes at the end", "minwinbase.rs", "pub hEvent: HANDLE,", "pub hEvent: u32,"),
    ("struct", "a structure as an array of its size", "ws2ipdef.rs", "pub ipi_addr: IN_ADDR,", "pub ipi_addr: [u16; 2],"),
    ("struct", "two fields in the other order", "winnt/job.rs", "pub ReadOperationCount: u64,", "SWAP pub WriteOperationCount: u64,"),
    ("struct", "a missing field", "winnt/job.rs", "pub OtherTransferCount: u64,", "REMOVE"),
    ("struct", "a field too much", "mswsockdef.rs", "    pub Length: u32,\n", "    pub Length: u32,\n    pub More: u32,\n"),
    ("struct", "packed", "ws2def/message.rs", "#[repr(C)]\n#[derive(Debug)]\npub struct WSABUF", "#[repr(C, packed)]\npub struct WSABUF"),
    ("struct", "a wrong offset in an assertion", "winnt/job.rs", "CompletionPort: 4 | 8)", "CompletionPort: 4 | 12)"),
    ("union", "an arm's type", "minwinbase.rs", "pub Pointer: *mut c_void,", "pub Pointer: u64,"),
    ("union", "an arm's name", "winternl/types.rs", "pub Status: NTSTATUS,\n    /// ", "pub State: NTSTATUS,\n    /// "),
    ("type", "bool for BOOL", "minwindef.rs", "pub type BOOL = i32;", "pub type BOOL = bool;"),
    ("type", "SOCKET of 32 bit", "winsock2/types.rs", "pub type SOCKET = usize;", "pub type SOCKET = u32;"),
    ("type", "HANDLE as an integer", "winnt.rs", "pub type HANDLE = *mut c_void;", "pub type HANDLE = usize;"),
    ("type", "NTSTATUS without sign", "winternl/types.rs", "pub type NTSTATUS = i32;", "pub type NTSTATUS = u32;"),
    ("const", "off by one", "winbase.rs", "FILE_FLAG_OVERLAPPED: FILE_FLAGS_AND_ATTRIBUTES = 0x4000_0000;", "FILE_FLAG_OVERLAPPED: FILE_FLAGS_AND_ATTRIBUTES = 0x4000_0001;"),
    ("const", "another type", "ws2ipdef.rs", "pub const IP_PKTINFO: i32 = 19;", "pub const IP_PKTINFO: u16 = 19;"),
    ("error", "off by one", "winerror.rs", "ERROR_IO_PENDING: WIN32_ERROR = 997;", "ERROR_IO_PENDING: WIN32_ERROR = 998;"),
    ("ntstatus", "a digit", "ntstatus.rs", "STATUS_CANCELLED: NTSTATUS = 0xC000_0120_u32", "STATUS_CANCELLED: NTSTATUS = 0xC000_0121_u32"),
    ("ioctl", "a bit", "mswsock/options.rs", "SIO_BASE_HANDLE: u32 = 0x4800_0022;", "SIO_BASE_HANDLE: u32 = 0x4800_0023;"),
    ("ioctl", "a bit, in mstcpip", "mstcpip.rs", "SIO_KEEPALIVE_VALS: u32 = 0x9800_0004;", "SIO_KEEPALIVE_VALS: u32 = 0x1800_0004;"),
    ("guid", "a digit at the end", "mswsock/connect.rs", "0x06, 0x3e]", "0x06, 0x3f]"),
    ("guid", "a digit in the middle", "mswsock/connect.rs", "Data2: 0xddf3,", "Data2: 0xddf4,"),
    ("guid", "a digit where only windows-sys knows", "mswsock/rio/table.rs", "Data1: 0x8509_e081,", "Data1: 0x8509_e082,"),
    ("fnptr", "a missing parameter", "mswsock/connect.rs", "        lpdwBytesSent: *mut u32,\n", ""),
    ("fnptr", "the wrong convention", "mswsock/connect.rs", "unsafe extern \"system\" fn(", "unsafe extern \"C\" fn("),
    ("fnptr", "a result too much", "winnt.rs", "pub type PAPCFUNC = Option<unsafe extern \"system\" fn(Parameter: usize)>;", "pub type PAPCFUNC = Option<unsafe extern \"system\" fn(Parameter: usize) -> u32>;"),
    ("fnptr", "a parameter's type", "winnt.rs", "TimerOrWaitFired: BOOLEAN)>;", "TimerOrWaitFired: i32)>;"),
    ("fn", "a missing parameter", "ioapiset.rs", "        fAlertable: BOOL,\n", ""),
    ("fn", "a parameter's width", "ioapiset.rs", "        CompletionKey: usize,\n", "        CompletionKey: u32,\n"),
    ("fn", "a parameter by value that is a pointer", "ioapiset.rs", "lpOverlapped: *const OVERLAPPED) -> BOOL;", "lpOverlapped: usize) -> BOOL;"),
    ("fn", "no result", "handleapi.rs", "pub fn CloseHandle(hObject: HANDLE) -> BOOL;", "pub fn CloseHandle(hObject: HANDLE);"),
    ("fn", "the wrong convention for all", "link.rs", "        extern \"system\" {", "        extern \"C\" {"),
    ("fn", "the wrong DLL", "jobapi2.rs", "\"kernel32.dll\"", "\"ntdll.dll\""),
    ("fn", "the wrong DLL where neither oracle knows it", "ntioapi.rs", "link_late! { \"ntdll.dll\";", "link_late! { \"kernel32.dll\";"),
    ("fn", "a misspelt import", "ioapiset.rs", "pub fn CancelIoEx(", "pub fn CancelIOEx("),
    ("fn", "a misspelt import where neither oracle knows it", "ntioapi.rs", "pub fn NtSetIoCompletionEx(", "pub fn NtSetIOCompletionEx("),
    ("fn (inline)", "the other way round", "winbase.rs", "lpOverlapped.Internal as u32 != STATUS_PENDING", "lpOverlapped.Internal as u32 == STATUS_PENDING"),
    ("inline", "another field", "winsock2/notify.rs", "notification.dwNumberOfBytesTransferred\n", "notification.Internal as u32\n"),
    ("inline", "no rounding", "ws2def/control.rs", "(length + (align_of::<CMSGHDR>() - 1)) & !(align_of::<CMSGHDR>() - 1)", "length"),
    ("late", "a parameter's width", "ioringapi.rs", "        fileOffset: u64,\n", "        fileOffset: u32,\n"),
    ("late", "a structure by value that is a pointer", "ioringapi.rs", "        flags: IORING_CREATE_FLAGS,\n", "        flags: *const IORING_CREATE_FLAGS,\n"),
    ("late", "the wrong DLL behind an API set", "handleapi.rs", "\"kernelbase.dll\"", "\"kernel32.dll\""),
    ("native", "a parameter where only Wine's headers know it", "ntioapi/file.rs", "        WatchTree: BOOLEAN,\n", "        WatchTree: u32,\n"),
    ("native", "a missing parameter where only Wine's headers know it", "ntioapi/file.rs", "        Key: *const u32,\n", ""),
    ("native", "the sign of a result where only Wine's headers know it", "ntrtl.rs", "-> NTSTATUS as", "-> u32 as"),
    ("metadata", "a sum where only the newest metadata knows it", "winsock2/notify.rs", "    | SOCK_NOTIFY_TRIGGER_LEVEL\n", ""),
    ("bits", "fields around a field of bits exchanged", "winbase/comm.rs", "pub XonLim: u16,", "SWAP pub XoffLim: u16,"),
    ("bytes", "a BOOLEAN as a BOOL", "winbase/file_info.rs", "pub DeletePending: BOOLEAN,", "pub DeletePending: i32,"),
    ("class", "a class of information off by one", "minwinbase/file_info.rs", "FileIdInfo: FILE_INFO_BY_HANDLE_CLASS = 18;", "FileIdInfo: FILE_INFO_BY_HANDLE_CLASS = 19;"),
    ("array", "an array of another length", "winsock2/select.rs", "pub iErrorCode: [i32; 10],", "pub iErrorCode: [i32; 8],"),
    ("option", "the number of another system", "ws2ipdef/ip_options.rs", "IPV6_UNICAST_HOPS: i32 = 4;", "IPV6_UNICAST_HOPS: i32 = 16;"),
    ("routine", "a parameter that may be written", "ws2tcpip.rs", "lpOverlapped: *const OVERLAPPED)>;", "lpOverlapped: *mut OVERLAPPED)>;"),
];

/// Every kind that the list of the surface has: each needs a fault here.
const KINDS: [&str; 12] = [
    "const",
    "error",
    "fn",
    "fn (inline)",
    "fnptr",
    "guid",
    "inline",
    "ioctl",
    "ntstatus",
    "struct",
    "type",
    "union",
];

/// Puts each fault in, prints what saw it, and fails on one that nothing saw.
///
/// # Errors
///
/// A fault was not seen, cannot be put in, or a check cannot run.
pub fn run(dlls: Option<PathBuf>) -> Result<()> {
    if let Some(kind) = KINDS.iter().find(|kind| !FAULTS.iter().any(|fault| fault.0 == **kind)) {
        bail!("no fault of the kind `{kind}`");
    }
    let src = tools::root().join("iocp-sys/src");
    let file = tools::root().join("tests/oracles/exceptions.txt");
    let known = exceptions(&fs::read_to_string(file)?)?;
    if dlls.is_none() {
        bail!("the DLLs of Wine 10 are needed: some faults are seen nowhere else");
    }
    let oracles = Oracles::new(&src, dlls)?;
    if let Some(seen) = seen(&oracles, &src, &known)? {
        bail!("without a fault there is a difference already: {seen}");
    }
    let mut unseen = 0;
    for (kind, what, file, from, to) in FAULTS {
        let copy = tools::folder("fault")?.join("src");
        tools::copy_all(&src, &copy)?;
        put(&copy.join(file), from, to).with_context(|| format!("{kind}: {what}"))?;
        let seen = seen(&oracles, &copy, &known)?;
        unseen += usize::from(seen.is_none());
        let seen = seen.unwrap_or_else(|| "NOT SEEN".to_owned());
        let seen: String = seen.chars().take(100).collect();
        println!("{kind:<12} {what:<48} {seen}");
    }
    println!("{} faults, {unseen} not seen", FAULTS.len());
    if unseen > 0 {
        bail!("{unseen} faults were not seen");
    }
    Ok(())
}

/// The first check that says something about this source.
fn seen(oracles: &Oracles, src: &Path, known: &BTreeMap<String, String>) -> Result<Option<String>> {
    for targets in [&TARGETS[..1], &TARGETS[1..]] {
        match oracles.ask(src, targets) {
            Ok(findings) => {
                let new = findings.differences.iter().find(|line| !known.contains_key(*line));
                if let Some(new) = new {
                    return Ok(Some(new.clone()));
                }
            }
            Err(error) => {
                let text = format!("{error:#}");
                let line = text.lines().find(|line| line.contains("error")).unwrap_or(&text);
                let line = line.split_once("error").map_or(line, |(_, rest)| rest);
                return Ok(Some(format!("compiler: {}", line.trim())));
            }
        }
    }
    unit_tests(src)
}

/// The crate's own tests, built without cargo.
fn unit_tests(src: &Path) -> Result<Option<String>> {
    let program = tools::folder("unit-tests")?.join("unit-tests");
    let mut rustc = tools::command("rustc");
    rustc.args(["--test", "--edition=2021", "--cap-lints=allow", "-o"]);
    tools::success(rustc.args([&program, &src.join("lib.rs")]))?;
    let output = tools::outcome(tools::command(&program).arg("--quiet"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = text.lines().find(|line| line.starts_with("---- "));
    match (output.status.success(), failed) {
        (true, _) => Ok(None),
        (false, Some(failed)) => Ok(Some(format!("unit test: {failed}"))),
        (false, None) => bail!("the unit tests do not run: {text}"),
    }
}

fn put(file: &Path, from: &str, to: &str) -> Result<()> {
    let text = fs::read_to_string(file)?;
    // Others may follow: the first is as good a place as any.
    if !text.contains(from) {
        bail!("{} no longer has `{from}`: write the fault anew", file.display());
    }
    let faulty = if let Some(other) = to.strip_prefix("SWAP ") {
        if !text.contains(other) {
            bail!("{} no longer has `{other}`: write the fault anew", file.display());
        }
        text.replacen(from, "\0", 1).replacen(other, from, 1).replacen('\0', other, 1)
    } else if to == "REMOVE" {
        let mut lines: Vec<&str> = text.lines().collect();
        let mut at = lines.iter().position(|line| line.contains(from)).unwrap_or(0);
        lines.remove(at);
        while at > 0 && lines[at - 1].trim_start().starts_with("///") {
            at -= 1;
            lines.remove(at);
        }
        lines.join("\n")
    } else {
        text.replacen(from, to, 1)
    };
    Ok(fs::write(file, faulty)?)
}
