//! How long one echo takes.

use anyhow::Result;

use super::{Asked, SERVERS};
use crate::bench::{
    pin::Pinned,
    server::{Pace, Programs, Run},
    table::Table,
};

/// What is nearer than this is a tie.
const TIE: f64 = 0.03;

/// Goal 6. Interleaved: every round runs each server once, and ratios are taken within a round, so
/// that what slows the machine for a minute slows both sides of a ratio.
pub(super) fn echo(asked: &Asked) -> Result<Table> {
    let rounds = asked.rounds;
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "echo_time",
        title: format!("one 64-byte echo, 64 connections, pinned; median of {rounds} rounds"),
        kernel: programs.kernel.clone(),
        columns: vec!["µs", "spread %", "raw ÷ it", "iocp ÷ it", "CPU µs", "CPU: iocp ÷ it"],
        ..Table::default()
    };
    let mut times = vec![Vec::new(); SERVERS.len()];
    let mut cpu = times.clone();
    let busy = busy();
    for _ in 0..rounds {
        for (index, (_, server)) in SERVERS.iter().enumerate() {
            let run = Run { connections: 64, window: 64, warm: 640, count: 6_400, ..Run::ECHO };
            let pinned = Pinned::new()?;
            let run = programs.run(&Run { server, pinned: true, ..run })?;
            drop(pinned);
            times[index].push(run.each("ns")? / 1_000.0);
            cpu[index].push(run.cpu_us);
        }
    }
    let of = |name: &str| SERVERS.iter().position(|(one, _)| *one == name).unwrap_or(0);
    for (index, (name, _)) in SERVERS.iter().enumerate() {
        let micros = median(times[index].iter().copied());
        let spread = median(times[index].iter().map(|one| (one - micros).abs())) / micros * 100.0;
        let against = |times: &[Vec<f64>], other: &str| {
            median(times[of(other)].iter().zip(&times[index]).map(|(own, it)| own / it))
        };
        let ratios = [against(&times, "raw"), against(&times, "iocp")];
        let cpu = [median(cpu[index].iter().copied()), against(&cpu, "iocp")];
        table.row(*name, [&[micros, spread][..], &ratios, &cpu].concat());
    }
    let bars = [("raw", 1.03), ("mio", 0.72), ("tokio", 0.62), ("polling", 0.88), ("compio", 1.02)];
    for (name, bar) in bars {
        table.wish(format!("iocp ÷ {name}"), table.value(name, "iocp ÷ it"), bar);
    }
    let is_tie = |name: &&str| (table.value(name, "iocp ÷ it") - 1.0).abs() < TIE;
    let ties: Vec<_> = SERVERS.iter().map(|(name, _)| *name).filter(is_tie).collect();
    let ties = ties.into_iter().filter(|name| *name != "iocp").collect::<Vec<_>>().join(", ");
    let ties = if ties.is_empty() { "none" } else { &ties };
    table.notes.extend(busy);
    table.notes.push(
        "CPU: for how long server and Wine's server ran, also right where others take the core."
            .into(),
    );
    table.notes.push(format!("Ties with iocp, less than 3 % apart: {ties}."));
    table.notes.push(
        "Spread: median distance from the median. A time under Wine is mostly Wine's own: only a \
         run on Windows says what a user will see."
            .into(),
    );
    Ok(table)
}

/// The servers of work: as the table calls them, of streams, of datagrams.
const WORK: [(&str, &str, &str); 6] = [
    ("raw", "raw", "raw"),
    ("iocp", "typed", "typed"),
    ("iocp poll", "poll", "poll-lent"),
    ("mio", "mio", "mio"),
    ("compio", "compio", "compio"),
    ("tokio", "tokio", "tokio"),
];
/// Those that are not ours begin here.
const PEERS: usize = 3;

/// Rounds of that at most: each has thirty programs to start.
const MOST_ROUNDS: u32 = 5;

