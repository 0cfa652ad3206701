//! That somebody is to be told, and what became of it.

use serde::Deserialize;
use sos_protocol::cover::{ChannelKind, NotificationState, NotificationView};
use sos_protocol::{CaseId, NotificationId, StaffId, UnixMs, WebhookId};
use uuid::Uuid;

use super::{StoreError, Tx};

/// How long it is tried to tell somebody, in milliseconds: an hour later another step has told others.
pub const TELL_FOR_MS: i64 = 3_600_000;

/// Whom a notification is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// An officer; `personal`: by all channels that are set up, else at the console only.
    Staff {
        /// Who.
        staff: StaffId,
        /// See above.
        personal: bool,
    },
    /// A webhook.
    Webhook(WebhookId),
}

/// What a notification is about. With the recipient and the channel it makes it unlike any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// `step/<case>/<run>/<round>/<step>`, `entry/<seq>`, `test/<uuid>`.
    pub key: String,
    /// The case, where it is about one.
    pub case_id: Option<CaseId>,
    /// Of which run of the escalation; 0: of none.
    pub run: u32,
    /// Of which round.
    pub round: u32,
    /// Of which step.
    pub step: u8,
}

/// Notes that these are to be told, one notification for each of their channels; what is noted already stays as it is. An
/// officer is always told at the console as well, where the notification waits until it was shown.
pub(crate) async fn add(tx: &mut Tx, tell: &[(Cause, To)], now: UnixMs) -> Result<(), StoreError> {
    let column = |f: fn(&Cause) -> i64| tell.iter().map(|(cause, _)| f(cause)).collect::<Vec<i64>>();
    let keys: Vec<String> = tell.iter().map(|(cause, _)| cause.key.clone()).collect();
    let cases: Vec<Option<Uuid>> = tell.iter().map(|(cause, _)| cause.case_id.map(|id| id.0)).collect();
    let staff: Vec<Option<Uuid>> = tell
        .iter()
        .map(|(_, to)| match to {
            To::Staff { staff, .. } => Some(staff.0),
            To::Webhook(_) => None,
        })
        .collect();
    let webhooks: Vec<Option<Uuid>> = tell
        .iter()
        .map(|(_, to)| match to {
            To::Staff { .. } => None,
            To::Webhook(id) => Some(id.0),
        })
        .collect();
    let personal: Vec<bool> =
        tell.iter().map(|(_, to)| matches!(to, To::Staff { personal: true, .. })).collect();
    sqlx::query!(
        "INSERT INTO notifications (notification_id, cause, case_id, run, round, step, staff_id, webhook_id, channel,
                                    channel_id, made_ms, due_ms, ends_ms)
         SELECT gen_random_uuid(), t.cause, t.case_id, t.run::integer, t.round::integer, t.step::integer, t.staff_id,
                t.webhook_id, c.channel, c.channel_id, $9, $9, $9::bigint + $10::bigint
         FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[], $7::uuid[],
                     $8::boolean[]) t(cause, case_id, run, round, step, staff_id, webhook_id, personal)
         CROSS JOIN LATERAL (
             SELECT 'webhook' AS channel, NULL::uuid AS channel_id WHERE t.webhook_id IS NOT NULL
             UNION ALL SELECT 'console', NULL WHERE t.staff_id IS NOT NULL
             UNION ALL SELECT s.kind, s.channel_id FROM staff_channels s WHERE s.staff_id = t.staff_id AND t.personal) c
         ON CONFLICT DO NOTHING",
        &keys,
        &cases as &[Option<Uuid>],
        &column(|cause| cause.run.into()),
        &column(|cause| cause.round.into()),
        &column(|cause| cause.step.into()),
        &staff as &[Option<Uuid>],
        &webhooks as &[Option<Uuid>],
        &personal,
        now.0,
        TELL_FOR_MS
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A row, as far as officers see it.
#[derive(Deserialize)]
struct Noted {
    notification_id: NotificationId,
    run: u32,
    round: u32,
    step: u8,
    channel: ChannelKind,
    state: NotificationState,
    tries: u32,
    fault: Option<String>,
    made_ms: UnixMs,
    settled_ms: Option<UnixMs>,
}

/// What officers see of a row; `to` is the name of the officer or webhook.
pub(super) fn noted(row: serde_json::Value, to: &str) -> Result<NotificationView, StoreError> {
    let row: Noted = serde_json::from_value(row)?;
    Ok(NotificationView {
        notification_id: row.notification_id,
        run: row.run,
        round: row.round,
        step: row.step,
        to: to.to_owned(),
        channel: row.channel,
        state: row.state,
        tries: row.tries,
        fault: row.fault,
        made_at_ms: row.made_ms,
        settled_at_ms: row.settled_ms,
    })
}
