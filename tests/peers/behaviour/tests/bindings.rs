//! Which bindings the programs of this run use.

use std::io::Write;

/// The command that runs this reads the line, so that no run is taken for the other.
#[test]
fn the_bindings_say_whose_they_are() {
    let name = std::any::type_name::<windows_sys::Win32::System::IO::OVERLAPPED>();
    let owner = name.split("::").next().expect("a path has a first part");
    // To the stream itself: the harness would keep what `println!` writes.
    writeln!(std::io::stdout(), "\nbindings: {owner}").expect("a writable stdout");
}
