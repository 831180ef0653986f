//! What all examples do with their command lines.

#![allow(dead_code)] // reason: no example needs all of it

use std::{
    env,
    ffi::{OsStr, OsString},
    fmt::Display,
    ops::RangeInclusive,
    process::ExitCode,
    str::FromStr,
};

/// The words that were given, any text of Windows.
pub(crate) type Words = std::vec::IntoIter<OsString>;

/// The program: reads its words, and runs. `usage` is its name, and what it wants.
///
/// `--help` or `-h`, as the first word, shows the usage; what is wrong with the words ends it with 2, what goes wrong
/// later with 1, and a sentence.
pub(crate) fn main<A, E: Display>(
    usage: &str,
    parse: impl FnOnce(Words) -> Result<A, String>,
    run: impl FnOnce(A) -> Result<(), E>,
) -> ExitCode {
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    if words.first().is_some_and(|word| word == "--help" || word == "-h") {
        println!("usage: {usage}");
        return ExitCode::SUCCESS;
    }
    let name = usage.split(' ').next().unwrap_or_default();
    match parse(words.into_iter()).map(run) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(problem)) => {
            eprintln!("{name}: {problem}");
            ExitCode::FAILURE
        }
        Err(problem) => {
            eprintln!("{name}: {problem}\nusage: {usage}");
            ExitCode::from(2)
        }
    }
}

/// The value behind an option.
pub(crate) fn value<T: FromStr>(words: &mut Words, option: &str, wants: &str) -> Result<T, String> {
    value_if(words, option, wants, |_| true)
}

/// The same, a number of a range.
pub(crate) fn number<T: FromStr + PartialOrd + Display>(
    words: &mut Words,
    option: &str,
    range: RangeInclusive<T>,
) -> Result<T, String> {
    let wants = format!("{} to {}", range.start(), range.end());
    value_if(words, option, &wants, |number| range.contains(number))
}

/// The same, if it is right.
pub(crate) fn value_if<T: FromStr>(
    words: &mut Words,
    option: &str,
    wants: &str,
    is_right: impl Fn(&T) -> bool,
) -> Result<T, String> {
    let word = words.next().ok_or_else(|| format!("{option} wants {wants}"))?;
    let value = word.to_str().and_then(|text| text.parse().ok()).filter(is_right);
    value.ok_or_else(|| format!("{option} wants {wants}, not '{}'", word.to_string_lossy()))
}

/// A word that is a name: an option is none.
pub(crate) fn name(word: OsString) -> Result<OsString, String> {
    if is_option(&word) {
        return Err(not_understood(&word));
    }
    Ok(word)
}

/// Says that a word is not understood.
pub(crate) fn not_understood(word: &OsStr) -> String {
    let kind = if is_option(word) { "option" } else { "argument" };
    format!("unknown {kind} '{}'", word.to_string_lossy())
}

/// A file of such a name is `.\-name`.
fn is_option(word: &OsStr) -> bool {
    word.to_str().is_some_and(|text| text.starts_with('-'))
}
