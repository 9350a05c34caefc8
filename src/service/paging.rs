//! Listings, a page at a time.
//!
//! In here: pages and their order. Not in here: which links are followed (`core/url.rs`).

use alloc::{string::String, sync::Arc, vec::Vec};
use core::time::Duration;

use super::{
    options::{CallOptions, common_options},
    pipeline::{Pipeline, race},
    transport::{Transport, TransportResponse},
};
use crate::{
    bridge::write_text,
    core::{error::Fault, url::write_continuation_token},
    error::{Error, Result},
    json::{ConnectionBody, Object, PageBody},
    operation::{OperationKind, Parameters},
};

/// A connection of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The connection id.
    pub connection_id: String,
    /// The user id; none for an anonymous connection.
    pub user_id: Option<String>,
}

/// A page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The connections. A page may be empty without being the last.
    pub connections: Vec<Connection>,
    /// Where the listing continues, for [`Connections::continuation_token`]; none on the last page.
    pub continuation_token: Option<String>,
}

/// A listing of the connections of a group; call [`Connections::next_page`] until it returns none.
#[must_use = "a listing does nothing until a page is requested"]
pub struct Connections<T: Transport> {
    pipeline: Arc<Pipeline<T>>,
    parameters: Parameters,
    next: Next,
    /// The links that were followed: one that comes again would never end.
    followed: Vec<String>,
    /// How many connections may still come.
    left: Option<u32>,
    total_timeout: Option<Duration>,
    /// When the first page was requested.
    started: Option<Duration>,
    options: CallOptions,
}

/// The next page.
enum Next {
    First,
    Link(String),
    End,
}

impl<T: Transport> Connections<T> {
    pub(super) fn new(pipeline: &Arc<Pipeline<T>>, group: &str) -> Self {
        let mut parameters = Parameters::default();
        parameters.group(group);
        Self {
            pipeline: pipeline.clone(),
            parameters,
            next: Next::First,
            followed: Vec::new(),
            left: None,
            total_timeout: None,
            started: None,
            options: CallOptions::default(),
        }
    }

    /// Maximum number of connections on a page: 1 to 200.
    pub fn max_page_size(mut self, size: u32) -> Self {
        self.parameters.max_page_size(size.into());
        self
    }

    /// Maximum number of connections in all: at least 1.
    pub fn top(mut self, connections: u32) -> Self {
        self.parameters.top(connections.into());
        self.left = Some(connections);
        self
    }

    /// Maximum time for all pages together, counted from the request for the first one. Default: none; each page has the
    /// timeout of a call.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = Some(timeout);
        self
    }

    /// Continues where a page of an earlier listing ended.
    pub fn continuation_token(mut self, token: impl Into<String>) -> Self {
        self.parameters.continuation_token(token);
        self
    }

    common_options!();

    /// Requests the next page; none after the last. The options apply to each page separately.
    ///
    /// # Errors
    /// Any [`crate::Error`]. The listing keeps its position, so that the page can be requested again.
    pub async fn next_page(&mut self) -> Result<Option<Page>> {
        let pipeline = self.pipeline.clone();
        let Some(timeout) = self.total_timeout else {
            return self.page().await;
        };
        let now = pipeline.transport.now();
        let started = *self.started.get_or_insert(now);
        let left = timeout.saturating_sub(now.saturating_sub(started));
        race(self.page(), pipeline.transport.sleep(left))
            .await
            .unwrap_or_else(|()| Err(Error::timeout(timeout)))
    }

    async fn page(&mut self) -> Result<Option<Page>> {
        let (pipeline, options) = (&*self.pipeline, &self.options);
        let response = match &self.next {
            Next::End => return Ok(None),
            Next::First => {
                let (kind, values) = (OperationKind::ListConnections, &self.parameters.values);
                pipeline.run(kind, values, None, options).await?
            }
            Next::Link(link) => pipeline.follow(link, options).await?,
        };
        let body: Option<Object<PageBody>> = response.json();
        let Object(body) = body.ok_or(Fault::NotConnections)?;
        let optional = |text: String| (!text.is_empty()).then_some(text);
        let connection = |Object(body): Object<ConnectionBody>| Connection {
            connection_id: body.connection_id,
            user_id: optional(body.user_id.0),
        };
        let link = body.next_link.0;
        let token = write_text(|sink| write_continuation_token(link.as_bytes(), sink));
        if self.followed.contains(&link) {
            return Err(Fault::LinkRepeated.into());
        }
        self.followed.push(link.clone());
        self.next = optional(link).map_or(Next::End, Next::Link);
        let mut connections: Vec<_> = body.value.into_iter().map(connection).collect();
        if let Some(left) = &mut self.left {
            // Also when the service does not keep to it.
            connections.truncate(*left as usize);
            *left = left.saturating_sub(connections.len() as u32);
            if *left == 0 {
                self.next = Next::End;
            }
        }
        Ok(Some(Page {
            connections,
            continuation_token: optional(token),
        }))
    }

    /// The connections of all pages.
    ///
    /// # Errors
    /// Any [`crate::Error`].
    pub async fn collect(mut self) -> Result<Vec<Connection>> {
        let mut all = Vec::new();
        while let Some(page) = self.next_page().await? {
            all.extend(page.connections);
        }
        Ok(all)
    }
}
