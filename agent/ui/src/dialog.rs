//! One open window: changes go in, events come out, dropping it ends the process.

use tamga_agent_core::{BoxFuture, Change, Dialog, Event};
use tamga_window_protocol::{Problem, ToWindow, encode};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, ChildStdin, ChildStdout},
    sync::mpsc,
    task::JoinHandle,
};

use crate::{convert, events};

/// Events a window may send before the job reads them; a person is never that fast.
const WAITING_EVENTS: usize = 4;

/// A running `tamga-window`.
pub(crate) struct WindowDialog {
    stdin: ChildStdin,
    events: mpsc::Receiver<Event>,
    reader: JoinHandle<()>,
    /// Killed when dropped (`kill_on_drop`), so that the window and the toolkit's copies of the
    /// password are gone at once.
    _child: Child,
}

impl WindowDialog {
    /// Takes over a child that has been told what to show.
    pub(crate) fn new(child: Child, stdin: ChildStdin, stdout: ChildStdout) -> Self {
        // A task of its own makes `next` safe to abandon: no half-read frame is lost with it.
        let (sender, events) = mpsc::channel(WAITING_EVENTS);
        let reader = tokio::spawn(events::forward(stdout, sender));
        Self {
            stdin,
            events,
            reader,
            _child: child,
        }
    }

    async fn tell(&mut self, message: &ToWindow) {
        let frame = match encode(message) {
            Ok(frame) => frame,
            Err(error) => {
                // Only a list of keys can be that long; the person may choose another file.
                tracing::warn!(%error, "a message to the window was not sent");
                match encode(&ToWindow::Problem(Problem::Other)) {
                    Ok(frame) => frame,
                    Err(_) => return,
                }
            }
        };
        if let Err(error) = self.stdin.write_all(&frame).await {
            // The window is gone; `next` reports that as a Cancel.
            tracing::debug!(kind = %error.kind(), "the window is gone");
        }
    }
}

impl Dialog for WindowDialog {
    fn show<'a>(&'a mut self, change: Change) -> BoxFuture<'a, ()> {
        let message = convert::change(change);
        Box::pin(async move { self.tell(&message).await })
    }

    fn next<'a>(&'a mut self) -> BoxFuture<'a, Event> {
        Box::pin(async move { self.events.recv().await.unwrap_or(Event::Cancelled) })
    }
}

impl Drop for WindowDialog {
    fn drop(&mut self) {
        self.reader.abort();
    }
}
