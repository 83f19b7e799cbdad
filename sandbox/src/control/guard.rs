//! Who may ask: programs and our own page on this machine, never another site in somebody's browser.
//!
//! A browser sends along where a request comes from. A name that was made to point at this machine (DNS rebinding)
//! shows in `Host`, another site's request in `Origin` or `Sec-Fetch-Site`. Other programs send none of these.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::BODY_LIMIT;
use super::refusal::Refusal;
use crate::body;

/// How long the next part of a body is waited for.
const BODY_WAIT: Duration = Duration::from_secs(30);

/// Names of this machine in `Host`, without the port.
const OURS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// Lets a request through, with its whole body, or says why not.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let whole = match check(request.headers()) {
        Ok(()) => whole(request).await,
        Err(refusal) => Err(refusal),
    };
    match whole {
        Ok(request) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// A request whose body is there, and not too big.
async fn whole(request: Request) -> Result<Request, Refusal> {
    let (head, body) = request.into_parts();
    let body = body::whole(body, BODY_LIMIT, Some(BODY_WAIT)).await.map_err(|fault| match fault {
        body::Fault::TooBig => {
            let sentence = format!("The body has more than {BODY_LIMIT} bytes.");
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, sentence)
        }
        body::Fault::Cut => Refusal::new(StatusCode::REQUEST_TIMEOUT, "The body did not come to its end."),
    })?;
    Ok(Request::from_parts(head, Body::from(body)))
}

fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if is_port(port) { name } else { host });
    if !OURS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(Refusal::forbidden(
            "Only this machine's own names are answered: 127.0.0.1 or localhost.",
        ));
    }
    let is_foreign = |origin: &str| origin != format!("http://{host}");
    if text(header::ORIGIN.as_str()).is_some_and(is_foreign)
        || text("sec-fetch-site").is_some_and(|site| !["same-origin", "none"].contains(&site))
    {
        return Err(Refusal::forbidden("Another site may not ask here."));
    }
    Ok(())
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(pairs: &[(&'static str, &str)]) -> bool {
        let header = |(name, value): &(&'static str, &str)| (name.parse().unwrap(), value.parse().unwrap());
        check(&pairs.iter().map(header).collect()).is_ok()
    }

    #[test]
    fn programs_and_our_own_page_may_ask() {
        assert!(may(&[("host", "127.0.0.1:8080")]));
        assert!(may(&[("host", "LOCALHOST:1"), ("sec-fetch-site", "none")]));
        assert!(may(&[
            ("host", "[::1]:80"),
            ("origin", "http://[::1]:80"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn other_sites_and_names_may_not() {
        assert!(!may(&[]));
        assert!(!may(&[("host", "rebound.example:8080")]));
        assert!(!may(&[("host", "127.0.0.1.example")]));
        assert!(!may(&[("host", "127.0.0.1:80"), ("origin", "http://evil.example")]));
        assert!(!may(&[("host", "127.0.0.1:80"), ("origin", "http://127.0.0.1:81")]));
        assert!(!may(&[("host", "127.0.0.1:80"), ("origin", "null")]));
        assert!(!may(&[("host", "127.0.0.1:80"), ("sec-fetch-site", "cross-site")]));
    }

    #[tokio::test]
    async fn a_body_is_there_whole_or_it_is_said_why_not() {
        let asked =
            |parts: Vec<std::io::Result<Vec<u8>>>| Request::new(Body::from_stream(tokio_stream::iter(parts)));
        let cut = vec![Ok(vec![b'x']), Err(std::io::ErrorKind::TimedOut.into())];
        let big = vec![Ok(vec![b'x'; BODY_LIMIT]), Ok(vec![b'x'])];
        for (parts, status) in [(cut, StatusCode::REQUEST_TIMEOUT), (big, StatusCode::PAYLOAD_TOO_LARGE)] {
            let refusal = whole(asked(parts)).await.unwrap_err();
            assert_eq!(refusal.into_response().status(), status);
        }
        assert!(whole(asked(vec![Ok(vec![b'x'; BODY_LIMIT])])).await.is_ok());
    }
}
