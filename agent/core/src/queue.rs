//! How many jobs of one origin may wait for the window (T-UI-1).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::Origin;

/// Most jobs of one origin that wait behind the open window; pages ask one question at a time.
const MAX_WAITING: usize = 3;

/// Counts the jobs that wait.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<HashMap<Origin, usize>>,
}

/// A place in the queue, free again when dropped.
pub(crate) struct Place<'q> {
    queue: &'q Queue,
    origin: Origin,
}

impl Queue {
    /// A place for a job of this origin, if one is free.
    pub(crate) fn enter(&self, origin: &Origin) -> Option<Place<'_>> {
        let mut waiting = self.locked();
        let count = waiting.entry(origin.clone()).or_default();
        if *count >= MAX_WAITING {
            return None;
        }
        *count += 1;
        Some(Place {
            queue: self,
            origin: origin.clone(),
        })
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Origin, usize>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut waiting = self.queue.locked();
        if let Some(count) = waiting.get_mut(&self.origin) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.origin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_an_origin_run_out_and_come_back() {
        let queue = Queue::default();
        let busy = Origin::Site("https://busy.kz".into());
        let mut taken: Vec<_> = (0..9).map_while(|_| queue.enter(&busy)).collect();
        assert_eq!(taken.len(), MAX_WAITING);
        assert!(queue.enter(&Origin::Opaque).is_some());
        taken.pop();
        assert!(queue.enter(&busy).is_some());
        drop(taken);
        assert!(queue.locked().is_empty());
    }
}
