//! The person's window: opened when it is the job's turn, closed when this is dropped.

use tokio::sync::MutexGuard;

use crate::{Answer, Ask, Change, Desk, Dialog, Event, JobError, Language, Origin, Wish};

/// An open window and the turn it holds.
pub(crate) struct Consent<'d> {
    // Dropped in this order: the window closes before the next job's turn.
    dialog: Box<dyn Dialog>,
    _turn: MutexGuard<'d, ()>,
}

impl<'d> Consent<'d> {
    /// Waits for the turn and opens the window. An origin with too many jobs in the queue already is told what a
    /// person would tell it in the end: cancelled.
    pub(crate) async fn ask(
        desk: &'d Desk,
        origin: Origin,
        language: Language,
        wish: Wish,
    ) -> Result<Answer<Self>, JobError> {
        // Whoever can have the turn at once does not wait.
        let turn = match desk.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) => {
                let Some(_place) = desk.queue.enter(&origin) else {
                    return Ok(Answer::Cancelled);
                };
                desk.turn.lock().await
            }
        };
        let ask = Ask {
            origin,
            wish,
            language,
            last_file: desk.last_file(),
        };
        let dialog = desk.ports.ui.open(ask).await?;
        Ok(Answer::Given(Self {
            dialog,
            _turn: turn,
        }))
    }

    /// Tells the window something.
    pub(crate) async fn show(&mut self, change: Change) {
        self.dialog.show(change).await;
    }

    /// Waits for the person.
    pub(crate) async fn next(&mut self) -> Event {
        self.dialog.next().await
    }

    /// Waits for work of ours, unless the person cancels first.
    ///
    /// Everything else pressed meanwhile speaks of a state that is about to change, and is dropped.
    pub(crate) async fn unless_cancelled<T>(
        &mut self,
        work: impl Future<Output = T> + Send,
    ) -> Answer<T> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Answer::Given(done),
                event = self.dialog.next() => {
                    if matches!(event, Event::Cancelled) {
                        return Answer::Cancelled;
                    }
                }
            }
        }
    }
}
