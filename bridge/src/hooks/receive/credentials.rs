//! Who speaks: the token says so, and nothing else does.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use subtle::{Choice, ConstantTimeEq as _};

use super::Known;

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

/// Whose token it is. Every token is compared, and each in constant time: how long it takes tells nothing.
pub(super) fn owner<'a>(token: &str, agents: &'a [Known]) -> Option<&'a Known> {
    let mut found = None;
    for agent in agents {
        let mut same = Choice::from(0);
        for known in &agent.tokens {
            same |= known.as_bytes().ct_eq(token.as_bytes());
        }
        if bool::from(same) {
            found = Some(agent);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use commands::ids::AgentId;

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

    #[test]
    fn an_older_token_is_good_beside_the_newer() {
        let tokens = |all: &[&str]| all.iter().map(|token| (*token).to_owned()).collect();
        let agents = [
            Known { id: AgentId(1), names: vec![], tokens: tokens(&["new", "old"]) },
            Known { id: AgentId(2), names: vec![], tokens: tokens(&["other"]) },
        ];
        let whose = |token| owner(token, &agents).map(|agent| agent.id.0);
        assert_eq!(["new", "old", "other", "", "ne"].map(whose), [Some(1), Some(1), Some(2), None, None]);
        assert!(!format!("{agents:?}").contains("other"), "tokens are not shown");
    }
}
