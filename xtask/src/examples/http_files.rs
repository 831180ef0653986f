//! The check of `http_files`: curl fetches, sha256sum compares, wrk loads; what curl would not send
//! is sent raw. (`%header{}` needs curl 7.84, of 2022.)

mod load;
mod raw;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{windows_path, Example, Findings};
use crate::{
    process::{command, output, target_dir},
    setup,
};

/// Stands beside the folder that is served; no answer may contain it.
const SECRET: &str = "not to be served";

/// The files, each with its length and the name by which it is asked for.
const FILES: [(&str, usize, &str); 6] = [
    ("index.html", 300, ""),
    ("hello.txt", 1_000, "hello.txt"),
    ("empty.bin", 0, "empty.bin"),
    ("piece.bin", 32_768, "piece.bin?query=1"),
    ("large.bin", 8_000_001, "large.bin"),
    ("sub/ä b+c.txt", 70_000, "sub/%C3%A4%20b+c.txt"),
];

/// Asked for beside the folder, or for what is no file.
const REFUSED: [(&str, &str); 24] = [
    ("../secret.txt", "403"),
    ("%2e%2e/secret.txt", "403"),
    (".%2E/secret.txt", "403"),
    ("..%2fsecret.txt", "403"),
    ("..%5csecret.txt", "403"),
    (r"..\secret.txt", "403"),
    ("sub/../../secret.txt", "403"),
    ("sub/..%5C..%5Csecret.txt", "403"),
    ("./hello.txt", "403"),
    (".../secret.txt", "403"),
    ("..%20/secret.txt", "403"),
    ("%252e%252e/secret.txt", "404"),
    ("Z:/etc/hostname", "403"),
    ("c%3a/windows/win.ini", "403"),
    ("c%3a%5cwindows%5cwin.ini", "403"),
    ("%5c%5c%3f%5cZ:%5cetc%5chostname", "403"),
    ("NUL", "403"),
    ("sub/con.txt", "403"),
    ("com1.tar.gz", "403"),
    ("lpt%C2%B9", "403"),
    ("hello.txt::$DATA", "403"),
    ("hello.txt.", "403"),
    ("hello.txt%00.html", "403"),
    ("%c0%ae%c0%ae/secret.txt", "400"),
];

/// The site on the disk, and where it is served.
struct Site {
    folder: PathBuf,
    address: String,
}

impl Site {
    fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }
}

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let tools = [("curl", "what fetches over HTTP"), ("wrk", "what loads a server over HTTP")];
    for (tool, why) in tools.iter().filter(|(tool, _)| !setup::has(tool)) {
        setup::packages(why, &[tool])?;
    }
    let folder = target_dir().join("examples-http/site");
    make_site(&folder)?;
    silence(example, &folder, findings)?;
    // Nothing here may meet its end: a busy machine leaves a client waiting.
    let mut server = example.start(&[&windows_path(&folder), "--patience", "3600"])?;
    let site = Site { folder, address: server.address()?.to_string() };
    files(&site, findings)?;
    answers(&site, findings)?;
    refused(&site, findings)?;
    raw::check(&site, findings)?;
    load::check(&site, if example.load { 20 } else { 3 }, findings)?;
    let done = server.end(&[])?;
    let requests = done.number("requests").unwrap_or_default();
    findings.add("requests that the server counted", requests > 100, requests);
    findings.same("leaked operations", &done.number("leaked"), &Some(0));
    Ok(())
}

/// The patience of a server of its own ends.
fn silence(example: &Example<'_>, folder: &Path, findings: &mut Findings) -> Result<()> {
    let mut server = example.start(&[&windows_path(folder), "--patience", "1"])?;
    let site = Site { folder: folder.to_owned(), address: server.address()?.to_string() };
    raw::silence(&site, findings)?;
    server.end(&[]).map(drop)
}

