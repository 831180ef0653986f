//! Is what `iocp-sys` declares what Windows has? Three oracles are asked, and a DLL's own list.
//!
//! * Oracle one: the C headers of mingw-w64, as gcc understands them (`headers.rs`).
//! * Oracle two: windows-sys, compiled beside ours (`windows_sys.rs`).
//! * Oracle three: the C headers of Wine, as oracle one.
//! * Microsoft's newest metadata, for what windows-sys does not have (`newest.rs`).
//! * The exports of Wine 10's DLLs (`exports.rs`).
//!
//! Each answer that is not "the same" must be in `exceptions.txt` with what decides. `faults.rs`
//! shows that the checks see faults. `page/` writes what
//! differs from Microsoft's bindings. Commands: `cargo xtask surface`, `cargo xtask api`.

pub mod api;
pub mod compare;
pub mod debug_info;
pub mod exports;
#[path = "../../../xtask/src/fault.rs"]
#[allow(dead_code)] // reason: one thing notices all faults here
mod fault;
pub mod faults;
pub mod headers;
pub mod newest;
pub mod numbers;
pub mod page;
mod plain;
pub mod shape;
pub mod source;
pub mod surface;
pub mod tools;
pub mod windows_sys;
