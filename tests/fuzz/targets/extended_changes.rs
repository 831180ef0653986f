//! Records of changes in a directory, as `ReadDirectoryChangesExW` writes them.
#![no_main]

mod check_changes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check_changes::check(bytes, true, 84));
