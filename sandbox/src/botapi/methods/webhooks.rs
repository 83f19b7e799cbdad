//! Setting webhooks.

use serde_json::{Value, json};

use crate::botapi::Call;
use crate::botapi::answer::{ApiError, Reply};
use crate::botapi::polling::TurnedOut;

impl Call {
    pub fn set_webhook(&self) -> Result<Reply, ApiError> {
        let Some(target) = self.webhook_target()? else { return Ok(self.delete_webhook()) };
        self.take_allowed_updates()?;
        self.drop_pending_if_asked();
        let (webhooks, bot) = (&self.door.inner.webhooks, self.bot.id);
        if webhooks.of(bot).is_some_and(|(old, _)| old == target) {
            return Ok(Reply::told(true, "Webhook is already set"));
        }
        self.door.set_webhook(bot, target)?;
        self.door.inner.pollers.turn_out(bot, TurnedOut::ByWebhook);
        Ok(Reply::told(true, "Webhook was set"))
    }

    pub fn delete_webhook(&self) -> Reply {
        self.drop_pending_if_asked();
        let was_set = self.door.inner.webhooks.remove(self.bot.id);
        Reply::told(true, if was_set { "Webhook was deleted" } else { "Webhook is already deleted" })
    }

    fn drop_pending_if_asked(&self) {
        if self.params.flag("drop_pending_updates") {
            self.door.world().drop_updates(self.bot.id);
        }
    }

    pub fn get_webhook_info(&self) -> Value {
        let world = self.door.world();
        let mut info = json!({
            "url": "",
            "has_custom_certificate": false,
            "pending_update_count": world.pending_updates(self.bot.id),
        });
        if let Some((target, trouble)) = self.door.inner.webhooks.of(self.bot.id) {
            info["url"] = json!(target.url.as_str());
            info["has_custom_certificate"] = json!(target.certificate.is_some());
            info["max_connections"] = json!(target.connections);
            info["ip_address"] = json!(target.ip());
            if let Some(trouble) = trouble {
                info["last_error_date"] = json!(trouble.date);
                info["last_error_message"] = json!(trouble.message);
            }
        }
        let allowed = world.allowed_updates(self.bot.id);
        if !allowed.is_empty() {
            info["allowed_updates"] = json!(allowed);
        }
        info
    }
}
