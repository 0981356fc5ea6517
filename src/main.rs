//! The `quayform` program: parse, run, exit code.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A plan is many small values: the system's allocator takes a third longer for a large one, and musl's several times.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    quayform::cli::run(std::env::args_os()).into()
}
