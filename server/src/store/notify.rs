//! Notifications that wait: taken in hand, with all that their words and calls need, and settled.

use sos_core::recording::case_no;
use sos_protocol::cover::{ChannelKind, ChannelTarget};
use sos_protocol::{CaseId, ChannelId, CountryCode, DeskId, NotificationId, Priority, UnixMs, WebhookId};
use uuid::Uuid;

use super::channels::Target;
use super::webhooks::WebhookForSending;
use super::{Store, StoreError, USE_WITHIN};

/// A notification in somebody's hands.
pub struct InHand {
    /// Identity.
    pub id: NotificationId,
    /// What it is about: see [`super::notifications::Cause::key`].
    pub cause: String,
    /// Of which run of the escalation; 0: of none.
    pub run: u32,
    /// Of which round.
    pub round: u32,
    /// Of which step.
    pub step: u8,
    /// The case, where it is about one.
    pub case: Option<CaseFacts>,
    /// Where it goes; none: there is no such channel any more.
    pub to: Option<SendTo>,
    /// The webhook that it goes to; none: to an officer.
    pub webhook: Option<WebhookId>,
    /// Not to be sent after this.
    pub ends: UnixMs,
    /// How many times it was taken in hand, this time included.
    pub tries: u32,
    /// Somebody has taken or closed the case since.
    pub is_answered: bool,
}

/// Where a notification goes.
pub enum SendTo {
    /// An officer's channel.
    Officer {
        /// Which.
        channel_id: ChannelId,
        /// Which state of it this is.
        target_id: Uuid,
        /// Its target; none: it does not open any more, its key was erased.
        target: Option<ChannelTarget>,
    },
    /// A webhook.
    Webhook(WebhookForSending),
}

/// What may be said of a case outside the console: nothing of its worker, and no place but the country.
#[derive(Debug, Clone)]
pub struct CaseFacts {
    /// Identity.
    pub case_id: CaseId,
    /// Number to show.
    pub case_no: String,
    /// How urgent it is.
    pub priority: Priority,
    /// The most likely country.
    pub country: Option<CountryCode>,
    /// The desk that holds it.
    pub desk_id: DeskId,
    /// Its name.
    pub desk: String,
    /// IANA name of its time zone.
    pub time_zone: Option<String>,
    /// When SOS was last pressed.
    pub pressed: UnixMs,
    /// Somebody has claimed it.
    pub is_claimed: bool,
}

/// What becomes of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The service behind the channel took it.
    Sent,
    /// It is given up.
    Failed {
        /// The word for it.
        fault: &'static str,
        /// The service was asked this time.
        tried: bool,
    },
    /// The service does not know this target of the officer any more: the channel goes, unless it has a newer target,
    /// which is then tried.
    Gone {
        /// The channel.
        channel_id: ChannelId,
        /// The state of it that was tried.
        target_id: Uuid,
    },
    /// Again.
    Again {
        /// When.
        due: UnixMs,
        /// What went wrong this time.
        fault: &'static str,
    },
}

/// The word for a channel in rows and metrics.
#[must_use]
pub const fn channel_word(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Console => "console",
        ChannelKind::Web => "web",
        ChannelKind::Fcm => "fcm",
        ChannelKind::Mail => "mail",
        ChannelKind::Webhook => "webhook",
    }
}

/// The channel for a word.
pub(super) fn channel_kind(word: &str) -> Result<ChannelKind, StoreError> {
    [ChannelKind::Console, ChannelKind::Web, ChannelKind::Fcm, ChannelKind::Mail, ChannelKind::Webhook]
        .into_iter()
        .find(|kind| channel_word(*kind) == word)
        .ok_or_else(|| StoreError::Sql(sqlx::Error::ColumnNotFound("channel".to_owned())))
}

