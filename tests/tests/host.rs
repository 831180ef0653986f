//! What a run without a Windows kernel does not show.
#![cfg(not(windows))]

use iocp_tests::{kernel, not_here, Kernel};

#[test]
fn a_host_without_a_windows_kernel_says_what_did_not_run() {
    assert_eq!(kernel(), Kernel::Host);
    not_here("ports, sockets, cancelling, dropping, closing and forged packets: no Windows kernel");
}

#[test]
fn a_plain_run_says_which_oracles_it_did_not_ask() {
    not_here("iocp-sys against C headers, windows-sys and DLLs: cargo xtask surface asks them");
    not_here("published event loops on iocp-sys: cargo xtask peers runs them");
}
