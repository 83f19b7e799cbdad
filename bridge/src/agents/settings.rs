//! An agent's settings, for every driver: shown without secrets, never a secret set, one found by its path, one changed
//! by a patch.

use commands::secrets::{MASK, NEVER_BY_CHAT, counts_tokens, is_name, is_setting};
use serde_json::{Map, Value, json};

use super::Fault;
use crate::words::Mask;

/// The same, with nothing to be kept from anybody.
pub(super) fn without_secrets(settings: &Value) -> Value {
    match settings {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let shown = match value {
                    Value::Number(_) if counts_tokens(name) => value.clone(),
                    value if is_name(name) => hidden(value),
                    value => without_secrets(value),
                };
                (name.clone(), shown)
            });
            Value::Object(fields.collect())
        }
        Value::Array(values) => values.iter().map(without_secrets).collect(),
        other => other.clone(),
    }
}

/// All that stands under the name of a secret, whatever its shape; that there is one, or none, is told.
fn hidden(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), hidden(value))).collect(),
        Value::Array(values) => values.iter().map(hidden).collect(),
        Value::Null | Value::Bool(_) => value.clone(),
        Value::String(_) | Value::Number(_) => MASK.into(),
    }
}

/// What a program printed of its settings, or of the one that it was asked for, without secrets.
pub(super) fn printed(text: &str, key: Option<&str>) -> String {
    let named = key.is_some_and(|key| key.split('.').any(|name| is_name(name) && !counts_tokens(name)));
    if named && !text.trim().is_empty() {
        return MASK.to_owned();
    }
    covered(text).unwrap_or_else(|| text.to_owned())
}

/// A text of settings without its secrets: JSON as JSON, all else line by line; none where there are none in it.
fn covered(text: &str) -> Option<String> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Lines::default().cover(text) };
    let shown = without_secrets(&value);
    (shown != value).then(|| serde_json::to_string_pretty(&shown).unwrap_or_default())
}

/// Settings as lines: `name = value`, `name: value`, `export NAME=value`, `"name": "value",`, what goes on below a name,
/// and what stands in a `[section]`.
#[derive(Default)]
struct Lines {
    /// The line before is a secret's: how deep it stands, and whether its value is yet to come.
    below: Option<(usize, bool)>,
    /// All of this section is secret.
    section: bool,
}

impl Lines {
    fn cover(mut self, text: &str) -> Option<String> {
        let covered: Vec<_> = text.lines().map(|line| self.line(line)).collect();
        let any = covered.iter().any(Option::is_some);
        let shown =
            text.lines().zip(covered).map(|(line, covered)| covered.unwrap_or_else(|| line.to_owned()));
        any.then(|| shown.collect::<Vec<_>>().join("\n"))
    }

    /// The line as it may be shown, where it shows too much.
    fn line(&mut self, line: &str) -> Option<String> {
        let (trimmed, indent) = (line.trim(), line.len() - line.trim_start().len());
        if trimmed.is_empty() {
            return None;
        }
        let goes_on = |(name, open): (usize, bool)| {
            indent > name || (open && trimmed.starts_with(['-', '"', '\'', ']', '}', ')']))
        };
        if self.below.is_some_and(goes_on) {
            let closes = trimmed.starts_with([']', '}', ')']);
            return (!closes).then(|| format!("{}{MASK}", &line[..indent]));
        }
        if trimmed.starts_with('[') && trimmed.ends_with(']') {
            self.section = is_name(trimmed);
        }
        let of_section = || line.find(['=', ':']).map(|at| (at + 1, "")).filter(|_| self.section);
        let found = secret_in(line).or_else(of_section).map(|(at, name)| (at, line[at..].trim(), name));
        let secret = found.filter(|(_, value, name)| !is_told(value, name));
        self.below = secret
            .map(|(_, value, _)| (indent, value.is_empty() || value.ends_with(['[', '{', '(', '|', '>'])));
        secret.map(|(at, _, _)| format!("{} {MASK}", &line[..at]))
    }
}

/// Where the first value behind the name of a secret begins, and that name.
fn secret_in(line: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    for (at, separator) in line.match_indices(['=', ':', ',', '{', ';', '&', '?']) {
        let name = &line[from..at];
        if matches!(separator, "=" | ":") && is_name(name) {
            return Some((at + 1, name));
        }
        from = at + 1;
    }
    None
}

