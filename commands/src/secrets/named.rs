//! Settings that are secrets by their name, or hold one by the name of a part. What is set in a chat, all of it read.

/// What whoever would set one in a chat is told.
pub const NEVER_BY_CHAT: &str =
    "a secret is set on its machine, by `mesh secret send` or by hand, and never by a chat";

/// Words in a name behind which a secret stands.
const NAMES: [&str; 11] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "privatekey",
    "accesskey",
    "signingkey",
    "credential",
    "bearer",
];

/// Whether what bears this name is a secret.
pub fn is_name(name: &str) -> bool {
    let bare = bare(name);
    NAMES.iter().any(|word| bare.contains(word))
}

/// Whether a name counts tokens, as `maxTokens` does, of which a number is told.
pub fn counts_tokens(name: &str) -> bool {
    bare(name).ends_with("tokens")
}

/// Whether a setting is a secret: by its path, as `gateway.auth.token`; by a part of its value; or as an address with a
/// password in it.
pub fn is_setting(path: &str, value: &str) -> bool {
    let is_count = value.trim().parse::<f64>().is_ok();
    let by_path = path.split('.').any(|name| is_name(name) && !(is_count && counts_tokens(name)));
    by_path || has_field(value) || has_assignment(value) || has_password(value)
}

/// `"token": "…"`
fn has_field(value: &str) -> bool {
    let pieces: Vec<_> = value.split('"').collect();
    pieces.windows(3).any(|three| {
        let said = three[1].trim_start().strip_prefix(':').map(str::trim);
        said.is_some_and(|said| is_name(three[0]) && (said.is_empty() || said.starts_with(['[', '{'])))
    })
}

/// `TOKEN=…`
fn has_assignment(value: &str) -> bool {
    value.split_whitespace().filter_map(|word| word.split_once('=')).any(|(name, _)| is_name(name))
}

/// `scheme://user:password@host`
fn has_password(value: &str) -> bool {
    value.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', '"', ' ']).next().unwrap_or_default();
        authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
    })
}

fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_a_secret_by_its_path_or_by_what_is_in_it() {
        for (path, value) in [
            ("gateway.auth.token", "abcdef12345678"),
            ("gateway.auth", r#"{"token":"x"}"#),
            ("gateway", r#"{"auth":[{"apiKeys": ["x"]}]}"#),
            ("env", "PASSWORD=x"),
            ("url", "https://u:pw12345678@h/"),
        ] {
            assert!(is_setting(path, value), "{path} {value}");
        }
        for (path, value) in [
            ("model", "two words"),
            ("agents.defaults.maxTokens", "5000"),
            ("agents.defaults", r#"{"maxTokens":5,"model":"one"}"#),
            ("gateway.auth", r#"{"mode":"token"}"#),
            ("url", "https://example.org:8443/a?at=me@home"),
        ] {
            assert!(!is_setting(path, value), "{path} {value}");
        }
    }
}
