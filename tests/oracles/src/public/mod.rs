//! The public names of `iocp` as plain text: one line each, with its signature, so that a change of
//! them is read as a diff.
//!
//! Read with `syn` from the source, as a 64-bit Windows program sees it: that needs no Windows, no
//! nightly compiler, and says the same whatever the compiler's version, as rustdoc's own JSON would
//! not. The drawbacks: macros are not expanded (the lines that the crate gives to its own two are
//! listed instead), and `Send` and `Sync` of a type are not in it (`tests/tests/auto_traits.rs`). A form
//! that is not known here is an error: nothing is left out in silence.

mod definition;
mod lines;
mod names;
mod tree;

use std::path::Path;

use anyhow::Result;

/// The text of `tests/api/iocp.txt`, from the `src` folder of the crate.
///
/// # Errors
///
/// The source cannot be read, or holds a form that is not known.
pub fn text(src: &Path) -> Result<String> {
    let tree = tree::read(src)?;
    let names = names::Names::new(&tree);
    lines::text(&tree, &names)
}