/// A value that says nothing of a secret: that there is one or none, or how many tokens there may be.
fn is_told(value: &str, name: &str) -> bool {
    let value = value.trim_end_matches(',');
    matches!(value, "true" | "false" | "null") || (counts_tokens(name) && value.parse::<f64>().is_ok())
}

/// A secret is not set by a chat, whatever it is called and however deep within a value it stands.
pub(super) fn no_secret(key: &str, value: &str, mask: Mask) -> Result<(), Fault> {
    if is_setting(key, value) || covered(value).is_some() || (mask.0)(value) != value {
        return Err(Fault::Refused(NEVER_BY_CHAT.into()));
    }
    Ok(())
}

/// What stands at a path like `agents.defaults.model`.
pub(super) fn at<'a>(settings: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(settings, |value, name| match value {
        Value::Array(values) => values.get(name.parse::<usize>().ok()?),
        value => value.get(name),
    })
}

/// What sets that alone.
pub(super) fn patch(path: &str, value: &str) -> Value {
    let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
    path.rsplit('.').fold(value, |inner, name| Value::Object(Map::from_iter([(name.to_owned(), inner)])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown() {
        let settings = json!({
            "gateway": { "auth": { "mode": "token", "token": "abc" }, "port": 18_789 },
            "channels": { "telegram": { "botToken": "1:x", "enabled": true } },
            "list": [{ "apiKey": "k", "api_key": "k", "maxTokens": 5 }],
            "apiKeys": ["k1", { "of": "k2", "on": true }],
            "authTokens": ["k3"],
            "secrets": { "deep": { "er": "k4" } },
            "clientSecret": "k5", "PASSWORD": "k6", "hasToken": true,
        });
        let shown = without_secrets(&settings).to_string();
        for secret in ["abc", "1:x", "\"k\"", "k1", "k2", "k3", "k4", "k5", "k6"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
        for told in ["18789", "\"maxTokens\":5", "\"mode\":\"token\"", "\"on\":true", "\"hasToken\":true"] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
        assert_eq!(
            printed(&settings.to_string(), None),
            serde_json::to_string_pretty(&without_secrets(&settings)).unwrap()
        );
    }

    #[test]
    fn what_is_no_json_is_covered_by_the_line() {
        let text = "# of the agent\nmodel = \"one\"\nexport API_KEY=k1\nmaxTokens: 5\n  \"clientSecret\": \"k2\",\n\
                    apiKeys:\n  - k3\n  - k4\nport: 1\ntokens = [\n\"k5\",\n]\nname = x\n[auth.token]\nvalue = k6\n[other]\nvalue = y\n\
                    { token: k7, model: two }\nEnvironment=PASSWORD=k8";
        let shown = printed(text, None);
        assert!((1..=8).all(|number| !shown.contains(&format!("k{number}"))), "{shown}");
        for told in ["model = \"one\"", "maxTokens: 5", "port: 1", "name = x", "[other]\nvalue = y"] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
        let plain = "model = one\nsee https://example.org/a: it works\n";
        assert_eq!(printed(plain, Some("agents.defaults")), plain);
        assert_eq!(printed("k1\n", Some("gateway.auth.token")), MASK);
        assert_eq!(printed("", Some("gateway.auth.token")), "");
    }

    #[test]
    fn a_secret_is_not_set_by_whatever_name() {
        let refused = |key, value: &str| no_secret(key, value, Mask::default()).is_err();
        let bot = crate::words::tests::token();
        for (key, value) in [
            ("gateway.auth.token", "x"),
            ("gateway", r#"{"auth":[{"apiKeys":["x"]}]}"#),
            ("channels.telegram.of", &bot),
            ("models.authTokens", "[\"x\"]"),
        ] {
            assert!(refused(key, value), "{key} {value}");
        }
        for (key, value) in [("model", "two words"), ("agents.defaults", r#"{"maxTokens":5,"model":"one"}"#)]
        {
            assert!(!refused(key, value), "{key} {value}");
        }
    }

    #[test]
    fn a_path_is_found_and_set() {
        let settings = json!({ "agents": { "list": [{ "id": "main" }] } });
        assert_eq!(at(&settings, "agents.list.0.id"), Some(&json!("main")));
        assert_eq!(at(&settings, "agents.nope.x"), None);
        assert_eq!(patch("a.b", "true"), json!({ "a": { "b": true } }));
        assert_eq!(patch("a", "hello"), json!({ "a": "hello" }));
    }
}