/// Bytes that repeat only after a while, other ones in each file.
fn make_site(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("sub"))?;
    fs::write(folder.with_file_name("secret.txt"), SECRET)?;
    for (seed, (name, length, _)) in (1_u64..).zip(FILES) {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        let bytes: Vec<u8> = (0..length).map(|_| next()).collect();
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

/// curl's arguments: silent, the path as it is written, no longer than ten minutes.
fn curl(arguments: &[&str]) -> Result<String> {
    let mut curl = command("curl");
    curl.args(["-sS", "--path-as-is", "--globoff", "--noproxy", "*", "--max-time", "600"]);
    output(curl.args(arguments))
}

/// Every file, byte for byte, by a program that knows nothing of either end.
fn files(site: &Site, findings: &mut Findings) -> Result<()> {
    let fetched = site.folder.with_file_name("fetched");
    for (name, length, asked) in FILES {
        // Slower than the disk, so that the server has to wait for room.
        let slow: &[&str] =
            if length > 1_000_000 { &["--limit-rate", "8M"] } else { &["--limit-rate", "0"] };
        let shown = "%{http_code} %{size_download} %header{content-length}";
        let to = fetched.to_string_lossy();
        let url = site.url(asked);
        let said = curl(&[slow, &["-o", &to, "-w", shown, &url]].concat())?;
        findings.same(name, &said, &format!("200 {length} {length}"));
        if length == 0 {
            // curl writes no file for no bytes.
            continue;
        }
        let sums = output(command("sha256sum").arg(&fetched).arg(site.folder.join(name)))?;
        let mut sums = sums.lines().filter_map(|line| line.split_whitespace().next());
        let (got, right) = (sums.next().context("sha256sum")?, sums.next().context("sha256sum")?);
        let short = &got[..got.len().min(16)];
        findings.add(&format!("sha256 of {name}, fetched and there"), got == right, short);
    }
    Ok(())
}

/// One connection for two requests; HEAD; what is not there; other methods; the date.
fn answers(site: &Site, findings: &mut Findings) -> Result<()> {
    let (hello, missing) = (site.url("hello.txt"), site.url("missing.txt"));
    let null = "/dev/null";
    let both = ["-o", null, "-o", null, "-w", "%{num_connects}:%{http_code} "];
    let said = curl(&[&both[..], &[&hello, &missing]].concat())?;
    findings.same("connections made by 2 requests", &said.trim(), &"1:200 0:404");
    let said = curl(&["-0", "-o", null, "-w", "%{http_code} %header{connection}", &hello])?;
    findings.same("HTTP/1.0", &said.as_str(), &"200 close");
    let said = curl(&["-I", "-o", null, "-w", "%{http_code} %header{content-length}", &hello])?;
    findings.same("HEAD", &said.as_str(), &"200 1000");
    for (path, right) in [("sub", "404"), ("sub/", "404"), ("hello.txt/", "404")] {
        let said = curl(&["-o", null, "-w", "%{http_code}", &site.url(path)])?;
        findings.same(&format!("/{path}"), &said.as_str(), &right);
    }
    let post = ["-d", "a=b", "-o", null, "-w", "%{http_code} %header{allow}", &hello];
    findings.same("POST", &curl(&post)?.as_str(), &"405 GET, HEAD");
    let posted = ["-X", "GET", "-d", "a=b", "-o", null, "-w", "%{http_code}", &hello];
    findings.same("GET with a body", &curl(&posted)?.as_str(), &"400");
    let date = || {
        let mut date = command("date");
        output(date.args(["-u", "+%a, %d %b %Y %H:%M:%S GMT"]).env("LC_ALL", "C"))
    };
    let before = date()?;
    let said = curl(&["-o", null, "-w", "%header{date}", &hello])?;
    let after = date()?;
    // To the hour, unless that has just changed.
    let hour = |text: &str| text.get(..19).unwrap_or(text).to_owned();
    let is_now = [&before, &after].iter().any(|now| hour(now) == hour(&said));
    findings.add("Date, beside date(1)", is_now && said.len() == before.trim().len(), said);
    Ok(())
}

/// What lies beside the folder stays there.
fn refused(site: &Site, findings: &mut Findings) -> Result<()> {
    for (path, right) in REFUSED {
        let said = curl(&["-w", " %{http_code}", &site.url(path)])?;
        let (body, code) = said.rsplit_once(' ').context("curl prints the code")?;
        let is_right = code == right && !body.contains(SECRET);
        findings.add(&format!("/{path}"), is_right, code);
    }
    Ok(())
}
