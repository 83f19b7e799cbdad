//! An agent of which only the hook is known: it can be asked whether it is there, and nothing else.

use super::{Driver, Driving, Fault, Told, Wanted};
use crate::hooks::{Hook, Post, Probed};

/// Asks at the hook.
#[derive(Clone, Debug)]
pub struct ByHook {
    /// What asks.
    pub post: Post,
    /// Where.
    pub hook: Hook,
}

impl ByHook {
    /// Whether the hook is there.
    ///
    /// # Errors
    /// It is not, or lets nothing in.
    pub async fn ping(&self) -> Result<Told, Fault> {
        match self.post.probe(&self.hook).await {
            Probed::Well(took) => {
                let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                Ok(Told { took_ms, ..Told::words("its hook is open") })
            }
            Probed::Shut(_, status) => Err(Fault::Refused(format!("its hook answers {status}"))),
            Probed::Closed(_) => Err(Fault::Refused("it takes nothing on now (503)".into())),
            Probed::Missed => Err(Fault::Unreachable("its hook does not answer".into())),
        }
    }
}

impl Driver for ByHook {
    fn drive(&self, wanted: Wanted) -> Driving<'_> {
        Box::pin(async move {
            match wanted {
                Wanted::Ping => self.ping().await,
                _ => Err(Fault::Unable("only its hook is configured: add a driver to its [[agents]]".into())),
            }
        })
    }
}
