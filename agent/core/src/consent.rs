//! The person's window: opened when it is the job's turn, closed when this is dropped.

use tokio::sync::MutexGuard;

use crate::{Answer, Ask, Change, Desk, Dialog, Event, JobError, Origin};

/// An open window and the turn it holds.
pub(crate) struct Consent<'d> {
    // Dropped in this order: the window closes before the next job's turn.
    dialog: Box<dyn Dialog>,
    _turn: Turn<'d>,
}

/// The turn of a job; the next one waits until it is dropped.
pub(crate) type Turn<'d> = MutexGuard<'d, ()>;

impl<'d> Consent<'d> {
    /// Waits for the turn. An origin with too many jobs in the queue already is told what a person would tell it in
    /// the end: cancelled.
    pub(crate) async fn turn(desk: &'d Desk, origin: &Origin) -> Answer<Turn<'d>> {
        // Whoever can have the turn at once does not wait.
        Answer::Given(match desk.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) => {
                let Some(_place) = desk.queue.enter(origin) else {
                    return Answer::Cancelled;
                };
                desk.turn.lock().await
            }
        })
    }

    /// Opens the window.
    pub(crate) async fn open(desk: &'d Desk, turn: Turn<'d>, ask: Ask) -> Result<Self, JobError> {
        Ok(Self {
            dialog: desk.ports.ui.open(ask).await?,
            _turn: turn,
        })
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
