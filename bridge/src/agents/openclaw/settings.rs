//! A gateway's settings: shown without secrets, one found by its path, one changed by a patch.

use serde_json::{Map, Value, json};

/// What stands for a secret.
const HIDDEN: &str = "‹secret›";
/// Words in a name behind which a secret stands.
const SECRET_NAMES: [&str; 6] = ["token", "secret", "password", "passphrase", "apikey", "privatekey"];

/// Whether what bears this name is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    SECRET_NAMES.iter().any(|word| bare.contains(word)) && !bare.ends_with("tokens")
}

/// The same, with nothing to be kept from anybody.
pub(super) fn without_secrets(settings: &Value) -> Value {
    match settings {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| {
                let hidden = is_secret(name) && (value.is_string() || value.is_number());
                (name.clone(), if hidden { HIDDEN.into() } else { without_secrets(value) })
            });
            Value::Object(fields.collect())
        }
        Value::Array(values) => values.iter().map(without_secrets).collect(),
        other => other.clone(),
    }
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
        });
        let shown = without_secrets(&settings).to_string();
        assert!(!shown.contains("abc") && !shown.contains("1:x") && !shown.contains("\"k\""), "{shown}");
        assert!(shown.contains("18789") && shown.contains("\"maxTokens\":5"), "{shown}");
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
