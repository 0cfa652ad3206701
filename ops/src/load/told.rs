//! What phones and consoles were told of their alerts, put together and checked against the database.

use anyhow::Result;
use sqlx::Row;

use super::Context;
use super::report::{Aim, Figure};
use super::times::{Times, count};
use crate::swarm::{AlertLog, ConsoleLog};

/// Times from the press on.
#[derive(Default)]
pub(super) struct Told {
    pub(super) received: Times,
    pub(super) recorded: Times,
    /// Until the console of the ministry, which sees everything, was told.
    pub(super) rung: Times,
    /// Presses, and those that were never received or recorded, or that no console was told of.
    pub(super) pressed: usize,
    unreceived: usize,
    unrecorded: usize,
    unrung: usize,
    /// Alerts that a phone or console was told of in two cases.
    in_two_cases: usize,
}

impl Told {
    pub(super) fn of(alerts: &[AlertLog], ministry: &ConsoleLog) -> Self {
        let mut told = Self { pressed: alerts.len(), ..Self::default() };
        for alert in alerts {
            let since = alert.pressed_at;
            match alert.received_at {
                Some(at) => told.received.between(since, at),
                None => told.unreceived += 1,
            }
            match alert.recorded_at {
                Some(at) => told.recorded.between(since, at),
                None => told.unrecorded += 1,
            }
            match ministry.rung.get(&alert.alert_id) {
                Some(at) => told.rung.between(since, *at),
                // A console that was far behind is shown the case instead of each press.
                None if alert.case_ids.iter().any(|case| ministry.cases.contains(case)) => {}
                None => told.unrung += 1,
            }
            told.in_two_cases += usize::from(alert.case_ids.len() > 1);
        }
        told.in_two_cases += ministry.in_two_cases.len();
        told
    }

    /// Nothing lost, nothing doubled: by the phones, by the ministry's console, by the database.
    pub(super) async fn check(
        &self,
        part: &'static str,
        alerts: &[AlertLog],
        context: &mut Context<'_>,
    ) -> Result<bool> {
        let (in_table, in_ledger) = in_database(alerts, context).await?;
        let missing = |found: usize| count(self.pressed.saturating_sub(found));
        let counts = [
            ("presses never acknowledged", count(self.unreceived)),
            ("presses whose phone never heard that they are recorded", count(self.unrecorded)),
            ("presses that the ministry's console was not told", count(self.unrung)),
            ("presses that are not in the table of alerts", missing(in_table)),
            ("presses that the ledger does not have once", (count(self.pressed) - count(in_ledger)).abs()),
            ("alerts told in two cases", count(self.in_two_cases)),
        ];
        for (what, value) in counts {
            context.report.add(Figure::new(part, what, value, "alerts").aim(Aim::AtMost(0.0)));
        }
        Ok(counts.iter().all(|(_, value)| *value == 0.0))
    }
}

/// How many of the presses are in the table of alerts, and how many entries `opened` and `pressed_again` are of them.
async fn in_database(alerts: &[AlertLog], context: &Context<'_>) -> Result<(usize, usize)> {
    let ids: Vec<_> = alerts.iter().map(|alert| alert.alert_id.0).collect();
    let mut database = context.site.database().await?;
    let row = sqlx::query(
        "SELECT (SELECT count(DISTINCT alert_id) FROM alerts WHERE alert_id = ANY($1)),
                (SELECT count(*) FROM ledger WHERE kind IN ('opened', 'pressed_again') AND ref_id = ANY($1))",
    )
    .bind(ids)
    .fetch_one(&mut database)
    .await?;
    let number = |column: usize| -> Result<usize> { Ok(usize::try_from(row.try_get::<i64, _>(column)?)?) };
    Ok((number(0)?, number(1)?))
}
