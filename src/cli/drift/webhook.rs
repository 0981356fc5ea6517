//! Tells `[drift.webhook]` what is new and what is gone.

use secrecy::SecretString;

use super::look::Looked;
use crate::cli::context::Context;
use crate::drift::news;
use crate::http::{Method, Sender, sender};
use crate::report::message::{self, News};
use crate::settings::{Settings, Webhook, WebhookFormat};
use crate::state::Told;

/// Sends a message if there is anything to tell. What goes wrong is said, and changes nothing about the result: what was
/// not told is told by the next run.
pub(super) async fn tell(looked: &Looked, settings: &Settings, context: &Context) {
    let Some(webhook) = &settings.drift.webhook else { return };
    let identity = &looked.prepared.connection.identity;
    let earlier = Told::load(&settings.state_directory, identity);
    let news = news(
        &looked.report,
        &looked.prepared.plan,
        looked.prepared.shard,
        &earlier.told,
    );
    if news.is_empty() {
        return;
    }
    let message = News {
        registry: identity,
        new: &news.new,
        gone: &news.gone,
        report: &looked.report,
    };
    if let Err(problem) = send(webhook, message, looked, settings, context).await {
        let text = format!("[drift.webhook] was told nothing: {problem}; the next run tries again");
        return context.ui.warning(&text);
    }
    let told = Told { told: news.told };
    if let Err(error) = told.save(&settings.state_directory, identity) {
        let path = Told::path(&settings.state_directory, identity);
        let text = format!(
            "{} cannot be written: {error}; [drift.webhook] will be told the same again",
            path.display()
        );
        context.ui.warning(&text);
    }
}

async fn send(
    webhook: &Webhook,
    news: News<'_>,
    looked: &Looked,
    settings: &Settings,
    context: &Context,
) -> Result<(), String> {
    let secrets = context.secrets(settings);
    let address: SecretString = secrets
        .resolve_trusted(&webhook.url)
        .map_err(|problem| problem.to_string())?;
    let body = match webhook.format {
        WebhookFormat::Slack => message::slack(news),
        WebhookFormat::Json => message::plain(news, &looked.prepared.sources),
    };
    let message = sender::Message {
        method: Method::Post,
        content_type: "application/json",
        body: &body.to_string(),
    };
    let sent = Sender::new(address).send(message).await;
    sent.map_err(|problem| problem.to_string())
}
