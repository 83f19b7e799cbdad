//! HTTP by hand: requests that no client library would send, and answers as they stand on the wire.

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A door that has not answered by then never will.
const WITHIN: Duration = Duration::from_mins(1);

/// A request, with its headers as they are.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    pub chunked: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.into(), path: path.into(), ..Self::default() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    fn head(&self) -> String {
        let mut head =
            format!("{} {} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        match &self.body {
            Some(_) if self.chunked => head += "Transfer-Encoding: chunked\r\n",
            Some(body) => head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]),
            None => {}
        }
        head + "\r\n"
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head().into_bytes();
        let body = self.body.as_deref().unwrap_or_default();
        if self.chunked {
            bytes.extend(format!("{:x}\r\n", body.len()).bytes());
            bytes.extend_from_slice(body);
            bytes.extend(b"\r\n0\r\n\r\n");
        } else {
            bytes.extend_from_slice(body);
        }
        bytes
    }

    /// That whoever reads the description knew that it may be answered so. What asks for another method than there is
    /// stands with those that there are.
    fn is_described(&self, answer: &Answer) {
        static OF_ANY: LazyLock<Value> = LazyLock::new(|| bridge::hooks::description(false));
        static FOR_NODES: LazyLock<Value> = LazyLock::new(|| bridge::hooks::description(true));
        let path = self.path.split('?').next().unwrap_or_default();
        let told = if answer.status == 404 { &OF_ANY } else { &FOR_NODES };
        let Some(path) = told["paths"][path].as_object() else { return };
        let of_method = path.get(&self.method.to_lowercase()).map(|operation| vec![operation]);
        let operations = of_method.unwrap_or_else(|| path.values().collect());
        let status = answer.status.to_string();
        let known = operations.iter().any(|operation| operation["responses"].get(&status).is_some());
        assert!(known, "{} {} is answered {answer:?}, which is not described", self.method, self.path);
    }

    /// Sends it, and reads the answer.
    pub async fn send(&self, to: SocketAddr) -> Answer {
        self.send_first(to, usize::MAX).await
    }

    /// Sends it to a door that may be gone before it has answered.
    pub async fn try_send(&self, to: SocketAddr) -> Option<Answer> {
        let answer = self.exchange(to, usize::MAX).await.ok()?;
        (!answer.is_empty()).then(|| self.answer(&answer))
    }

    /// Sends only so many bytes of it, and reads the answer.
    pub async fn send_first(&self, to: SocketAddr, most: usize) -> Answer {
        self.answer(&self.exchange(to, most).await.expect("the door is open, and answers"))
    }

    fn answer(&self, bytes: &[u8]) -> Answer {
        let answer = parse(bytes);
        self.is_described(&answer);
        answer
    }

    async fn exchange(&self, to: SocketAddr, most: usize) -> std::io::Result<Vec<u8>> {
        let bytes = self.bytes();
        let most = most.min(bytes.len());
        let exchanged = async {
            let mut stream = TcpStream::connect(to).await?;
            stream.write_all(&bytes[..most]).await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            Ok(answer)
        };
        tokio::time::timeout(WITHIN, exchanged).await.expect("it answers in time")
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}"));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let header = |line: &str| {
        let (name, value) = line.split_once(':').expect("a header");
        (name.to_lowercase(), value.trim().to_owned())
    };
    Answer { status: status.expect("a status"), headers: lines.map(header).collect(), body: body.to_owned() }
}
