//! A client of the admin API.

use serde_json::Value;

use super::{Answer, Service};

impl Service {
    /// A service with an admin port.
    pub(crate) async fn with_admin() -> Self {
        Self::with(|builder| builder.admin_port(0)).await
    }

    /// A call of the admin API with a JSON body, or none when it is null.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: Value) -> Answer {
        match body {
            Value::Null => self.admin_raw(method, path, &[], "").await,
            body => {
                let headers = [("content-type", "application/json")];
                self.admin_raw(method, path, &headers, body.to_string()).await
            }
        }
    }

    /// A GET of the admin API that must succeed.
    pub(crate) async fn look(&self, path: &str) -> Value {
        let answer = self.admin("GET", path, Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    /// A call of the admin API with any headers and body.
    pub(crate) async fn admin_raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let url = format!("{}{path}", self.emulator.admin_url().unwrap());
        self.raw(method, &url, None, headers, body).await
    }
}
