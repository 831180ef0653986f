//! wrk: 200 connections at once. It counts what is no 2xx and what its sockets say, and a script
//! compares every body.

use std::fs;

use anyhow::{Context, Result};

use super::{Findings, Site};
use crate::process::{command, output};

const FILE: &str = "hello.txt";

/// Each thread of wrk has a Lua of its own: counts wrong bodies there, and adds up at the end.
const SCRIPT: &str = r#"
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init(args)
  local file = io.open(args[1], "rb")
  right = file:read("*a")
  file:close()
  compared = 0
  wrong = 0
end
function response(status, headers, body)
  compared = compared + 1
  if body ~= right then wrong = wrong + 1 end
end
function done()
  local all, bad = 0, 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("compared")
    bad = bad + thread:get("wrong")
  end
  print("Compared " .. all .. " wrong " .. bad)
end
"#;

pub(super) fn check(site: &Site, seconds: u32, findings: &mut Findings) -> Result<()> {
    let script = site.folder.with_file_name("compare.lua");
    fs::write(&script, SCRIPT)?;
    let mut wrk = command("wrk");
    wrk.args(["-t", "2", "-c", "200", "-d", &seconds.to_string(), "--timeout", "600"]);
    wrk.arg("-s").arg(&script);
    wrk.arg(site.url(FILE)).arg("--").arg(site.folder.join(FILE));
    let said = output(&mut wrk)?;
    let line = |start: &str| said.lines().map(str::trim).find(|line| line.starts_with(start));
    let rate = line("Requests/sec").context("wrk prints a rate")?;
    let total = said.lines().find(|line| line.contains(" requests in ")).unwrap_or_default();
    let count: u64 = total.split_whitespace().next().unwrap_or_default().parse().unwrap_or(0);
    let what = format!("wrk -c 200 -d {seconds}");
    findings.add(&what, count > 0, format_args!("{}; {rate}", total.trim()));
    for start in ["Socket errors", "Non-2xx"] {
        let found = line(start);
        findings.add(&format!("{what}: {start}"), found.is_none(), found.unwrap_or("none"));
    }
    let compared = line("Compared").unwrap_or("nothing was compared");
    let is_right = count > 0 && compared == format!("Compared {count} wrong 0");
    findings.add(&format!("{what}: every body"), is_right, compared);
    Ok(())
}
