//! The tokens of Microsoft Entra ID that a client keeps.
//!
//! In here: which call asks the issuer. Tokens are kept as values: no call awaits the future of another one, which some hosts
//! forbid; calls without a token look again after a while. Not in here: how long a token serves (`core/entra.rs`).

use alloc::string::String;
use core::time::Duration;

use super::{
    credential::{AccessToken, TokenCredential},
    shared::Shared,
    transport::Transport,
};
use crate::{
    bridge::seconds,
    core::{
        entra::{Freshness, check_token},
        error::Fault,
    },
    error::{Result, TransportError, TransportErrorKind},
};

/// How often a call looks whether the token for which another one asks has come.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How long calls wait for the one that asks; it may have been dropped.
const PATIENCE: Duration = Duration::from_secs(3);

/// The last token, and the call that asks for the next one.
pub(super) struct Tokens(Shared<State>);

#[derive(Clone, Default)]
struct State {
    token: Option<AccessToken>,
    /// When the issuer was last asked while the token still served.
    asked: Duration,
    /// When the last request for a token began.
    since: Duration,
    /// The number of the last request.
    number: u32,
    /// Whether its call is still waiting for it.
    is_pending: bool,
    /// Why it failed.
    error: Option<TransportError>,
}

/// What a call does next.
enum Step {
    Use(String),
    /// Look again: another call has asked, by the request with this number.
    Wait(u32),
    Fail(TransportError),
    Ask(u32),
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self(Shared::new(State::default()))
    }

    /// The kept token, for a client of its own.
    pub(super) fn copy(&self) -> Self {
        let token = self.0.get().token;
        Self(Shared::new(State {
            token,
            ..State::default()
        }))
    }

    /// A token: the one that is kept, or a new one, which has the claims of a challenge if there are any.
    pub(super) async fn get(
        &self,
        source: &dyn TokenCredential,
        scope: &str,
        claims: Option<&str>,
        transport: &impl Transport,
    ) -> Result<String> {
        let mut waits_for = None;
        let number = loop {
            let now = transport.now();
            match self
                .0
                .update(|state| state.next(now, waits_for, claims.is_some()))
            {
                Step::Use(token) => return Ok(token),
                Step::Fail(error) => return Err(error.into()),
                Step::Ask(number) => break number,
                Step::Wait(number) => {
                    waits_for = Some(number);
                    transport.sleep(LOOK_EVERY).await;
                }
            }
        };
        // Also when this call is dropped.
        let _end = End { tokens: self, number };
        let result = match source.get_token(&[scope], claims).await {
            Ok(token) if check_token(token.token.as_bytes()).is_err() => Err(TransportError {
                message: Fault::TokenMalformed.message().into(),
                ..TransportError::of(TransportErrorKind::Credential, None)
            }),
            result => result,
        };
        let now = transport.now();
        let used = self.0.update(|state| state.settle(number, result, now));
        Ok(used?)
    }

    /// Forgets a token that the service refused.
    pub(super) fn forget(&self, refused: &str) {
        self.0.update(|state| {
            if state.token.as_ref().is_some_and(|kept| kept.token == refused) {
                state.token = None;
            }
        });
    }
}

impl State {
    fn next(&mut self, now: Duration, waits_for: Option<u32>, is_challenged: bool) -> Step {
        let kept = self.token.as_ref().filter(|_| !is_challenged);
        let freshness = kept.map_or(Freshness::Expired, |token| token.freshness(self.asked, now));
        if let (Freshness::Fresh, Some(token)) = (freshness, kept) {
            return Step::Use(token.token.clone());
        }
        if freshness == Freshness::Expired && !is_challenged {
            if let (Some(error), true) = (&self.error, waits_for == Some(self.number)) {
                return Step::Fail(error.clone());
            }
            if self.is_pending && now.saturating_sub(self.since) < PATIENCE {
                return Step::Wait(self.number);
            }
        }
        self.number = self.number.wrapping_add(1);
        self.since = now;
        if freshness == Freshness::Stale {
            self.asked = now;
        }
        self.is_pending = true;
        self.error = None;
        Step::Ask(self.number)
    }

    /// Keeps the outcome of a request; returns the token to use.
    fn settle(
        &mut self,
        number: u32,
        result: Result<AccessToken, TransportError>,
        now: Duration,
    ) -> Result<String, TransportError> {
        match result {
            Ok(token) => {
                let text = token.token.clone();
                self.token = Some(token);
                Ok(text)
            }
            Err(error) => {
                // The old one may still be valid, and the issuer may be up again before it expires.
                let old = self.token.as_ref();
                let valid = old.filter(|token| seconds(now) < seconds(token.expires_on));
                if let Some(token) = valid {
                    return Ok(token.token.clone());
                }
                if self.number == number {
                    self.error = Some(error.clone());
                }
                Err(error)
            }
        }
    }
}

/// Ends the request of a call.
struct End<'a> {
    tokens: &'a Tokens,
    number: u32,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.tokens.0.update(|state| {
            if state.number == self.number {
                state.is_pending = false;
            }
        });
    }
}
