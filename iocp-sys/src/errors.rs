#![doc = include_str!("errors.md")]

// The table is a file of its own, so that it can be read where documentation is not built.

#[cfg(doc)]
#[allow(unused_imports)] // for the links of the table
use crate::*;

#[cfg(test)]
mod tests {
    extern crate std;
    use std::{string::String, vec::Vec};

    const TABLE: &str = include_str!("errors.md");
    const CONSTANTS: [&str; 5] = [
        include_str!("ntstatus.rs"),
        include_str!("winerror.rs"),
        include_str!("winerror_wsa.rs"),
        include_str!("winbase.rs"),
        include_str!("winsock2/options.rs"),
    ];

    /// The number that the sources declare for a name of the table.
    fn declared(name: &str) -> Option<u32> {
        let start = std::format!("pub const {name}: ");
        let line =
            CONSTANTS.iter().flat_map(|text| text.lines()).find(|line| line.starts_with(&start))?;
        let value = line.split(" = ").nth(1)?.split([';', ' ']).next()?;
        let value: String = value.replace("_u32", "").replace('_', "");
        match value.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => value.parse().ok(),
        }
    }

    /// Rows as pairs of a linked name and the number below it or in the next cell.
    fn pairs() -> Vec<(String, u32)> {
        let mut pairs = Vec::new();
        for row in TABLE.lines().filter(|line| line.starts_with("| [`")) {
            let row = row.replace("<br>", " | ");
            let cells: Vec<&str> =
                row.split(" | ").map(|cell| cell.trim_start_matches("| ")).collect();
            for (names, number) in cells.iter().zip(&cells[1..]) {
                let number = number.replace('_', "");
                let number = match number.strip_prefix("0x") {
                    Some(digits) => u32::from_str_radix(digits, 16),
                    None => number.parse(),
                };
                let Ok(number) = number else { continue };
                let names = names.split("[`").skip(1).filter_map(|name| name.split('`').next());
                pairs.extend(names.map(|name| (String::from(name), number)));
            }
        }
        pairs
    }

    #[test]
    fn each_number_of_the_table_is_the_constants_number() {
        let pairs = pairs();
        for (name, number) in &pairs {
            assert_eq!(declared(name), Some(*number), "{name}");
        }
        assert!(pairs.len() >= 2 * 65 + 28, "only {} numbers were found", pairs.len());
    }

    /// rustdoc breaks no name, and hides what is wider than the page: at 1280 px, 936 are left for a
    /// table. These are 89 characters of code, as measured in Chromium.
    #[test]
    fn the_longest_names_of_each_table_fit_beside_each_other() {
        const WIDTH: usize = 89;
        let mut columns: Vec<usize> = Vec::new();
        let mut tables = 0;
        for line in TABLE.lines() {
            let Some(row) = line.strip_prefix("| ") else {
                columns.clear();
                continue;
            };
            tables += usize::from(columns.is_empty());
            let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
            columns.resize(columns.len().max(cells.len()), 0);
            for (cell, longest) in cells.iter().zip(&mut columns) {
                let words = cell.split('`').skip(1).step_by(2).flat_map(|code| code.split(' '));
                *longest = words.map(|word| word.chars().count()).fold(*longest, usize::max);
            }
            assert!(columns.iter().sum::<usize>() <= WIDTH, "{columns:?} at {line}");
        }
        assert_eq!(tables, 10);
    }
}
