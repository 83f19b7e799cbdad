//! What others answer by HTTP: read as far as anybody wants it, however much they say.

use reqwest::Response;
use serde::de::DeserializeOwned;

/// Of a refusal so many bytes are read; fewer are shown.
const WORDS_MOST: usize = 64 * 1024;
/// An answer of more bytes than this is none; the longest that is asked for is a log.
const ANSWER_MOST: usize = 8 * 1024 * 1024;

/// The words of a refusal, as far as they came.
pub(crate) async fn words(answer: Response) -> String {
    let body = read(answer, WORDS_MOST).await.unwrap_or_default();
    String::from_utf8_lossy(&body).into_owned()
}

/// A value; nothing where it is none of that kind, or too long.
///
/// # Errors
/// A connection that breaks.
pub(crate) async fn value<T: DeserializeOwned>(answer: Response) -> reqwest::Result<Option<T>> {
    Ok(serde_json::from_slice(&read(answer, ANSWER_MOST).await?).ok())
}

async fn read(mut answer: Response, most: usize) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(more) = answer.chunk().await? {
        let room = most - body.len();
        body.extend_from_slice(&more[..more.len().min(room)]);
        if body.len() == most {
            break;
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// What one who never stops speaking answers.
    async fn endless() -> Response {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            let mut said = stream.write_all(b"HTTP/1.1 503 Later\r\n\r\n").await;
            while said.is_ok() {
                said = stream.write_all(&[b'1'; 4096]).await;
            }
        });
        reqwest::get(format!("http://{address}")).await.unwrap()
    }

    #[tokio::test]
    async fn whoever_never_stops_is_heard_only_so_far() {
        assert_eq!(words(endless().await).await, "1".repeat(WORDS_MOST));
        assert_eq!(read(endless().await, 5).await.unwrap(), b"11111");
        let numbers: Option<Vec<u8>> = value(endless().await).await.unwrap();
        assert_eq!(numbers, None);
    }
}
