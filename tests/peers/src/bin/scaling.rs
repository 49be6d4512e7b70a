//! Prints how the cost of every parser grows; ends badly when one grows faster than its input.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::process::ExitCode;

use tamga_peers::scaling::{SIZES, run};

/// An argument chooses the shapes whose names contain it.
fn main() -> ExitCode {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let grown = run(|name| name.contains(&wanted), &mut |what| {
        eprintln!("{what}")
    });
    print!("| milliseconds of CPU for               |");
    for size in SIZES {
        print!(" {size:>4} MiB |");
    }
    println!(" growth |");
    println!("|---|{}---|", "---|".repeat(SIZES.len()));
    for growth in &grown {
        println!("{growth}");
    }
    match !grown.is_empty() && grown.iter().all(|growth| growth.is_linear()) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
