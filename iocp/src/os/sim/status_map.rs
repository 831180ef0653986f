//! Each status that Windows has, with its numbers: `tests/status-map.tsv`, which is not in the package. So
//! this module is there for tests only; those of `tests/` include this very file.

/// Read when it is compiled, where programs cannot read it later.
#[cfg(any(windows, miri))]
fn map() -> &'static str {
    include_str!("../../../../tests/status-map.tsv")
}

/// Read when it is needed: empty in the package, whose tests are compiled without it.
#[cfg(not(any(windows, miri)))]
fn map() -> &'static str {
    static MAP: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    MAP.get_or_init(|| {
        let tests = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests"));
        let read = std::fs::read_to_string(tests.join("status-map.tsv"));
        assert!(
            read.is_ok() || !tests.join("BEHAVIOURS.md").exists(),
            "the map is in the repository"
        );
        read.unwrap_or_default()
    })
}

/// A status, and the numbers that stand for it.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code)] // each of those who include this file reads some of it
pub(crate) struct Row {
    pub(crate) status: u32,
    pub(crate) name: &'static str,
    /// What `RtlNtStatusToDosError` says.
    pub(crate) win32: u32,
    /// What it says on other versions, with spaces between, or `-`.
    others: &'static str,
    /// What `WSAGetOverlappedResult` says, where that was tested.
    pub(crate) winsock: Option<u32>,
}

#[allow(dead_code)] // see above
impl Row {
    /// Whether some version of Windows gives this Win32 code.
    pub(crate) fn may_be(&self, win32: u32) -> bool {
        win32 == self.win32 || self.others.split(' ').any(|other| other.parse() == Ok(win32))
    }

    fn read(line: &'static str) -> Self {
        let cells: Vec<&str> = line.split('\t').collect();
        let [status, name, win32, others, winsock] = cells[..] else {
            panic!("five cells: {line}")
        };
        let number = |cell: &str| cell.parse().unwrap_or_else(|_| panic!("a number: {line}"));
        let winsock = if winsock == "-" { None } else { Some(number(winsock)) };
        Self { status: status_of(status), name, win32: number(win32), others, winsock }
    }
}

/// The status that a line begins with.
fn status_of(line: &str) -> u32 {
    u32::from_str_radix(&line[2..10], 16).unwrap_or_else(|_| panic!("a status: {line}"))
}

/// The lines below the heading.
fn lines() -> &'static str {
    let map = map();
    &map[map.find("\n0x").map_or(map.len(), |at| at + 1)..]
}

/// All rows, by ascending status.
#[allow(dead_code)] // see above
pub(crate) fn rows() -> impl Iterator<Item = Row> {
    lines().lines().map(Row::read)
}

/// The row of a status. By bisection of the text: Miri takes long to read all of it.
#[allow(dead_code)] // see above
pub(crate) fn row(status: u32) -> Option<Row> {
    let mut lines = lines();
    while !lines.is_empty() {
        let middle = lines[..lines.len() / 2].rfind('\n').map_or(0, |at| at + 1);
        let (line, after) = lines[middle..].split_once('\n')?;
        match status_of(line).cmp(&status) {
            std::cmp::Ordering::Equal => return Some(Row::read(line)),
            std::cmp::Ordering::Greater => lines = &lines[..middle],
            std::cmp::Ordering::Less => lines = after,
        }
    }
    None
}
