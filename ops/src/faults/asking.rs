//! What a phone does that was told `received` and then nothing more: it asks over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{StreamExt, stream};
use sos_protocol::http::AlertStatus;
use sos_protocol::{AlertId, Receipt};

use super::timeline;
use crate::swarm::AlertLog;

/// Questions under way at once.
const AT_ONCE: usize = 8;
/// How long one answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// Asks `gateways` in turn for every alert that is acknowledged and not known to be recorded, and adds the answers to
/// the logs. Returns those that are recorded.
///
/// # Errors
/// When no client can be made.
pub(super) async fn ask(gateways: &[SocketAddr], alerts: &mut [AlertLog]) -> Result<Vec<AlertId>> {
    let client =
        reqwest::Client::builder().no_proxy().timeout(ANSWER_WITHIN).build().context("an HTTP client")?;
    let untold = alerts.iter_mut().filter(|alert| alert.received_at.is_some() && alert.recorded_at.is_none());
    let answers = stream::iter(untold.zip(gateways.iter().cycle())).map(|(alert, gateway)| {
        let client = &client;
        async move {
            let receipts = receipts(client, *gateway, alert.alert_id).await.unwrap_or_default();
            receipts.iter().for_each(|receipt| timeline::heard(alert, receipt));
            alert.recorded_at.map(|_| alert.alert_id)
        }
    });
    Ok(answers.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await)
}

async fn receipts(client: &reqwest::Client, gateway: SocketAddr, alert: AlertId) -> Result<Vec<Receipt>> {
    let answer = client.get(format!("http://{gateway}/api/alerts/{alert}")).send().await?;
    Ok(answer.error_for_status()?.json::<AlertStatus>().await?.receipts)
}
