//! Who speaks: the token says so, and nothing else does.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// Where the gateways of three generations put the token, if not into `Authorization`.
const OTHER_HEADERS: [&str; 2] = ["x-openclaw-token", "x-clawdbot-token"];

/// The token that was shown: a bearer's that is not empty, else one of the other headers.
pub(super) fn shown(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
    bearer.or_else(|| {
        let other = OTHER_HEADERS.iter().filter_map(|name| headers.get(*name)?.to_str().ok());
        other.map(str::trim).find(|token| !token.is_empty())
    })
}

/// The scheme in any case, any blanks around the token.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(char::is_whitespace)?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&'static str, &str)]) -> Option<String> {
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        shown(&headers.collect::<HeaderMap>()).map(str::to_owned)
    }

    #[test]
    fn a_bearer_wins_unless_it_is_empty() {
        for value in ["Bearer t", "bearer   t ", "BEARER\tt"] {
            assert_eq!(of(&[("authorization", value)]).as_deref(), Some("t"), "{value}");
        }
        for value in ["t", "Basic t", "Bearer", "Bearer  "] {
            assert_eq!(of(&[("authorization", value)]), None, "{value}");
        }
        assert_eq!(of(&[("authorization", "Bearer a"), ("x-openclaw-token", "b")]).as_deref(), Some("a"));
        assert_eq!(of(&[("authorization", "Bearer "), ("x-clawdbot-token", "b")]).as_deref(), Some("b"));
        assert_eq!(of(&[("x-moltbot-token", "b"), ("x-hook-token", "b")]), None);
    }
}
