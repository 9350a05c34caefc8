//! The transport over reqwest, with a clock that tests can set.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use webpubsub_edge::error::TransportError;
use webpubsub_edge::operation::Request;
use webpubsub_edge::reqwest::Http;
use webpubsub_edge::service::{Response, Transport};

/// The host. Clones share their clock.
#[derive(Clone)]
pub(crate) struct Host {
    http: Http,
    time: Time,
    clock: Arc<Mutex<Clock>>,
    /// How much held time has passed.
    held: watch::Sender<Duration>,
}

/// How delays behave.
#[derive(Clone, Copy, PartialEq)]
enum Time {
    Real,
    /// Ends at once, and moves the clock.
    Skipped,
    /// Ends when a test lets that much time pass.
    Held,
}

#[derive(Default)]
struct Clock {
    /// How far it is ahead of the real one.
    ahead: Duration,
    behind: Duration,
    /// The delays that were begun, in order.
    waits: Vec<Duration>,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self::with(Time::Real)
    }

    /// A host whose delays end at once and only move the clock. Its calls must have no timeout.
    pub(crate) fn without_waiting() -> Self {
        Self::with(Time::Skipped)
    }

    /// A host whose delays last until a test lets time pass.
    pub(crate) fn holding_time() -> Self {
        Self::with(Time::Held)
    }

    fn with(time: Time) -> Self {
        Self {
            http: Http::with(reqwest::Client::builder().no_proxy()).unwrap(),
            time,
            clock: Arc::default(),
            held: watch::channel(Duration::ZERO).0,
        }
    }

    /// All delays so far.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.clock.lock().unwrap().waits.clone()
    }

    /// Returns when this many delays have begun.
    pub(crate) async fn waiting(&self, count: usize) {
        while self.waits().len() < count {
            tokio::task::yield_now().await;
        }
    }

    /// Lets held time pass.
    pub(crate) fn pass(&self, time: Duration) {
        self.held.send_modify(|held| *held += time);
    }

    /// Moves the clock on.
    pub(crate) fn advance(&self, time: Duration) {
        self.clock.lock().unwrap().ahead += time;
    }

    /// Moves the clock back.
    pub(crate) fn turn_back(&self, time: Duration) {
        self.clock.lock().unwrap().behind += time;
    }
}

impl Transport for Host {
    type Body = Vec<u8>;
    type Response = Response;

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response, TransportError> {
        let parsed = reqwest::Url::parse(&request.url).unwrap();
        assert_eq!(parsed.as_str(), request.url, "what arrives is what was signed");
        self.http.send(request).await
    }

    async fn sleep(&self, time: Duration) {
        let mut held = self.held.subscribe();
        let end = *held.borrow() + time;
        self.clock.lock().unwrap().waits.push(time);
        match self.time {
            Time::Real => self.http.sleep(time).await,
            Time::Skipped => {}
            Time::Held => drop(held.wait_for(|now| *now >= end).await.unwrap()),
        }
    }

    fn now(&self) -> Duration {
        let clock = self.clock.lock().unwrap();
        let skipped = if self.time == Time::Skipped {
            clock.waits.iter().sum()
        } else {
            Duration::ZERO
        };
        self.http.now() + clock.ahead + skipped - clock.behind
    }

    fn random(&self) -> u64 {
        self.http.random()
    }
}
