//! The paths of requests, which clients escape more than they have to.

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// `/bot<token>/<method>`.
    Method { token: String, method: String },
    /// `/file/bot<token>/<path>`.
    File { token: String, path: String },
}

impl Asked {
    /// Reads a path; `None` for any other.
    pub fn read(path: &str) -> Option<Self> {
        let path = unescape(path)?;
        if let Some(rest) = path.strip_prefix("/file/bot") {
            let (token, path) = rest.split_once('/')?;
            return Some(Self::File { token: token.to_owned(), path: path.to_owned() });
        }
        let (token, method) = path.strip_prefix("/bot")?.split_once('/')?;
        let is_method = !token.is_empty() && !method.is_empty() && !method.contains('/');
        is_method.then(|| Self::Method { token: token.to_owned(), method: method.to_ascii_lowercase() })
    }
}

/// Takes `%3A` and the like back; `None` where that gives no text.
fn unescape(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = if *first == b'%' { after.first_chunk().copied().and_then(byte) } else { None };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

fn byte([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_however_they_are_escaped() {
        let method = |token: &str| Asked::Method { token: token.to_owned(), method: "getme".to_owned() };
        assert_eq!(Asked::read("/bot1:a/getMe"), Some(method("1:a")));
        assert_eq!(Asked::read("/bot1%3Aa/GETME"), Some(method("1:a")));
        let file = Asked::File { token: "1:a".to_owned(), path: "documents/file_1.txt".to_owned() };
        assert_eq!(Asked::read("/file/bot1%3aa/documents%2Ffile_1.txt"), Some(file.clone()));
        assert_eq!(Asked::read("/file/bot1:a/documents/file_1.txt"), Some(file));
        for other in
            ["/", "/bot1:a", "/bot/getMe", "/bot1:a/", "/bot1:a/test/getMe", "/file/bot1:a", "/bot%ff/x"]
        {
            assert_eq!(Asked::read(other), None, "{other}");
        }
        assert_eq!(
            Asked::read("/bot%/%zz"),
            Some(Asked::Method { token: "%".to_owned(), method: "%zz".to_owned() })
        );
    }
}
