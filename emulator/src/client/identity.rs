//! Who a client is and what it may do: by its token, and then by the answer of the connect event handler.

use crate::auth::{self, Claims};
use crate::events::ConnectAnswer;
use crate::http::ApiError;
use crate::model::names::{self, InvalidName};
use crate::model::permissions::{InvalidRole, Permissions};

/// User, first groups and roles of a client.
pub(super) struct Identity {
    pub(super) user_id: Option<String>,
    pub(super) groups: Vec<String>,
    pub(super) roles: Vec<String>,
}

impl Identity {
    /// What the claims of a verified token say.
    pub(super) fn of_token(claims: &Claims) -> Result<Self, ApiError> {
        let groups = checked(&auth::strings(claims, "webpubsub.group"))?;
        let roles = auth::strings(claims, "role");
        permissions(&roles).map_err(|error| ApiError::invalid("role", error.to_string()))?;
        let user_id = auth::strings(claims, "sub").into_iter().next();
        Ok(Self {
            user_id,
            groups,
            roles,
        })
    }

    /// Takes over what a connect event handler has decided, and returns what the client may do. The error says what is
    /// not valid.
    pub(super) fn decide(&mut self, answer: &ConnectAnswer) -> Result<Permissions, String> {
        if let Some(user_id) = &answer.user_id {
            self.user_id = Some(user_id.clone());
        }
        if let Some(groups) = answer.groups.as_ref().filter(|groups| !groups.is_empty()) {
            self.groups = checked(groups).map_err(|error| error.to_string())?;
        }
        if let Some(roles) = &answer.roles {
            self.roles.clone_from(roles);
        }
        self.user_id.take_if(|user_id| user_id.is_empty());
        permissions(&self.roles).map_err(|error| error.to_string())
    }
}

/// What roles allow.
pub(super) fn permissions(roles: &[String]) -> Result<Permissions, InvalidRole> {
    Permissions::from_roles(roles.iter().map(String::as_str))
}

fn checked(groups: &[String]) -> Result<Vec<String>, InvalidName> {
    groups.iter().map(|group| names::group(group)).collect()
}
