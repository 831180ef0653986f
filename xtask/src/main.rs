//! The project's own commands:
//! `cargo xtask demo|test|evidence|doc|check|tidy|graph|ci|deep|mutants|peers|examples|tasks|surface|api|bench`.
//!
//! One file per command, and one `match` here. Each command parses its arguments into a plain
//! struct before anything runs, so that `tidy` can check the lines of the CI workflow with the very
//! parser that will read them. Bad arguments are one sentence and exit code 2; a failed command is
//! exit code 1.

mod archives;
mod args;
mod bench;
mod check;
mod child;
mod ci;
mod deep;
mod demo;
mod doc;
mod evidence;
mod examples;
mod fault;
mod layers;
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

use args::{Command, Usage};

fn main() -> ExitCode {
    match Command::parse(std::env::args_os().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} {error:#}", console::style("error:").red().bold().for_stderr());
            ExitCode::from(if error.is::<Usage>() { 2 } else { 1 })
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Help => args::help(),
        Command::Demo(args) => demo::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Evidence(args) => evidence::run(&args),
        Command::Doc => doc::run(),
        Command::Check(args) => check::run(&args),
        Command::Tidy => tidy::run(),
        Command::Graph => layers::run(),
        Command::Ci => ci::run(),
        Command::Deep(args) => deep::run(&args),
        Command::Mutants(args) => mutants::run(&args),
        Command::Peers(args) => peers::run(&args),
        Command::Examples(args) => examples::run(&args),
        Command::Tasks(args) => tasks::run(&args),
        Command::Surface(args) => surface::run(&args),
        Command::Api => names::write(),
        Command::Bench(args) => bench::run(&args),
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        Command::Step(args) => bench::step::run(&args),
    }
}