/// Times of the work that people do, interleaved and pinned as [`echo`] is: each divided by raw's of the same round.
pub(super) fn work(asked: &Asked) -> Result<Table> {
    const KIB: usize = 1 << 10;
    let programs = Programs::prepare()?;
    let rounds = asked.rounds.min(MOST_ROUNDS);
    let stream = Run { bench: "stream", warm: 50, count: 500, pinned: true, ..Run::ECHO };
    let of = |size| Run { size, room: 64 * KIB, ..stream };
    let runs = [
        ("8 KiB", of(8 * KIB)),
        ("16 KiB", of(16 * KIB)),
        ("64 KiB", of(64 * KIB)),
        ("UDP busy", Run { bench: "udp", pace: Pace::Busy, warm: 20, count: 60, ..stream }),
        (SHORT, Run { size: 0, warm: 20, count: 200, ..stream }),
    ];
    let mut table = Table {
        name: "work_time",
        title: format!("time ÷ raw, pinned; median of the ratios of {rounds} rounds"),
        kernel: programs.kernel.clone(),
        columns: runs.iter().map(|(name, _)| *name).collect(),
        plots: vec![Some(1.15), Some(1.15), Some(1.15), Some(0.75), None],
        ..Table::default()
    };
    let mut times = vec![[const { Vec::new() }; 5]; WORK.len()];
    let busy = busy();
    for _ in 0..rounds {
        for (column, (_, run)) in runs.iter().enumerate() {
            for (index, (_, stream, udp)) in WORK.iter().enumerate() {
                let server = if run.bench == "udp" { udp } else { stream };
                let pinned = Pinned::new()?;
                let run = programs.run(&Run { server, ..*run })?;
                drop(pinned);
                times[index][column].push(run.each("ns")?);
            }
        }
    }
    for (index, (name, ..)) in WORK.iter().enumerate() {
        let ratio = |column: usize| {
            let pairs = times[index][column].iter().zip(&times[0][column]);
            median(pairs.map(|(it, raw)| it / raw))
        };
        table.row(*name, (0..runs.len()).map(ratio).collect());
    }
    for (column, bar) in [("8 KiB", 1.15), ("16 KiB", 1.15), ("64 KiB", 1.15), ("UDP busy", 0.75)] {
        table.wish(format!("iocp poll: {column} ÷ raw"), table.value("iocp poll", column), bar);
    }
    let peers = WORK[PEERS..].iter().map(|(name, ..)| table.value(name, SHORT));
    let best = peers.fold(f64::INFINITY, f64::min);
    table.wish("iocp poll: short ÷ the best peer", table.value("iocp poll", SHORT) / best, 1.03);
    table.notes.extend(busy);
    table.notes.push(
        "Each round runs every server once; a ratio is of two runs of one round. *UDP busy*: 60 datagrams are there \
         before the server asks; raw has a packet for each. *Short*: one connection after the other, each with \
         a message. Times are no pass or fail, and less than 3 % apart is a tie."
            .into(),
    );
    Ok(table)
}

const SHORT: &str = "short";

/// More programs that want a core than this, and times say little.
const BUSY: f64 = 0.5;

/// What a table says of its times if the machine has something else to do.
pub(super) fn busy() -> Option<String> {
    let busy = load();
    (busy > BUSY).then(|| {
        format!("The machine was busy with something else ({busy:.1} programs wanted a core): these times say little.")
    })
}

/// How many do, looked at for a second; not a number where that is not known.
fn load() -> f64 {
    const LOOKS: u32 = 20;
    let look = |_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        // The fourth field is `running/all`; we are one of those that run.
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let running = load.split(' ').nth(3).and_then(|both| both.split('/').next()?.parse().ok());
        running.map_or(f64::NAN, |running: f64| running - 1.0)
    };
    (0..LOOKS).map(look).sum::<f64>() / f64::from(LOOKS)
}

pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_or_between_the_two() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
        assert!(median(std::iter::empty()).is_nan());
    }
}
