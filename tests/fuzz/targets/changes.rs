//! Records of changes in a directory, as `ReadDirectoryChangesW` writes them.
#![no_main]

mod check_changes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check_changes::check(bytes, false, 12));
