//! The program `tamga-window`: pipes, event loop, end.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::{process::ExitCode, thread};

use slint::{invoke_from_event_loop, quit_event_loop};
use tamga_window::{
    chooser, pipe,
    texts::{Catalogue, Text, system_language},
    view::View,
};

/// Started by hand.
const NOT_STARTED_BY_THE_AGENT: u8 = 2;

fn main() -> ExitCode {
    let pipes = pipe::of_this_process()
        .ok()
        .filter(|(input, _)| pipe::is_pipe(input));
    let Some((input, output)) = pipes else {
        say(Text::StartedByHand);
        return ExitCode::from(NOT_STARTED_BY_THE_AGENT);
    };
    match run(input, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => {
            say(Text::NoDisplay);
            ExitCode::FAILURE
        }
    }
}

fn run(input: std::fs::File, output: std::fs::File) -> Result<(), slint::PlatformError> {
    thread_local! {
        static VIEW: std::cell::OnceCell<View> = const { std::cell::OnceCell::new() };
    }
    let view = View::new(
        system_language(),
        output,
        Box::new(|title, filter, answer| {
            let chosen = chooser::choose(title, filter);
            // Only fails without an event loop; we are called by it.
            let _ = slint::spawn_local(async move { answer(chosen.await) });
        }),
        quit,
    )?;
    VIEW.with(|cell| cell.get_or_init(|| view).clone());
    thread::spawn(move || {
        let deliver = |message| {
            let show = move || {
                let shown = VIEW.with(|cell| cell.get().map(|view| view.receive(message)));
                if !matches!(shown, Some(Ok(()))) {
                    quit();
                }
            };
            // Only fails after the event loop ended; then nobody needs the message.
            let _ = invoke_from_event_loop(show);
        };
        pipe::read(input, deliver, quit);
    });
    slint::run_event_loop_until_quit()
}

fn quit() {
    // Only fails without an event loop; then the program is ending already.
    let _ = quit_event_loop();
}

#[expect(
    clippy::print_stderr,
    reason = "the person at the terminal is told why nothing opens"
)]
fn say(text: Text) {
    eprintln!("{}", Catalogue::new(system_language()).get(text));
}
