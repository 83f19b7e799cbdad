//! `POST /drive`: another node has an agent of this machine driven. A node has its own token, which opens nothing else.

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::json;
use std::net::IpAddr;
use std::time::Instant;
use subtle::ConstantTimeEq as _;

use super::guard::Verdict;
use super::serving::{Keeper, Reply, has_token};
use super::{Answer, Ask, OtherNode, Refusal, body, credentials, reply};
use crate::agents::node::Order;

/// The path.
pub(super) const PATH: &str = crate::agents::node::PATH;

impl Keeper {
    pub(super) async fn drive(
        &self,
        (method, uri, headers): (&Method, &Uri, &HeaderMap),
        from: IpAddr,
        body: Body,
    ) -> Reply {
        if has_token(uri) {
            body::drain(body).await;
            return reply::token_in_query();
        }
        if method != Method::POST {
            body::drain(body).await;
            return reply::method("POST");
        }
        let node = match self.node(headers, from) {
            Ok(node) => node.name.clone(),
            Err(refused) => {
                body::drain(body).await;
                return *refused;
            }
        };
        let bytes = match body::read(body).await {
            Ok(bytes) => bytes,
            Err(fault) => return reply::fault(fault),
        };
        let order: Order = match serde_json::from_slice(&bytes) {
            Ok(order) => order,
            Err(error) => return reply::bad(&error.to_string()),
        };
        match self.ask(None, Ask::Drive { node, order }).await {
            Ok(Answer::Json(told)) => reply::json(StatusCode::OK, &told),
            Ok(Answer::No(fault)) => reply::json(StatusCode::CONFLICT, &fault),
            Ok(_) => reply::json(StatusCode::OK, &json!({})),
            Err(Refusal::Senseless(why)) => reply::bad(&why),
            Err(refusal) => reply::refusal(&refusal),
        }
    }

    /// Which node it is, as its token says. Every token is compared, in constant time.
    fn node(&self, headers: &HeaderMap, from: IpAddr) -> Result<&OtherNode, Box<Reply>> {
        let shown = credentials::shown(headers).unwrap_or_default();
        let mut found = None;
        for node in &self.nodes {
            if bool::from(node.token.as_bytes().ct_eq(shown.as_bytes())) {
                found = Some(node);
            }
        }
        let mut guard = self.guard();
        let Some(node) = found else {
            return Err(Box::new(match guard.failed(from, Instant::now()) {
                Verdict::Unauthorized => reply::unauthorized(),
                Verdict::TooMany(seconds) => reply::too_many(seconds),
            }));
        };
        guard.passed(from);
        Ok(node)
    }
}
