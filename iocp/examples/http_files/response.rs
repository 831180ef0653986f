//! The answer: a head, and the file that is its body.

use std::{
    ffi::OsStr,
    fmt::Write,
    fs::File,
    io::{self, ErrorKind},
    path::Path,
};

use super::{
    date::Date,
    request::{Method, Request},
    target::{file_of, Refusal},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(u16, &'static str);

impl Status {
    const OK: Self = Self(200, "OK");
    const BAD_REQUEST: Self = Self(400, "Bad Request");
    const FORBIDDEN: Self = Self(403, "Forbidden");
    const NOT_FOUND: Self = Self(404, "Not Found");
    const NOT_ALLOWED: Self = Self(405, "Method Not Allowed");
    const NOT_IMPLEMENTED: Self = Self(501, "Not Implemented");
    const UNAVAILABLE: Self = Self(503, "Service Unavailable");
}

/// What is sent for one request.
#[derive(Debug)]
pub(crate) struct Response {
    /// The head, and the body if it is a short text.
    pub(crate) text: String,
    /// The file that follows, and its length in bytes.
    pub(crate) file: Option<(File, u64)>,
    /// Whether the connection goes on.
    pub(crate) keep_alive: bool,
}

impl Response {
    /// To something that is no request. Where the next one would begin is not known: it is the last.
    pub(crate) fn bad() -> Self {
        Self::short(Status::BAD_REQUEST, None)
    }

    /// Opens the file that is asked for.
    pub(crate) fn to(request: &Request, folder: &Path) -> Self {
        match request.method {
            Method::Get | Method::Head => {}
            Method::Known => return Self::short(Status::NOT_ALLOWED, None),
            Method::Unknown => return Self::short(Status::NOT_IMPLEMENTED, None),
        }
        let path = match file_of(folder, &request.target) {
            Ok(path) => path,
            Err(Refusal::Malformed) => return Self::bad(),
            Err(Refusal::Forbidden) => return Self::short(Status::FORBIDDEN, Some(request)),
        };
        let (file, length) = match open(&path) {
            Ok(opened) => opened,
            Err(error) => {
                // ERROR_TOO_MANY_OPEN_FILES, NOT_ENOUGH_MEMORY, OUTOFMEMORY, NO_SYSTEM_RESOURCES: the
                // server's trouble. All else is a name without a file.
                let ours = matches!(error.raw_os_error(), Some(4 | 8 | 14 | 1450));
                let status = if ours { Status::UNAVAILABLE } else { Status::NOT_FOUND };
                return Self::short(status, Some(request));
            }
        };
        let mut text = head(Status::OK, kind_of(&path), length);
        end_head(&mut text, Some(request));
        let file = (request.method == Method::Get).then_some((file, length));
        Self { text, file, keep_alive: request.keep_alive }
    }

    /// An answer whose body is its status. Without a request it is the last of the connection.
    fn short(status: Status, request: Option<&Request>) -> Self {
        let body = format!("{} {}\n", status.0, status.1);
        let mut text = head(status, "text/plain; charset=utf-8", body.len() as u64);
        if status == Status::NOT_ALLOWED {
            text.push_str("Allow: GET, HEAD\r\n");
        }
        end_head(&mut text, request);
        if !request.is_some_and(|request| request.method == Method::Head) {
            text.push_str(&body);
        }
        Self { text, file: None, keep_alive: request.is_some_and(|request| request.keep_alive) }
    }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    match about.is_file() {
        true => Ok((file, about.len())),
        false => Err(ErrorKind::NotFound.into()),
    }
}

fn head(status: Status, kind: &str, length: u64) -> String {
    let mut text = String::with_capacity(256);
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         X-Content-Type-Options: nosniff\r\n",
        status.0,
        status.1,
        Date::now()
    );
    text
}

fn end_head(text: &mut String, request: Option<&Request>) {
    text.push_str(match request {
        Some(request) if request.keep_alive && request.is_old => "Connection: keep-alive\r\n\r\n",
        Some(request) if request.keep_alive => "\r\n",
        _ => "Connection: close\r\n\r\n",
    });
}

fn kind_of(path: &Path) -> &'static str {
    let end = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}
