//! A transport over reqwest and tokio, with a clock that tests can set.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use webpubsub_edge::error::TransportError;
use webpubsub_edge::operation::Request;
use webpubsub_edge::service::{Response, Transport};

/// The host. Clones share their clock.
#[derive(Clone)]
pub(crate) struct Host {
    http: reqwest::Client,
    time: Time,
    clock: Arc<Mutex<Clock>>,
    /// How far held time has gone.
    held: watch::Sender<Duration>,
}

/// What a wait is.
#[derive(Clone, Copy, PartialEq)]
enum Time {
    Real,
    /// Over at once; the clock moves by as much.
    Skipped,
    /// Over when a test lets that much pass.
    Held,
}

#[derive(Default)]
struct Clock {
    /// How far it is ahead of the real one.
    ahead: Duration,
    behind: Duration,
    /// The waits that were begun, in order.
    waits: Vec<Duration>,
}

impl Host {
    pub(crate) fn new() -> Self {
        Self::with(Time::Real)
    }

    /// One where every wait is over at once, and only moves the clock. Calls on it must have no timeout.
    pub(crate) fn without_waiting() -> Self {
        Self::with(Time::Skipped)
    }

    /// One where waits last until time is let pass.
    pub(crate) fn holding_time() -> Self {
        Self::with(Time::Held)
    }

    fn with(time: Time) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            http,
            time,
            clock: Arc::default(),
            held: watch::channel(Duration::ZERO).0,
        }
    }

    /// The waits there were.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.clock.lock().unwrap().waits.clone()
    }

    /// Comes back when so many waits were begun.
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
    type Answer = Response;

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response, TransportError> {
        let failed = |error: reqwest::Error| {
            TransportError::network("The request got no answer", Some(Arc::new(error)))
        };
        let method = request.method.as_str().parse().unwrap();
        let mut sent = self.http.request(method, &request.url);
        for (name, value) in &request.headers {
            sent = sent.header(&**name, value);
        }
        if let Some(body) = request.body {
            sent = sent.body(body);
        }
        let sent = sent.build().map_err(failed)?;
        assert_eq!(
            sent.url().as_str(),
            request.url,
            "what arrives is what was signed"
        );
        let answer = self.http.execute(sent).await.map_err(failed)?;
        let status = answer.status().as_u16();
        let header =
            |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), header(value)))
            .collect();
        let body = answer.bytes().await.map_err(failed)?.to_vec();
        Ok(Response {
            status,
            headers,
            body,
        })
    }

    async fn sleep(&self, time: Duration) {
        let mut held = self.held.subscribe();
        let end = *held.borrow() + time;
        self.clock.lock().unwrap().waits.push(time);
        match self.time {
            Time::Real => tokio::time::sleep(time).await,
            Time::Skipped => {}
            Time::Held => drop(held.wait_for(|now| *now >= end).await.unwrap()),
        }
    }

    fn now(&self) -> Duration {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let clock = self.clock.lock().unwrap();
        let skipped = if self.time == Time::Skipped {
            clock.waits.iter().sum()
        } else {
            Duration::ZERO
        };
        real + clock.ahead + skipped - clock.behind
    }

    fn random(&self) -> u64 {
        RandomState::new().hash_one(0)
    }
}
