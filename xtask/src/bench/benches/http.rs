//! `examples/http_files` under wrk, beside the same server on mio and one on hyper.

use std::{fs, sync::atomic::AtomicBool, time::Duration};

use anyhow::{bail, Context, Result};

use super::{time::busy, Asked};
use crate::{
    bench::{
        server::{stderr_log, Programs},
        table::Table,
    },
    child::{Child, Fields},
    examples::windows_path,
    process::{command, output, target_dir},
    setup,
};

/// The files, by their lengths.
const FILES: [(&str, usize); 3] = [("1 KiB", 1 << 10), ("64 KiB", 64 << 10), ("4 MiB", 4 << 20)];

const SERVERS: [(&str, &str); 3] = [("iocp poll", "poll"), ("mio", "mio"), ("hyper", "hyper")];

const CONNECTIONS: &str = "200";
const SECONDS: &str = "10";

/// How long a server may take to start, and to say what it has counted.
const LIMIT: Duration = Duration::from_secs(300);

/// Requests, bytes and calls. The load has no end but its time: what a server is asked differs from run to run.
pub(super) fn files(_: &Asked) -> Result<Table> {
    if !setup::has("wrk") {
        setup::packages("what loads a server over HTTP", &["wrk"])?;
    }
    let programs = Programs::prepare()?;
    let folder = target_dir().join("bench/http");
    fs::create_dir_all(&folder)?;
    for (_, length) in FILES {
        fs::write(folder.join(length.to_string()), vec![b'x'; length])?;
    }
    let mut table = Table {
        name: "http_files",
        title: format!("files over HTTP, wrk with {CONNECTIONS} connections for {SECONDS} s, one thread that serves"),
        kernel: programs.kernel.clone(),
        columns: vec![
            "calls, 1 KiB",
            "calls, 64 KiB",
            "calls, 4 MiB",
            "requests/s, 1 KiB",
            "requests/s, 64 KiB",
            "requests/s, 4 MiB",
            "MB/s, 1 KiB",
            "MB/s, 64 KiB",
            "MB/s, 4 MiB",
        ],
        plots: vec![None; 9],
        ..Table::default()
    };
    table.notes.extend(busy());
    for (name, server) in SERVERS {
        let loaded = FILES.map(|(_, length)| {
            let mut start = programs.start_http()?;
            start.arg(server).arg(windows_path(&folder));
            start.stderr(fs::File::create(stderr_log())?);
            load(start, length).with_context(|| format!("{name}, {length} bytes"))
        });
        let loaded: Result<Vec<_>> = loaded.into_iter().collect();
        let loaded = loaded?;
        table.row(name, (0..3).flat_map(|what| loaded.iter().map(move |one| one[what])).collect());
    }
    for column in ["calls, 1 KiB", "calls, 64 KiB", "calls, 4 MiB"] {
        let [ours, least] = ["iocp poll", "mio"].map(|name| table.value(name, column));
        table.wish(format!("iocp poll ÷ mio: {column}"), ours / least, 1.0);
    }
    table.notes.push(
        "Calls per request that enter the kernel, those that open and read the file, those of the 200 connections and \
         those of the answers that the end broke off with them. `iocp poll` is the example itself; mio has its \
         connections, requests and answers; hyper its own, with files read in pieces of the same size."
            .into(),
    );
    Ok(table)
}

/// Calls per request, requests and megabytes per second.
fn load(mut start: std::process::Command, length: usize) -> Result<[f64; 3]> {
    let never = AtomicBool::new(false);
    let mut server = Child::start("a server of files", &mut start)?;
    let listening = server.wait_for("listening", LIMIT, &never)?.context("it did not listen")?;
    let url = format!("http://{}/{length}", listening.text("address"));
    let mut wrk = command("wrk");
    wrk.args(["-t", "2", "-c", CONNECTIONS, "-d", SECONDS, "--timeout", "600", &url]);
    let said = output(&mut wrk)?;
    server.close_stdin();
    let number = |line: Option<Fields>, key: &str| -> Result<f64> {
        Ok(line.and_then(|line| line.number(key)).with_context(|| format!("no {key}"))? as f64)
    };
    let requests = number(server.wait_for("done", LIMIT, &never)?, "requests")?;
    let kernel = number(server.wait_for("counted", LIMIT, &never)?, "kernel")?;
    server.end();
    let [rate, bytes] = read(&said)?;
    Ok([kernel / requests, rate, bytes])
}

/// Requests and megabytes per second, as wrk says them; an error of any answer is one here.
fn read(said: &str) -> Result<[f64; 2]> {
    let line = |start: &str| said.lines().find_map(|line| line.trim().strip_prefix(start));
    if let Some(errors) = line("Socket errors").or_else(|| line("Non-2xx")) {
        bail!("wrk found errors{errors}");
    }
    let rate = line("Requests/sec:").context("wrk prints a rate")?.trim().parse()?;
    let bytes = line("Transfer/sec:").context("wrk prints bytes")?.trim();
    let split = bytes.find(|c: char| c.is_ascii_alphabetic()).context("a unit")?;
    let (number, unit) = bytes.split_at(split);
    let scale = match unit {
        "B" => 1e-6,
        "KB" => 1024e-6,
        "MB" => 1024.0 * 1024e-6,
        "GB" => 1024.0 * 1024.0 * 1024e-6,
        other => bail!("wrk counts in `{other}`"),
    };
    Ok([rate, number.parse::<f64>()? * scale])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read_and_its_errors_fail() {
        let said = "  813 requests in 5.00s, 3.18GB read\nRequests/sec:    162.50\nTransfer/sec:      2.00KB\n";
        assert_eq!(read(said).expect("it is what wrk says"), [162.5, 0.002048]);
        for error in ["  Socket errors: connect 0, read 3", "  Non-2xx or 3xx responses: 9"] {
            assert!(read(&format!("{said}{error}\n")).is_err());
        }
        assert!(read("").is_err());
    }
}
