//! Listings, a page at a time.
//!
//! In here: pages and their order. Not in here: which links are followed (`core/url.rs`).

use alloc::{string::String, sync::Arc, vec::Vec};

use super::{
    options::{CallOptions, common_options},
    pipeline::Pipeline,
    transport::{Transport, TransportResponse},
};
use crate::{
    bridge::write_text,
    core::{error::Fault, url::write_continuation_token},
    error::Result,
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
        self.next = optional(link).map_or(Next::End, Next::Link);
        Ok(Some(Page {
            connections: body.value.into_iter().map(connection).collect(),
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
