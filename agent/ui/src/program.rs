//! The window as a program to be started.

use std::{path::PathBuf, process::Stdio};

use tamga_agent_core::{Ask, BoxFuture, Dialog, Ui, UiError};
use tamga_window_protocol::{ToWindow, encode};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{convert, dialog::WindowDialog, environment};

/// Where `tamga-window` is; each [`Ui::open`] starts it once.
#[derive(Debug, Clone)]
pub struct WindowProgram {
    path: PathBuf,
}

impl WindowProgram {
    /// The window program at this path; it is looked for when a window is opened.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    async fn start(&self, ask: Ask) -> Result<Box<dyn Dialog>, UiError> {
        let failed = |what: &str| UiError(format!("{}: {what}", self.path.display()));
        let show = encode(&ToWindow::Show(convert::ask(ask)))
            .map_err(|error| failed(&format!("{error}")))?;
        let mut child = Command::new(&self.path)
            .env_clear()
            .envs(environment::passed_on(std::env::vars_os()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(&error.kind().to_string()))?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("no pipes"));
        };
        if let Err(error) = stdin.write_all(&show).await {
            // It ended before reading: the dialog says so as a Cancel, like any other crash.
            tracing::warn!(kind = %error.kind(), "the window did not take its first message");
        }
        Ok(Box::new(WindowDialog::new(child, stdin, stdout)))
    }
}

impl Ui for WindowProgram {
    fn open<'a>(&'a self, ask: Ask) -> BoxFuture<'a, Result<Box<dyn Dialog>, UiError>> {
        Box::pin(async {
            let opened = self.start(ask).await;
            if let Err(error) = &opened {
                // The page is told no more than that it failed; the path is for whoever mends the installation.
                tracing::error!(%error, "no window");
            }
            opened
        })
    }
}
