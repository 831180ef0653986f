//! Each function that `iocp-sys` imports is looked up as the loader of this system does it.
//!
//! Wine starts a program whose import does not exist, and ends it only when it is called: that a test
//! program runs proves nothing about the imports that it does not call.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{collections::BTreeSet, ffi::CString};

use iocp_sys::{GetProcAddress, HMODULE};
use iocp_tests::{kernel, not_here, Kernel};

#[link(name = "kernel32")]
extern "system" {
    fn LoadLibraryW(lpLibFileName: *const u16) -> HMODULE;
}

/// Whether the DLL has a function of this name.
fn exists(dll: &str, name: &str) -> bool {
    let wide: Vec<u16> = dll.encode_utf16().chain([0]).collect();
    // SAFETY:
    // * the name ends with a zero; the DLLs are those of the system, which any program loads.
    let module = unsafe { LoadLibraryW(wide.as_ptr()) };
    assert!(!module.is_null(), "{dll} is not there");
    let name = CString::new(name).unwrap();
    // SAFETY:
    // * the module stays loaded, the name ends with a zero.
    unsafe { GetProcAddress(module, name.as_ptr().cast()) }.is_some()
}

/// DLL and name of each import, from the list of the public names.
fn imports() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../api/iocp-sys.txt").lines();
    let imports = lines.filter_map(|line| line.strip_prefix("fn ")).map(|line| {
        let (dll, rest) = line.split_once(' ').unwrap();
        (dll, rest.split_once('(').unwrap().0)
    });
    imports.collect()
}

// Behaviour 33b.
#[test]
fn every_import_is_found_in_the_dll_that_it_names() {
    let imports = imports();
    assert!(imports.len() >= 132, "only {} imports in the list", imports.len());
    let missing = imports.iter().filter(|(dll, name)| !exists(dll, name));
    let missing: BTreeSet<&str> = missing.map(|(_, name)| *name).collect();
    let lines = include_str!("../api/not-in-wine.txt").lines();
    let listed: BTreeSet<&str> = lines.filter_map(|l| Some(l.split_once(" since ")?.0)).collect();
    match kernel() {
        // As its headers list it, both ways: a stale line is a failure too.
        Kernel::Wine(10) => assert_eq!(missing, listed),
        Kernel::Wine(_) => {
            not_here("the whole list of imports: what this Wine lacks is not listed, only Wine 10");
        }
        // The systems that the workflow runs on have all of them.
        Kernel::Windows => assert!(missing.is_empty(), "{missing:?}"),
        Kernel::Host => unreachable!("this is a Windows program"),
    }
}

#[test]
fn a_misspelt_import_and_a_wrong_dll_are_not_found() {
    assert!(exists("kernel32.dll", "CancelIoEx"));
    assert!(!exists("kernel32.dll", "CancelIOEx"));
    assert!(!exists("ntdll.dll", "CancelIoEx"));
}
