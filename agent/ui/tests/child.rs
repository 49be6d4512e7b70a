//! The dialog over real child processes (small shell scripts in the place of the window).
#![cfg(unix)]

use std::{path::PathBuf, time::Duration};

use tamga_agent_core::{
    Ask, Change, Document, Event, Language, Offered, Opening, Origin, StoreChoice, StoreProblem,
    Ui, UnlockBy, Wanted, Wish,
};
use tamga_agent_ui::WindowProgram;

fn ask() -> Ask {
    Ask {
        origin: Origin::Site("https://portal.example.kz".into()),
        wish: Wish::Sign(vec![Document {
            format: "CMS",
            size: 1024,
            blind: false,
        }]),
        language: Language::Ru,
        offered: Offered::FilesAndTokens,
        recent: vec![],
        last_file: None,
    }
}

fn window(name: &str) -> WindowProgram {
    WindowProgram::new(
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/windows")
            .join(name),
    )
}

#[tokio::test]
async fn a_missing_program_is_an_error_that_names_it() {
    let error = WindowProgram::new("/nowhere/tamga-window")
        .open(ask())
        .await
        .err()
        .unwrap();
    assert_eq!(error.0, "/nowhere/tamga-window: entity not found");
}

#[tokio::test]
async fn a_window_that_leaves_at_once_has_cancelled() {
    let mut dialog = window("leaves-at-once.sh").open(ask()).await.unwrap();
    assert!(matches!(dialog.next().await, Event::Cancelled));
    dialog.show(Change::Problem(StoreProblem::Damaged)).await;
    assert!(matches!(dialog.next().await, Event::Cancelled));
}

#[tokio::test]
async fn a_window_that_talks_nonsense_has_cancelled() {
    let mut dialog = window("talks-nonsense.sh").open(ask()).await.unwrap();
    assert!(matches!(dialog.next().await, Event::Cancelled));
}

#[tokio::test]
async fn a_window_opens_hears_the_answer_and_signs() {
    let mut dialog = window("opens-then-signs.sh").open(ask()).await.unwrap();
    match dialog.next().await {
        Event::Open(Opening {
            store,
            unlock: UnlockBy::Password(password),
            ..
        }) => {
            assert_eq!(store, StoreChoice::File("/keys/a.p12".into()));
            assert_eq!(password.expose(), "Qwerty12");
        }
        other => panic!("{other:?}"),
    }
    // It waits for the answer: giving up on `next` here loses nothing.
    let early = tokio::time::timeout(Duration::from_millis(100), dialog.next()).await;
    assert!(early.is_err());
    let keys = Change::Keys {
        keys: vec![],
        wanted: Wanted::Any,
    };
    dialog.show(keys).await;
    assert!(matches!(dialog.next().await, Event::Sign { key: 1 }));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn dropping_the_dialog_ends_the_program() {
    let mut dialog = window("tells-its-process.sh").open(ask()).await.unwrap();
    let Event::Open(Opening {
        store: StoreChoice::File(file),
        ..
    }) = dialog.next().await
    else {
        panic!("no process id")
    };
    let id: u32 = file.file_name().unwrap().to_str().unwrap().parse().unwrap();
    assert!(is_running(id));
    drop(dialog);
    for _ in 0..100 {
        if !is_running(id) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("still running one second after the dialog was dropped");
}

/// Whether a process exists and is not merely waiting to be reaped.
#[cfg(target_os = "linux")]
fn is_running(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}