impl Store {
    /// Takes at most `limit` notifications of a channel that are due in hand until `until`, but none of `held`, which are
    /// in this node's hands still, and none for the webhooks `busy`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn claim_notifications(
        &self,
        channel: ChannelKind,
        limit: usize,
        held: &[Uuid],
        busy: &[Uuid],
        now: UnixMs,
        until: UnixMs,
    ) -> Result<Vec<InHand>, StoreError> {
        self.within(USE_WITHIN, async {
            // Whoever does something in a claimed case begins a watch over it; that it has told nobody yet means that
            // what the runs before it had to say is over.
            let rows = sqlx::query!(
                r#"WITH next AS MATERIALIZED (
                       SELECT notification_id FROM notifications
                       WHERE state = 'waiting' AND channel = $1 AND due_ms <= $2 AND notification_id <> ALL($5)
                           AND (webhook_id IS NULL OR webhook_id <> ALL($6))
                       ORDER BY due_ms LIMIT $3 FOR UPDATE SKIP LOCKED),
                   n AS (
                       UPDATE notifications n SET due_ms = $4, tries = n.tries + 1 FROM next
                       WHERE n.notification_id = next.notification_id
                       RETURNING n.notification_id, n.cause, n.case_id, n.run, n.round, n.step, n.staff_id,
                                 n.webhook_id, n.channel_id, n.made_ms, n.ends_ms, n.tries)
                   SELECT n.notification_id AS "notification_id!", n.cause AS "cause!", n.run AS "run!",
                          n.round AS "round!", n.step AS "step!", n.webhook_id, n.channel_id,
                          n.ends_ms AS "ends_ms!", n.tries AS "tries!", n.staff_id, n.case_id,
                          c.case_no AS "case_no?", c.opened_ms AS "opened_ms?", c.priority AS "priority?",
                          c.pressed_ms AS "pressed_ms?", c.state AS "case_state?", c.desk_id AS "desk_id?",
                          c.routing ->> 'country' AS country, d.name AS "desk?", d.time_zone,
                          coalesce(c.state = 'closed'
                              OR c.state = 'claimed' AND c.owner_since_ms >= n.made_ms + (n.run = 0)::integer
                              OR n.run > 0 AND (e.state ->> 'run')::bigint > n.run
                                  AND e.state ->> 'owner' IS NOT NULL AND e.state ->> 'told_at' IS NULL,
                              false) AS "is_answered!",
                          s.target_id AS "target_id?", s.sealed AS "sealed?", k.wrapped_key AS "wrapped_key?"
                   FROM n LEFT JOIN cases c ON c.case_id = n.case_id
                   LEFT JOIN desks d ON d.desk_id = c.desk_id
                   LEFT JOIN escalations e ON e.case_id = n.case_id
                   LEFT JOIN staff o ON o.staff_id = n.staff_id
                   LEFT JOIN staff_channels s ON s.channel_id = n.channel_id AND NOT o.disabled
                   LEFT JOIN subject_keys k ON k.subject = 'staff:' || n.staff_id"#,
                channel_word(channel),
                now.0,
                i64::try_from(limit).unwrap_or(i64::MAX),
                until.0,
                held,
                busy
            )
            .fetch_all(&self.pool)
            .await?;
            let mut in_hand = Vec::with_capacity(rows.len());
            for row in rows {
                let to = match (row.webhook_id, row.channel_id, row.staff_id) {
                    (Some(webhook), _, _) => {
                        self.webhook_for_sending(WebhookId(webhook)).await?.map(SendTo::Webhook)
                    }
                    (None, Some(channel), Some(staff)) => row.target_id.map(|target_id| {
                        let sealed = row.sealed.as_deref().unwrap_or_default();
                        let target = Target { channel_id: ChannelId(channel), target_id, sealed };
                        let target = target.open(&self.sealer, staff.into(), row.wrapped_key.as_deref());
                        SendTo::Officer { channel_id: ChannelId(channel), target_id, target }
                    }),
                    (None, _, _) => None,
                };
                let case = (|| {
                    Some(CaseFacts {
                        case_id: CaseId(row.case_id?),
                        case_no: case_no(row.case_no?, UnixMs(row.opened_ms?)),
                        priority: priority(&row.priority?)?,
                        country: row.country.as_deref().and_then(CountryCode::parse),
                        desk_id: DeskId(row.desk_id?),
                        desk: row.desk?,
                        time_zone: row.time_zone,
                        pressed: UnixMs(row.pressed_ms?),
                        is_claimed: row.case_state? == "claimed",
                    })
                })();
                in_hand.push(InHand {
                    id: NotificationId(row.notification_id),
                    cause: row.cause,
                    run: u32::try_from(row.run).unwrap_or_default(),
                    round: u32::try_from(row.round).unwrap_or_default(),
                    step: u8::try_from(row.step).unwrap_or_default(),
                    case,
                    to,
                    webhook: row.webhook_id.map(WebhookId),
                    ends: UnixMs(row.ends_ms),
                    tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
                    is_answered: row.is_answered,
                });
            }
            Ok(in_hand)
        })
        .await
    }

    /// Notes what became of notifications; how many channels were forgotten.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn settle_notifications(
        &self,
        fates: &[(NotificationId, Fate)],
        now: UnixMs,
    ) -> Result<u64, StoreError> {
        let ids: Vec<Uuid> = fates.iter().map(|(id, _)| id.0).collect();
        let rows: Vec<Settled> = fates.iter().map(|(_, fate)| Settled::of(*fate, now)).collect();
        let states: Vec<String> = rows.iter().map(|row| row.state.to_owned()).collect();
        let faults: Vec<Option<String>> = rows.iter().map(|row| row.fault.map(str::to_owned)).collect();
        let dues: Vec<i64> = rows.iter().map(|row| row.due.0).collect();
        let untried: Vec<bool> = rows.iter().map(|row| !row.tried).collect();
        let (channels, targets): (Vec<Uuid>, Vec<Uuid>) =
            rows.iter().filter_map(|row| row.gone).map(|(channel, target)| (channel.0, target)).unzip();
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let forgotten = sqlx::query!(
                "DELETE FROM staff_channels s USING unnest($1::uuid[], $2::uuid[]) g(channel_id, target_id)
                 WHERE s.channel_id = g.channel_id AND s.target_id = g.target_id",
                &channels,
                &targets
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query!(
                "WITH f AS (
                     SELECT t.id, t.fault, t.due_ms, t.untried,
                            CASE WHEN t.fault = 'unregistered' AND NOT t.untried AND EXISTS
                                (SELECT FROM notifications o JOIN staff_channels s USING (channel_id)
                                 WHERE o.notification_id = t.id) THEN 'waiting' ELSE t.state END AS state
                     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::boolean[])
                         t(id, state, fault, due_ms, untried))
                 UPDATE notifications n
                 SET state = f.state, fault = f.fault, due_ms = f.due_ms, tries = n.tries - f.untried::integer,
                     settled_ms = CASE WHEN f.state = 'waiting' THEN NULL ELSE $6::bigint END
                 FROM f WHERE n.notification_id = f.id AND n.state = 'waiting'",
                &ids,
                &states,
                &faults as &[Option<String>],
                &dues,
                &untried,
                now.0
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(forgotten.rows_affected())
        })
        .await
    }
}

/// A fate as its row has it.
struct Settled {
    state: &'static str,
    fault: Option<&'static str>,
    due: UnixMs,
    tried: bool,
    gone: Option<(ChannelId, Uuid)>,
}

impl Settled {
    fn of(fate: Fate, now: UnixMs) -> Self {
        let failed = Self { state: "failed", fault: None, due: now, tried: true, gone: None };
        match fate {
            Fate::Sent => Self { state: "sent", ..failed },
            Fate::Failed { fault, tried } => Self { fault: Some(fault), tried, ..failed },
            Fate::Gone { channel_id, target_id } => {
                Self { fault: Some("unregistered"), gone: Some((channel_id, target_id)), ..failed }
            }
            Fate::Again { due, fault } => Self { state: "waiting", fault: Some(fault), due, ..failed },
        }
    }
}

fn priority(word: &str) -> Option<Priority> {
    match word {
        "p1" => Some(Priority::P1),
        "p2" => Some(Priority::P2),
        "p3" => Some(Priority::P3),
        _ => None,
    }
}
