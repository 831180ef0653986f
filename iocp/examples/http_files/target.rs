//! From the target of a request to a file of the folder, and to no other.
//!
//! The path is decoded once and taken apart; each part has to be the plain name of a file. So
//! nothing depends on how Windows reads a path: what it could read as more than a name (a
//! backslash, a drive, a stream, a device, a name whose end it cuts off) is refused before any call.

use std::path::{Path, PathBuf};

/// Served for a path that ends with a slash.
const INDEX: &str = "index.html";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a path: the answer is 400.
    Malformed,
    /// Not the name of a file in the folder: 403.
    Forbidden,
}

/// The path of the file in `folder` that is asked for, whether it is there or not.
pub(crate) fn file_of(folder: &Path, target: &str) -> Result<PathBuf, Refusal> {
    let path = decoded(path_of(target).ok_or(Refusal::Malformed)?).ok_or(Refusal::Malformed)?;
    let mut file = folder.to_path_buf();
    let mut parts = path.split('/').skip(1).peekable();
    while let Some(part) = parts.next() {
        if part.is_empty() {
            if parts.peek().is_none() {
                file.push(INDEX);
            }
            continue;
        }
        if !is_plain_name(part) {
            return Err(Refusal::Forbidden);
        }
        file.push(part);
    }
    Ok(file)
}

/// The path without the query: `/a`, of `/a?b` or of `http://host/a?b`.
fn path_of(target: &str) -> Option<&str> {
    let path = if target.starts_with('/') {
        target
    } else {
        let scheme = target.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("http://"))?;
        let rest = &target[scheme.len()..];
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        // RFC 9110, 4.2.1: a host is not empty here.
        if !is_authority(authority.as_bytes()) || authority.is_empty() || authority.starts_with(':')
        {
            return None;
        }
        path
    };
    if !path.is_ascii() || path.contains('#') {
        return None;
    }
    path.split('?').next().map(|path| if path.is_empty() { "/" } else { path })
}

/// Whether it is a host, which may be empty, and perhaps a port (RFC 3986, 3.2.2), without a user's name.
pub(crate) fn is_authority(text: &[u8]) -> bool {
    let of_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(byte);
    let port = match text {
        [b'[', rest @ ..] => {
            let end = rest.iter().position(|byte| !of_host(byte) && *byte != b':');
            match end.map(|end| &rest[end..]) {
                Some([b']', port @ ..]) => port,
                _ => return false,
            }
        }
        _ => &text[text.iter().take_while(|byte| of_host(byte)).count()..],
    };
    match port {
        [] => true,
        [b':', number @ ..] => number.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Replaces `%xx`, once. `None`: not hexadecimal, or not UTF-8.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// Whether Windows takes it for the name of a file, and for nothing else.
///
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
fn is_plain_name(part: &str) -> bool {
    let has_meaning = |c: char| c.is_control() || r#"<>:"/\|?*"#.contains(c);
    // Windows cuts dots and spaces off the end; this is `.` and `..` too.
    !part.contains(has_meaning) && !part.ends_with(['.', ' ']) && !is_device(part)
}

/// `nul`, also as `NUL.txt`: a device in every folder.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"].contains(&stem.as_str()) {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    // The superscript digits count too.
    matches!(
        number.map(|number| number.chars().collect::<Vec<_>>()).as_deref(),
        Some(['0'..='9' | '¹' | '²' | '³'])
    )
}
