//! The `quayform` program: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    quayform::cli::run(std::env::args_os()).into()
}
