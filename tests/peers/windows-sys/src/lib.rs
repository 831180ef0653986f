//! Stands in for windows-sys, so that a published crate is built on iocp-sys without being changed.
//!
//! It has windows-sys's name, version and paths, and only the items that the peers use. Each comes
//! from iocp-sys, except those of [`passed`], which iocp-sys leaves out on purpose. The few that
//! the two crates spell differently are made from iocp-sys's own in [`differs`].
//!
//! The drawback: a peer's new version may use an item that is not listed here. The compiler then
//! names it, and it goes into its module, or, if iocp-sys lacks it, into [`passed`].
//! `cargo xtask peers` fails when an item stands in [`passed`] that iocp-sys has.
#![no_std]
// reason: paths and names are windows-sys's.
#![allow(non_snake_case, clippy::upper_case_acronyms)]

mod differs;
mod passed;

pub mod core;

/// The interface of drivers.
pub mod Wdk {
    pub mod Foundation;
    pub mod Storage {
        pub mod FileSystem;
    }
    pub mod System {
        pub mod IO;
    }
}

/// The interface of programs.
pub mod Win32 {
    pub mod Foundation;
    pub mod Networking {
        pub mod WinSock;
    }
    pub mod Security;
    pub mod Storage {
        pub mod FileSystem;
    }
    pub mod System {
        pub mod Console;
        pub mod Diagnostics {
            pub mod Debug;
        }
        pub mod IO;
        pub mod LibraryLoader;
        pub mod Pipes;
        pub mod SystemServices;
        pub mod Threading;
        pub mod WindowsProgramming;
    }
}
