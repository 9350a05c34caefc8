//! Listings, a page at a time.
//!
//! In here: pages and how one leads to the next. The link to the next page is followed as the service gives
//! it, signed for itself; a link that leads away from the service is refused.

use alloc::{borrow::Cow, string::String, sync::Arc, vec::Vec};

use super::{
    call::{CallOptions, common_options},
    client::{Core, WebPubSubServiceClient},
    exchange::Expect,
    transport::{Answer, Transport},
};
use crate::{
    error::{Result, unexpected},
    json::Json,
    operation::{Method, Operation, OperationKind, Request},
};

/// A connection of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The id that operations take.
    pub connection_id: String,
    /// Whose it is; none for an anonymous one.
    pub user_id: Option<String>,
}

/// A page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Up to as many as a page holds; a page may be empty and not the last.
    pub connections: Vec<Connection>,
    /// Where the listing goes on, for [`Connections::continuation_token`]; none on the last page.
    pub continuation_token: Option<String>,
}

/// A listing of the connections of a group; call [`Connections::next_page`] until there is none.
#[must_use = "a listing does nothing until a page is asked for"]
pub struct Connections<T: Transport> {
    core: Arc<Core<T>>,
    operation: Operation,
    next: Next,
    options: CallOptions,
}

/// Where a listing stands.
enum Next {
    First,
    Link(String),
    End,
}

impl<T: Transport> WebPubSubServiceClient<T> {
    /// Lists the connections of a group. A group that nobody is in gives an empty page.
    ///
    /// ```
    /// # use webpubsub_edge::{Error, WebPubSubServiceClient, service::Transport};
    /// # async fn run<T: Transport>(service: WebPubSubServiceClient<T>) -> Result<(), Error> {
    /// let mut pages = service.list_connections("room").max_page_size(50);
    /// while let Some(page) = pages.next_page().await? {
    ///     for connection in page.connections {
    ///         println!("{} {:?}", connection.connection_id, connection.user_id);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list_connections(&self, group: &str) -> Connections<T> {
        let mut operation = Operation::new(OperationKind::ListConnections);
        operation.parameters.group = Some(group.into());
        Connections {
            core: self.core.clone(),
            operation,
            next: Next::First,
            options: CallOptions::default(),
        }
    }
}

impl<T: Transport> Connections<T> {
    /// The most connections on a page: 1 to 200.
    pub fn max_page_size(mut self, size: u32) -> Self {
        self.operation.parameters.max_page_size = Some(size.into());
        self
    }

    /// The most connections in all, at least 1.
    pub fn top(mut self, connections: u32) -> Self {
        self.operation.parameters.top = Some(connections.into());
        self
    }

    /// Goes on where a page of an earlier listing ended.
    pub fn continuation_token(mut self, token: impl Into<String>) -> Self {
        self.operation.parameters.continuation_token = Some(token.into());
        self
    }

    common_options!();

    /// The next page, or none after the last. Each page is a call of its own to the options.
    ///
    /// # Errors
    /// Any [`crate::Error`]; the listing stays where it was, so that the page may be asked for again.
    pub async fn next_page(&mut self) -> Result<Option<Page>> {
        let answer = match &self.next {
            Next::End => return Ok(None),
            Next::First => self.core.run(&self.operation, None, &self.options).await?,
            Next::Link(link) => self.core.follow(link, &self.options).await?,
        };
        let (page, link) = page(&answer)?;
        self.next = link.map_or(Next::End, Next::Link);
        Ok(Some(page))
    }

    /// The connections of every page.
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

impl<T: Transport> Core<T> {
    /// Asks for the page that a link leads to.
    pub(crate) async fn follow(&self, link: &str, options: &CallOptions) -> Result<T::Answer> {
        let request = Request {
            method: Method::Get,
            url: self.endpoint.rebased(link)?,
            headers: alloc::vec![(Cow::Borrowed("Accept"), "application/json".into())],
            body: None,
        };
        let expect = Expect {
            success: Some(200),
            not_found: false,
            repeatable: true,
            secret: false,
        };
        self.exchange(request, options, expect).await
    }
}

/// A page and the link to the next one.
fn page<A: Answer>(answer: &A) -> Result<(Page, Option<String>)> {
    let json = answer.json();
    let member = |name: &str| json.as_ref().and_then(|json| json.get(name));
    let connection = |item: &A::Json| {
        let text = |name: &str| item.get(name).and_then(|value| value.text());
        Some(Connection {
            connection_id: text("connectionId")?,
            user_id: text("userId"),
        })
    };
    let items = member("value").and_then(|value| value.items());
    let connections = items.and_then(|items| items.iter().map(connection).collect());
    let link = member("nextLink")
        .and_then(|link| link.text())
        .filter(|link| !link.is_empty());
    let page = Page {
        connections: connections.ok_or_else(|| unexpected("a list of connections"))?,
        continuation_token: link.as_deref().and_then(continuation_token),
    };
    Ok((page, link))
}

/// The token in a link.
pub(crate) fn continuation_token(link: &str) -> Option<String> {
    let query = link.split_once('?')?.1;
    let value = query
        .split('&')
        .find_map(|p| p.strip_prefix("continuationToken="))?;
    decode(value)
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let digit = |b: u8| char::from(b).to_digit(16);
            let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
            (high << 4 | low) as u8
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}
