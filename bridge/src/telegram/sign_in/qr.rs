//! Signing in by a QR code that the account's Telegram app scans.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grammers_session::updates::UpdatesLike;
use grammers_tl_types::enums::{Update, Updates, auth::LoginToken};
use grammers_tl_types::{functions, types};
use jiff::Timestamp;

use super::refusal::refine;
use super::{Due, SignIn, SignInError, Step};
use crate::telegram::call::CallError;

impl SignIn {
    /// A code to show, or, once it was scanned, what comes after it.
    pub async fn qr(&mut self) -> Result<Step, SignInError> {
        let request = functions::auth::ExportLoginToken {
            api_id: self.credentials.api_id,
            api_hash: self.credentials.api_hash.clone(),
            except_ids: Vec::new(),
        };
        let answer = self.caller.call(&request).await;
        match self.scanned(answer).await? {
            Scan::Move(to) => self.import(to).await,
            Scan::Step(step) => Ok(step),
        }
    }

    /// The account lives in another data centre: the token is good there.
    async fn import(&mut self, to: types::auth::LoginTokenMigrateTo) -> Result<Step, SignInError> {
        self.move_to(to.dc_id).await?;
        let request = functions::auth::ImportLoginToken { token: to.token };
        let answer = self.caller.call(&request).await;
        match self.scanned(answer).await? {
            Scan::Move(_) => Err(SignInError::Unsupported("a third data centre")),
            Scan::Step(step) => Ok(step),
        }
    }

    async fn scanned(&mut self, answer: Result<LoginToken, CallError>) -> Result<Scan, SignInError> {
        Ok(match answer {
            Ok(LoginToken::Token(token)) => {
                self.due = Due::Scan;
                let link = format!("tg://login?token={}", URL_SAFE_NO_PAD.encode(&token.token));
                let until = Timestamp::from_second(token.expires.into());
                let until = until.map_err(|_| SignInError::Unsupported("a QR code without an end"))?;
                Scan::Step(Step::ShowQr { link, until })
            }
            Ok(LoginToken::MigrateTo(to)) => Scan::Move(to),
            Ok(LoginToken::Success(done)) => Scan::Step(self.take(done.authorization).await?),
            Err(error) if error.is("SESSION_PASSWORD_NEEDED") => Scan::Step(self.ask_password().await?),
            Err(error) => return Err(refine(error)),
        })
    }

    /// Waits until the code that is shown was scanned, for so long at most; whether it was.
    pub async fn wait_for_scan(&mut self, within: Duration) -> bool {
        let told = async {
            while let Some(updates) = self.line.updates.recv().await {
                if is_scan(&updates) {
                    return;
                }
            }
            // The connection is gone; the next request makes another.
            std::future::pending::<()>().await;
        };
        tokio::time::timeout(within, told).await.is_ok()
    }
}

enum Scan {
    Step(Step),
    Move(types::auth::LoginTokenMigrateTo),
}

fn is_scan(updates: &UpdatesLike) -> bool {
    let is_token = |update: &Update| matches!(update, Update::LoginToken);
    match updates {
        UpdatesLike::Updates(updates) => match updates {
            Updates::UpdateShort(short) => is_token(&short.update),
            Updates::Updates(all) => all.updates.iter().any(is_token),
            Updates::Combined(all) => all.updates.iter().any(is_token),
            _ => false,
        },
        _ => false,
    }
}
