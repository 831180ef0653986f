//! The head of a request, read strictly: what is doubtful is refused, never guessed at.
//!
//! Two programs that read one request differently are how requests are smuggled past a proxy. So
//! lines end with CR LF and nothing else, names have no space before the colon, folded lines are
//! refused, and a request with a body too: no file is fetched with one.

use super::target::is_authority;

/// The longest head, in bytes; what is longer is a bad request.
pub(crate) const HEAD_MOST: usize = 8192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Head,
    /// One of HTTP's that is not served here.
    Known,
    Unknown,
}

/// What a request asks for.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// As it was sent: a path, perhaps with a query, or a whole address.
    pub(crate) target: String,
    /// Whether the connection goes on after the answer.
    pub(crate) keep_alive: bool,
    /// HTTP/1.0, whose connections end unless the answer says otherwise.
    pub(crate) is_old: bool,
}

/// What the fields say.
#[derive(Default)]
struct Fields {
    hosts: u32,
    close: bool,
    keep_alive: bool,
}

/// Not a request: the answer is 400, and the connection ends.
#[derive(Debug)]
pub(crate) struct Bad;

impl Request {
    /// Reads one head and says how many bytes it took; `None`: it is not whole yet.
    pub(crate) fn parse(input: &[u8]) -> Result<Option<(Self, usize)>, Bad> {
        let mut at = 0;
        // An empty line before a request is forgiven (RFC 9112, 2.2).
        let first = loop {
            match line(input, &mut at)? {
                None => return Ok(None),
                Some(b"") => {}
                Some(first) => break std::str::from_utf8(first).map_err(|_| Bad)?,
            }
        };
        let mut request = Self::of_line(first)?;
        let mut fields = Fields::default();
        loop {
            let field = match line(input, &mut at)? {
                None => return Ok(None),
                Some(b"") => break,
                Some(field) => field,
            };
            let colon = field.iter().position(|byte| *byte == b':').ok_or(Bad)?;
            if !is_token(&field[..colon]) {
                return Err(Bad);
            }
            let name = field[..colon].to_ascii_lowercase();
            request.field(&name, trimmed(&field[colon + 1..]), &mut fields)?;
        }
        // RFC 9112, 3.2: exactly one, since HTTP/1.1.
        if fields.hosts > 1 || fields.hosts == 0 && !request.is_old {
            return Err(Bad);
        }
        // RFC 9112, 9.3: whatever else is said, `close` counts.
        request.keep_alive = !fields.close && (!request.is_old || fields.keep_alive);
        Ok(Some((request, at)))
    }

    fn of_line(line: &str) -> Result<Self, Bad> {
        let mut words = line.split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(Bad);
        };
        let is_old = match version.strip_prefix("HTTP/1.").map(str::as_bytes) {
            Some(b"0") => true,
            Some([b'1'..=b'9']) => false,
            _ => return Err(Bad),
        };
        if !is_token(method.as_bytes()) || target.is_empty() {
            return Err(Bad);
        }
        let method = match method {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE" | "CONNECT" => Method::Known,
            _ => Method::Unknown,
        };
        Ok(Self { method, target: target.to_owned(), keep_alive: false, is_old })
    }

    fn field(&self, name: &[u8], value: &[u8], fields: &mut Fields) -> Result<(), Bad> {
        let served = matches!(self.method, Method::Get | Method::Head);
        match name {
            b"host" if is_authority(value) => fields.hosts += 1,
            b"host" => return Err(Bad),
            b"connection" => {
                for word in value.split(|byte| *byte == b',').map(trimmed) {
                    fields.close |= word.eq_ignore_ascii_case(b"close");
                    fields.keep_alive |= word.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            // A body: of a method that is not served it is left unread, and the connection ends.
            b"content-length" if value != b"0" && served => return Err(Bad),
            b"transfer-encoding" if served => return Err(Bad),
            _ => {}
        }
        Ok(())
    }
}

/// The next line without its end; `None`: it is not whole yet.
fn line<'a>(input: &'a [u8], at: &mut usize) -> Result<Option<&'a [u8]>, Bad> {
    let rest = &input[*at..];
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
    let line = rest[..end].strip_suffix(b"\r").ok_or(Bad)?;
    let is_text = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
    if !line.iter().all(is_text) {
        return Err(Bad);
    }
    *at += end + 1;
    Ok(Some(line))
}

/// Without the spaces and tabs around it: those only (RFC 9110, 5.6.3).
fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// Whether it is what HTTP calls a token: a method, the name of a field.
fn is_token(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_part)
}
