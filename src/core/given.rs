//! What a caller gives to an operation: names, options and members of a response, as a list of texts.
//!
//! In here: the kinds of values ([`Parameter`]) and the questions that are asked of a list ([`Given`]). A face makes the
//! list from its own options; a value that is a number is its decimal text. Not in here: which operation takes what
//! (`operation.rs`), what a value may be (everywhere else).

/// What a given value is. The byte is the mark by which the npm package sends it: a capital stands for a pair of texts,
/// a name and a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Parameter {
    /// The group of the path.
    Group = b'g',
    /// The user id of the path, of a token, or of an accepted client.
    UserId = b'u',
    /// The connection id of the path.
    ConnectionId = b'c',
    /// The permission of the path.
    Permission = b'p',
    /// A group of a list: to add to or remove from, of a token, or of an accepted client.
    Groups = b'l',
    /// A role of a token or of an accepted client.
    Roles = b'r',
    /// A connection that a send or a close leaves out.
    ExcludedConnections = b'x',
    /// An OData filter over connections.
    Filter = b'f',
    /// How long a message may wait for a connection to recover, in seconds.
    MessageTtlSeconds = b't',
    /// The reason that closed clients see.
    Reason = b'e',
    /// The group that a permission is for.
    TargetName = b'n',
    /// The maximum number of connections on a page.
    MaxPageSize = b's',
    /// The maximum number of connections in all.
    Top = b'o',
    /// Where a listing continues.
    ContinuationToken = b'k',
    /// The lifetime of a token, in seconds.
    LifetimeSeconds = b'z',
    /// The client protocol of a token.
    ClientProtocol = b'v',
    /// A subprotocol that a client offers.
    OfferedSubprotocols = b'a',
    /// The subprotocol that is chosen for a client.
    Subprotocol = b'b',
    /// The new state of a connection, as JSON text.
    State = b'w',
    /// An endpoint that events may come from.
    AllowedEndpoints = b'd',
    /// An access key that verifies events.
    AccessKeys = b'y',
    /// Says that a list of groups was given, also when it is empty.
    GroupsGiven = b'i',
    /// Says that a list of roles was given, also when it is empty.
    RolesGiven = b'j',
    /// Says that user properties were given, also when there are none.
    UserPropertiesGiven = b'q',
    /// A piece of metadata of a message.
    Metadata = b'M',
    /// A header: a custom one of a request, or one of an event.
    Header = b'H',
    /// The name of a header of an event whose value is not text.
    BinaryHeader = b'B',
    /// A parameter of the query of a request of the user's own.
    Query = b'Q',
    /// A member of the JOSE header of a token; the value is JSON.
    JwtHeader = b'J',
    /// A user property of an MQTT packet.
    UserProperty = b'P',
}

/// A given value: a text, or the name and the value of a pair.
pub type Pair<'a> = (&'a [u8], &'a [u8]);

/// A place in a list of given values; it begins at the first one. What the numbers mean is the list's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    pub(crate) entry: usize,
    pub(crate) offset: usize,
}

/// A list of given values, in the order in which they were given.
pub trait Given<'a> {
    /// The value at a place, which moves on: its parameter as a byte, its text, and the value of a pair. None behind the last.
    fn next_entry(&self, place: &mut Place) -> Option<(u8, Pair<'a>)>;

    /// The next value of a parameter from a place on. A value that is no pair has an empty second text.
    #[inline(never)]
    fn next_pair(&self, parameter: Parameter, place: &mut Place) -> Option<Pair<'a>> {
        loop {
            let (mark, pair) = self.next_entry(place)?;
            if mark == parameter as u8 {
                return Some(pair);
            }
        }
    }

    /// The next value of a parameter that is no pair.
    fn next(&self, parameter: Parameter, place: &mut Place) -> Option<&'a [u8]> {
        Some(self.next_pair(parameter, place)?.0)
    }

    /// The first value of a parameter.
    #[inline(never)]
    fn first(&self, parameter: Parameter) -> Option<&'a [u8]> {
        self.next(parameter, &mut Place::default())
    }

    /// Whether a parameter was given.
    #[inline(never)]
    fn has(&self, parameter: Parameter) -> bool {
        self.first(parameter).is_some()
    }
}
