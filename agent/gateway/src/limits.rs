//! How much a door lets in (threat model T-SIZ-1).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tamga_agent_core::Origin;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::budget::Account;

/// Largest message in bytes; a larger one closes the socket with 1009.
pub const MAX_MESSAGE: usize = 64 << 20;

/// Most connections at once.
pub const MAX_SESSIONS: usize = 1024;

/// Most sockets of one origin at once.
pub const MAX_SESSIONS_PER_ORIGIN: usize = 64;

/// Most bytes of messages held for all sockets together, beyond [`OWN_BYTES`] of each.
pub(crate) const MAX_HELD: usize = 256 << 20;

/// Bytes of messages every socket may hold whatever the others hold.
pub(crate) const OWN_BYTES: usize = 64 << 10;

/// Largest request head in bytes.
pub(crate) const MAX_HEAD: usize = 16 << 10;

/// From the first byte to the upgrade, TLS included.
pub(crate) const BEFORE_UPGRADE: Duration = Duration::from_secs(5);

/// Most requests that wait behind the one being answered; pages send one at a time.
pub(crate) const MAX_WAITING: usize = 32;

/// Most bytes of requests that wait.
pub(crate) const MAX_WAITING_BYTES: usize = 2 * MAX_MESSAGE;

/// Counts connections, sockets and bytes.
#[derive(Clone)]
pub(crate) struct Places {
    total: Arc<Semaphore>,
    bytes: Arc<Semaphore>,
    per_origin: Arc<Mutex<HashMap<Origin, usize>>>,
}

/// A place of one connection, free again when dropped.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
}

/// A place of one socket of an origin, free again when dropped.
pub(crate) struct OriginPlace {
    origin: Origin,
    per_origin: Arc<Mutex<HashMap<Origin, usize>>>,
}

impl Places {
    pub(crate) fn new() -> Self {
        Self {
            total: Arc::new(Semaphore::new(MAX_SESSIONS)),
            bytes: Arc::new(Semaphore::new(MAX_HELD)),
            per_origin: Arc::default(),
        }
    }

    /// A place for a connection, if one is free.
    pub(crate) fn connection(&self) -> Option<Place> {
        let permit = Arc::clone(&self.total).try_acquire_owned().ok()?;
        Some(Place { _permit: permit })
    }

    /// The account of one socket on the shared budget for messages.
    pub(crate) fn account(&self) -> Account {
        Account::new(Arc::clone(&self.bytes))
    }

    /// A place for a socket of this origin, if one is free.
    pub(crate) fn socket(&self, origin: &Origin) -> Option<OriginPlace> {
        let mut taken = self
            .per_origin
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(origin.clone()).or_default();
        if *count >= MAX_SESSIONS_PER_ORIGIN {
            return None;
        }
        *count += 1;
        Some(OriginPlace {
            origin: origin.clone(),
            per_origin: Arc::clone(&self.per_origin),
        })
    }
}

impl Drop for OriginPlace {
    fn drop(&mut self) {
        let mut taken = self
            .per_origin
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.origin) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.origin);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_an_origin_run_out_and_come_back() {
        let places = Places::new();
        let busy = Origin::Site("https://busy.kz".into());
        let mut taken: Vec<_> = (0..MAX_SESSIONS_PER_ORIGIN)
            .map_while(|_| places.socket(&busy))
            .collect();
        assert_eq!(taken.len(), MAX_SESSIONS_PER_ORIGIN);
        assert!(places.socket(&busy).is_none());
        assert!(places.socket(&Origin::Opaque).is_some());
        taken.pop();
        assert!(places.socket(&busy).is_some());
        drop(taken);
        assert!(places.per_origin.lock().is_ok_and(|map| map.is_empty()));
    }

    #[test]
    fn connections_run_out_at_1024() {
        let places = Places::new();
        let taken: Vec<_> = (0..2000).map_while(|_| places.connection()).collect();
        assert_eq!(taken.len(), 1024);
    }
}
