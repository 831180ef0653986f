//! The head of a request, read strictly: what is doubtful is refused, never guessed at.
//!
//! Two programs that read one request differently are how requests are smuggled past a proxy. So
//! lines end with CR LF and nothing else, names have no space before the colon, folded lines are
//! refused, and a request with a body too: no file is fetched with one.

/// The longest head, in bytes; what is longer is a bad request.
pub(crate) const HEAD_MOST: usize = 8192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Head,
    /// A method that is not served here.
    Other,
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
                Some("") => {}
                Some(first) => break first,
            }
        };
        let mut request = Self::of_line(first)?;
        let mut hosts = 0;
        loop {
            let field = match line(input, &mut at)? {
                None => return Ok(None),
                Some("") => break,
                Some(field) => field,
            };
            let (name, value) = field.split_once(':').ok_or(Bad)?;
            if !is_token(name) {
                return Err(Bad);
            }
            request.field(&name.to_ascii_lowercase(), value.trim(), &mut hosts)?;
        }
        // RFC 9112, 3.2: exactly one, since HTTP/1.1.
        if hosts > 1 || hosts == 0 && !request.is_old {
            return Err(Bad);
        }
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
        if !is_token(method) || target.is_empty() {
            return Err(Bad);
        }
        let method = match method {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            _ => Method::Other,
        };
        Ok(Self { method, target: target.to_owned(), keep_alive: !is_old, is_old })
    }

    fn field(&mut self, name: &str, value: &str, hosts: &mut u32) -> Result<(), Bad> {
        let served = self.method != Method::Other;
        match name {
            "host" => *hosts += 1,
            "connection" => {
                for word in value.split(',').map(str::trim) {
                    if word.eq_ignore_ascii_case("close") {
                        self.keep_alive = false;
                    } else if word.eq_ignore_ascii_case("keep-alive") && self.is_old {
                        self.keep_alive = true;
                    }
                }
            }
            // A body: of a method that is not served it is left unread, and the connection ends.
            "content-length" if value != "0" && served => return Err(Bad),
            "transfer-encoding" if served => return Err(Bad),
            _ => {}
        }
        Ok(())
    }
}

/// The next line without its end; `None`: it is not whole yet.
fn line<'a>(input: &'a [u8], at: &mut usize) -> Result<Option<&'a str>, Bad> {
    let rest = &input[*at..];
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
    let line = rest[..end].strip_suffix(b"\r").ok_or(Bad)?;
    let is_text = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
    if !line.iter().all(is_text) {
        return Err(Bad);
    }
    *at += end + 1;
    std::str::from_utf8(line).map(Some).map_err(|_| Bad)
}

/// Whether it is what HTTP calls a token: a method, the name of a field.
fn is_token(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_part)
}
