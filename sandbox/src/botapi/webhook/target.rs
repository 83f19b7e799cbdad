//! Where a webhook is, checked before anything is sent there.

use std::net::IpAddr;

use reqwest::Url;

use crate::botapi::Call;
use crate::botapi::answer::ApiError;

/// Deliveries under way at once, unless the bot says otherwise.
const CONNECTIONS: i64 = 40;
/// The most a bot may ask for.
const CONNECTIONS_LIMIT: i64 = 100;
/// Characters of a secret token.
const SECRET_LIMIT: usize = 256;

/// Where a bot's updates go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::botapi) struct Target {
    pub url: Url,
    /// Sent along with each update.
    pub secret: Option<String>,
    /// Deliveries under way at once.
    pub connections: usize,
    /// A certificate to be trusted, PEM.
    pub certificate: Option<Vec<u8>>,
}

impl Target {
    /// The address it is at, as far as the URL tells.
    pub fn ip(&self) -> String {
        let host = self.url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host.parse::<IpAddr>().map_or_else(|_| "127.0.0.1".to_owned(), |ip| ip.to_string())
    }
}

impl Call {
    /// The target that `setWebhook` names; `None`: none any more.
    pub fn webhook_target(&self) -> Result<Option<Target>, ApiError> {
        let url = self.params.text("url").unwrap_or_default();
        if url.trim().is_empty() {
            return Ok(None);
        }
        let secret = self.params.text("secret_token").filter(|secret| !secret.is_empty());
        let connections = self.params.number("max_connections").filter(|asked| *asked > 0);
        let connections = connections.unwrap_or(CONNECTIONS).min(CONNECTIONS_LIMIT);
        Ok(Some(Target {
            url: home(url.trim())?,
            secret: secret.map(checked_secret).transpose()?,
            connections: usize::try_from(connections).unwrap_or(1),
            certificate: self.params.file("certificate").map(|file| file.bytes.to_vec()),
        }))
    }
}

/// A URL on the loopback. Telegram wants HTTPS; here plain HTTP will do, for nothing leaves the machine.
fn home(given: &str) -> Result<Url, ApiError> {
    let with_scheme = if given.contains("://") { given.to_owned() } else { format!("https://{given}") };
    let url = Url::parse(&with_scheme).map_err(|_| ApiError::bad("bad webhook: Invalid URL specified"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(ApiError::bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_home = host.parse::<IpAddr>().map_or(host == "localhost", |ip| ip.is_loopback());
    if is_home {
        Ok(url)
    } else {
        Err(ApiError::bad("bad webhook: The sandbox delivers to the loopback only"))
    }
}

fn checked_secret(secret: String) -> Result<String, ApiError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if secret.len() > SECRET_LIMIT {
        Err(ApiError::bad("secret token is too long"))
    } else if secret.bytes().all(is_allowed) {
        Ok(secret)
    } else {
        Err(ApiError::bad("secret token contains unallowed characters"))
    }
}
