//! The command line of both ends of a pipe.

use std::ffi::OsString;

use super::command_line::{name, not_understood, Words};

/// Reads the arguments, which pipe and whether its messages count, or says in one sentence what is wrong with them.
pub(crate) fn parse(words: Words) -> Result<(OsString, bool), String> {
    let (mut pipe, mut messages) = (None, false);
    for word in words {
        match word.to_str() {
            Some("--messages") => messages = true,
            _ if pipe.is_none() => pipe = Some(name(word)?),
            _ => return Err(not_understood(&word)),
        }
    }
    Ok((pipe.ok_or("which pipe?")?, messages))
}
