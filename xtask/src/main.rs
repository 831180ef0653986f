//! The project's own commands:
//! `cargo xtask demo|test|evidence|doc|check|tidy|graph|ci|deep|mutants|peers|examples|tasks|surface|api|bench`.
//!
//! One file per command, and a line of each in `args.rs`. Each command parses its arguments into a plain
//! struct before anything runs, so that `tidy` can check the lines of the CI workflow with the very
//! parser that will read them. Bad arguments are one sentence and exit code 2; a failed command is
//! exit code 1.

mod archives;
mod args;
mod bench;
mod check;
mod child;
mod ci;
mod copied;
mod deep;
mod demo;
mod doc;
mod evidence;
mod examples;
mod fault;
mod files;
mod heard;
mod layers;
mod libtest;
mod load;
mod mutants;
mod names;
mod parts;
mod peers;
mod process;
mod program;
mod report;
mod setup;
mod surface;
mod tasks;
mod test;
mod tidy;
mod tools;
mod wine;
mod wine10;

use std::process::ExitCode;

use args::Usage;

fn main() -> ExitCode {
    let read = args::read(std::env::args_os().skip(1));
    let outcome = read.and_then(|work| match work {
        Some(work) => work(),
        None => {
            args::help();
            Ok(())
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} {error:#}", console::style("error:").red().bold().for_stderr());
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}
