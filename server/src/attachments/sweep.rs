//! What phones left unfinished.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{AttachmentError, Attachments};

/// How often it is looked for, after the start of the node.
const EVERY: Duration = Duration::from_secs(3600);
/// An upload that nothing was added to for so long, in milliseconds, is not going to be finished: three days.
const ABANDONED_MS: i64 = 3 * 24 * 3_600_000;
/// One that arrived whole is finished without its phone after so long, in milliseconds.
const FINISHED_WITHOUT_MS: i64 = 60_000;
/// How many are looked at in one go.
const BATCH_MAX: i64 = 100;

/// Finishes what is whole and deletes what was abandoned, now and then every hour.
pub(crate) async fn run(attachments: Arc<Attachments>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match attachments.sweep(&stop).await {
            Ok(0) => {}
            Ok(deleted) => tracing::info!(deleted, "unfinished attachments deleted"),
            Err(error) => tracing::warn!(%error, "unfinished attachments stay for now"),
        }
        let _ = tokio::time::timeout(EVERY, stop.cancelled()).await;
    }
}

impl Attachments {
    async fn sweep(self: &Arc<Self>, stop: &CancellationToken) -> Result<usize, AttachmentError> {
        let before = self.clock.now().plus_ms(-FINISHED_WITHOUT_MS);
        for record in self.store.attachments_to_finish(before, BATCH_MAX).await? {
            // One that fails does not stand in the way of the others.
            if let Err(error) = self.go_on(record).await {
                tracing::warn!(%error, "an attachment that is whole cannot be finished");
            }
        }
        let mut deleted = 0;
        while !stop.is_cancelled() {
            let before = self.clock.now().plus_ms(-ABANDONED_MS);
            let (tx, ids) = self.store.lock_abandoned(before, BATCH_MAX).await?;
            if ids.is_empty() {
                break;
            }
            let (files, these) = (self.files.clone(), ids.clone());
            let turn = self.turn(&self.checks).await?;
            // Files first: what is forgotten has none.
            super::blocking(turn, move || these.iter().try_for_each(|id| files.clear(*id, false))).await?;
            self.store.forget_attachments(tx, &ids).await?;
            deleted += ids.len();
        }
        Ok(deleted)
    }
}
