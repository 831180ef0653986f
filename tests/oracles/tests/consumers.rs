//! Those who depend on `iocp-sys`: in another edition, without unsafe code of their own, inside a C
//! program. Compiled by rustc and gcc alone, as a user's build does.

#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{fs, io::Write, path::Path};

use iocp_oracles::tools::{self, compile_ours, has, outcome, success, TARGETS};

/// Compiles this text for 64-bit Windows against `iocp-sys`; returns what rustc says, if it refuses.
fn consumer(name: &str, edition: &str, text: &str) -> Option<String> {
    let folder = tools::folder(name).unwrap();
    let ours = compile_ours(&tools::root().join("iocp-sys/src"), TARGETS[0], &folder).unwrap();
    let source = folder.join("consumer.rs");
    fs::write(&source, text).unwrap();
    let mut rustc = tools::rustc(TARGETS[0].triple, &[("iocp_sys", &ours)]);
    rustc.args(["--edition", edition, "--emit=metadata", "-Dwarnings", "-o"]);
    let output = outcome(rustc.args([&folder.join("consumer.rmeta"), &source])).unwrap();
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Uses types, constants and inline functions, and calls nothing of the system.
const WITHOUT_UNSAFE: &str = "#![no_std]\n#![forbid(unsafe_code)]\nuse iocp_sys::*;\n\
    pub fn done(entry: &OVERLAPPED_ENTRY) -> u32 { SocketNotificationRetrieveEvents(entry) }\n\
    pub fn id() -> GUID { WSAID_ACCEPTEX }\n\
    pub fn empty() -> (OVERLAPPED, WSABUF, DCB) { Default::default() }\n\
    pub const FLAGS: u32 = FILE_FLAG_OVERLAPPED | FILE_ATTRIBUTE_NORMAL;\n";

#[test]
fn consumers_of_each_edition_need_no_unsafe_code_for_types_and_constants() {
    for edition in ["2018", "2021", "2024"] {
        assert_eq!(consumer(&format!("edition-{edition}"), edition, WITHOUT_UNSAFE), None);
    }
}

#[test]
fn consumers_of_edition_2024_call_in_unsafe_blocks() {
    // The word is put in below: here it is text of a program, not code.
    let call = "#![no_std]\nuse iocp_sys::*;\npub @ fn close(handle: HANDLE) -> BOOL {\n    \
        @ { CloseHandle(handle) }\n}\n";
    let call = call.replace('@', "unsafe");
    assert_eq!(consumer("call", "2024", &call), None);
    let block = ["unsafe", " { CloseHandle(handle) }"].concat();
    let bare = call.replace(&block, "CloseHandle(handle)");
    assert!(consumer("bare", "2024", &bare).unwrap().contains("unsafe"));
    let forbidden = format!("#![forbid(unsafe_code)]\n{call}");
    assert!(consumer("forbidden", "2024", &forbidden).unwrap().contains("unsafe"));
}

#[test]
fn the_example_without_std_links_into_a_c_program() {
    const TARGET: &str = "x86_64-pc-windows-gnu";
    if !has("x86_64-w64-mingw32-gcc") {
        // Past the harness, which keeps what a passed test prints.
        let reason = "the C compiler of mingw-w64, which `cargo xtask surface` installs";
        writeln!(std::io::stdout(), "not here: {reason}").unwrap();
        return;
    }
    let folder = tools::folder("from-c").unwrap();
    let example = tools::root().join("iocp-sys/examples/from_c");
    let rustc = |out: &Path, source: &Path| {
        let mut rustc = tools::command("rustc");
        rustc.args(["--edition=2021", "-Cpanic=abort", "-O", "--target", TARGET]);
        rustc.arg("-o").args([out, source]);
        rustc
    };
    let (ours, archive) = (folder.join("libiocp_sys.rlib"), folder.join("libfrom_c.a"));
    let mut library = rustc(&ours, &tools::root().join("iocp-sys/src/lib.rs"));
    library.args(["--crate-type=rlib", "--crate-name=iocp_sys", "--cap-lints=allow"]);
    success(&mut library).unwrap();
    let mut user = rustc(&archive, &example.join("lib.rs"));
    user.args(["--crate-type=staticlib", "--extern", &format!("iocp_sys={}", ours.display())]);
    success(&mut user).unwrap();
    let program = folder.join("program.exe");
    let mut link = tools::command("x86_64-w64-mingw32-gcc");
    link.args([&example.join("main.c"), &archive]).arg("-o").arg(&program);
    success(&mut link).unwrap();
    let bytes = fs::read(program).unwrap();
    let imports = |name: &[u8]| bytes.windows(name.len()).any(|found| found == name);
    assert!(imports(b"GetQueuedCompletionStatusEx") && !imports(b"NtReadFile"));
}
