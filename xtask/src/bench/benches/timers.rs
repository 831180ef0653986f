//! Deadlines: what one costs must not depend on how many there are.

use anyhow::Result;

use super::{Asked, CAN_STEP};
use crate::bench::{
    server::{Programs, Run},
    table::{number, Table},
};

const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
const WHAT: [&str; 4] = ["set", "change", "clear", "expire"];
const TIMES: [&str; 4] = ["set: ns", "change: ns", "clear: ns", "expire: ns"];

/// So many are set, changed, cleared or taken at a time.
const SOME: u64 = 64;

/// Goal 11: instructions, bytes and posts of a deadline.
pub(super) fn deadlines(asked: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "timers",
        title: "one deadline, by how many a port has".into(),
        kernel: programs.kernel.clone(),
        columns: [&WHAT[..], &TIMES, &["heap bytes"]].concat(),
        exact: vec!["heap bytes"],
        ..Table::default()
    };
    let mut heaps = Vec::new();
    for size in SIZES {
        let run = Run { bench: "timers", connections: size, count: SOME, ..Run::ECHO };
        let (mut steps, mut times, mut heap) = ([f64::NAN; 4], [f64::NAN; 4], f64::NAN);
        for (index, server) in WHAT.into_iter().enumerate() {
            if CAN_STEP {
                let stepped = programs.run(&Run { server, steps: true, ..run })?;
                steps[index] = stepped.total("instructions")? / SOME as f64;
            }
            // Times are not compared, and the heap is that of any of them.
            if !asked.again || index == 0 {
                let timed = programs.run(&Run { server, ..run })?;
                (times[index], heap) = (timed.each("ns")?, timed.total("live")?);
            }
        }
        heaps.push(heap);
        let row = [&steps[..], &times, &[heap / size as f64]].concat();
        table.row(format!("iocp {size}"), row);
    }
    let found = |table: &Table, column: &str| {
        exponent(&SIZES.map(|size| (size as f64, table.value(&format!("iocp {size}"), column))))
    };
    for column in WHAT.into_iter().filter(|_| CAN_STEP) {
        let grows = found(&table, column);
        table.notes.push(format!("{column}: instructions grow as n to the {}.", number(grows)));
        table.goal(format!("iocp: {column}, exponent of instructions, off 0"), grows.abs(), 0.1);
    }
    if !asked.again {
        let grow: Vec<_> = TIMES
            .map(|column| format!("{column} {}", number(found(&table, column))))
            .into_iter()
            .collect();
        table
            .notes
            .push(format!("Exponents of the times, which fail nothing: {}.", grow.join(", ")));
    }
    memory(&mut table, &heaps);
    posts(&programs, &mut table)?;
    table.notes.push(format!(
        "{SOME} at a time, the others ahead of them; times are the least of several rounds. Expire: one \
         wait that takes {SOME} packets."
    ));
    Ok(table)
}

/// Bytes of the heap for one more timer. The table of a port doubles when it is full, so that of any number
/// it may be up to half empty.
fn memory(table: &mut Table, heaps: &[f64]) {
    let slope =
        |from: usize, to: usize| (heaps[to] - heaps[from]) / (SIZES[to] - SIZES[from]) as f64;
    for (from, to) in [(1, 2), (2, 3)] {
        let text = format!("iocp: heap bytes per timer, {} to {}", SIZES[from], SIZES[to]);
        table.goal(text, slope(from, to), 2.0 * ENTRY);
    }
}

/// Bytes of one timer in a table that is full.
const ENTRY: f64 = 64.0;

/// A program of one thread tells itself nothing.
fn posts(programs: &Programs, table: &mut Table) -> Result<()> {
    let run = Run { bench: "timers", server: "posts", connections: 1_000, ..Run::ECHO };
    let posts = programs.run(&run)?;
    for (key, what) in [("later", "later"), ("next", "to be the next")] {
        table.goal(format!("iocp: posts per change, {what}, 1 thread"), posts.each(key)?, 0.0);
    }
    let first = number(posts.each("first")?);
    table.notes.push(format!(
        "In the first 5 s after the port's first timer a change to be the next posts {first} times: a wait \
         may have begun before it."
    ));
    Ok(())
}

/// The exponent of `n` that fits best, by least squares of the logarithms.
pub(super) fn exponent(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<_> = points.iter().map(|(n, cost)| (n.ln(), cost.ln())).collect();
    let count = logs.len() as f64;
    let (sum_x, sum_y) = logs.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    let (x, y) = (sum_x / count, sum_y / count);
    let (above, below) = logs.iter().fold((0.0, 0.0), |(above, below), (at, cost)| {
        (above + (at - x) * (cost - y), below + (at - x) * (at - x))
    });
    above / below
}

#[cfg(test)]
mod tests {
    use super::exponent;

    #[test]
    fn the_exponent_of_a_power_is_found() {
        for power in [0.0, 0.5, 1.0, -2.0] {
            let points = [10.0, 100.0, 5_000.0].map(|n: f64| (n, 7.0 * n.powf(power)));
            assert!((exponent(&points) - power).abs() < 1e-9, "{power}");
        }
        assert!(exponent(&[(1.0, f64::NAN), (2.0, 1.0)]).is_nan());
    }
}
