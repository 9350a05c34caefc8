//! Expiring tokens on request: all that exist, whatever their `exp` says.
//!
//! A token is recognised as an old one by its `iat`. One without is old when it has been seen before.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How many tokens are remembered.
const MAX_SEEN: usize = 10_000;

/// Which tokens were expired on request.
#[derive(Debug, Default)]
pub(super) struct Expiry {
    state: Mutex<State>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct State {
    /// The second, since 1970 and by the machine's clock, until whose end all tokens are expired.
    until: Option<u64>,
    /// Hashes of tokens whose `iat` does not tell when they were made, the oldest first.
    seen: VecDeque<u64>,
    expired: HashSet<u64>,
}

impl Expiry {
    /// Whether the token was expired; if not, it will be recognised when it is.
    pub(super) fn is_expired(&self, token: &str, issued_at: Option<u64>) -> bool {
        let mut state = self.lock();
        if let (Some(issued_at), Some(until)) = (issued_at, state.until)
            && issued_at <= until
        {
            return true;
        }
        if issued_at.is_some() && state.expired.is_empty() {
            return false;
        }
        let hash = self.hasher.hash_one(token);
        if state.expired.contains(&hash) {
            return true;
        }
        if issued_at.is_none() {
            state.see(hash);
        }
        false
    }

    /// Has a token recognised that goes by another clock than the machine's.
    pub(super) fn remember(&self, token: &str) {
        let hash = self.hasher.hash_one(token);
        self.lock().see(hash);
    }

    pub(super) async fn expire_all(&self) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        {
            let mut state = self.lock();
            state.until = Some(now.as_secs());
            let seen = std::mem::take(&mut state.seen);
            if state.expired.len() > MAX_SEEN {
                state.expired.clear();
            }
            state.expired.extend(seen);
        }
        // `iat` has whole seconds: a token made later in this one could not be told from the old ones.
        tokio::time::sleep(
            Duration::from_secs(1).saturating_sub(Duration::from_nanos(now.subsec_nanos().into())),
        )
        .await;
    }

    pub(super) fn forget(&self) {
        let mut state = self.lock();
        state.until = None;
        state.expired.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn see(&mut self, hash: u64) {
        self.seen.push_back(hash);
        if self.seen.len() > MAX_SEEN {
            self.seen.pop_front();
        }
    }
}
