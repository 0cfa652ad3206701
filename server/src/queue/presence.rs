//! Who looks at what, between nodes: said and forgotten, so it is published and not kept. A stream would have each word
//! of it written to disk, in front of alerts.

use std::time::Duration;

use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ANSWER_WITHIN, Queue, QueueError, value_of};
use crate::deadline::within;

/// Longest wait until Redis lets this node listen.
const SUBSCRIBED_WITHIN: Duration = Duration::from_secs(2);

impl Queue {
    /// Tells all nodes what a console looks at.
    ///
    /// # Errors
    /// When Redis does not do it.
    pub async fn publish_presence(&self, item: &impl Serialize) -> Result<(), QueueError> {
        let mut publish = redis::cmd("PUBLISH");
        publish.arg(self.presence_channel()).arg(serde_json::to_vec(item)?);
        self.presence.run::<i64>(&publish, ANSWER_WITHIN).await.map(drop)
    }

    /// Hears what all nodes tell, this one too, until the connection ends.
    ///
    /// # Errors
    /// When Redis does not let it listen.
    pub async fn hear_presence<T: DeserializeOwned>(&self, hear: impl Fn(T)) -> Result<(), QueueError> {
        let subscribe = async {
            let mut listening = self.client.get_async_pubsub().await?;
            listening.subscribe(self.presence_channel()).await?;
            Ok::<_, QueueError>(listening)
        };
        let mut heard = within(SUBSCRIBED_WITHIN, subscribe).await?.into_on_message();
        while let Some(message) = heard.next().await {
            // Of a node of another version: nothing.
            if let Ok(said) = value_of::<T>(message.get_payload_bytes()) {
                hear(said);
            }
        }
        Ok(())
    }

    /// Channels, unlike keys, are not of one database.
    fn presence_channel(&self) -> String {
        format!("sos:presence:{}", self.client.get_connection_info().redis_settings().db())
    }
}
