//! Publishing a month, and correcting one.

use jiff::tz::TimeZone;
use serde_json::json;
use sos_core::open_data::{Day, DueMonth, changes_too_little, open_rows};
use sos_protocol::figures::{Figures, FiguresQuery};
use sos_protocol::open_data::OpenMonth;

use super::OpenData;
use crate::figures::FiguresError;
use crate::store::administration::By;
use crate::store::open_data::{NewMonth, keep_month};
use crate::store::{StoreError, USE_WITHIN};

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum OpenDataError {
    /// The store does not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The figures are not to be had.
    #[error(transparent)]
    Figures(#[from] FiguresError),
    /// The figures do not stand for all of the ledger yet.
    #[error("the ledger is not counted to its end yet: try again")]
    NotCounted,
    /// There is nothing to correct.
    #[error("no such month was published")]
    NoSuchMonth,
    /// It is as it was published.
    #[error("nothing in it has changed")]
    Same,
    /// It was taken back.
    #[error("it was withdrawn, and stays so")]
    Withdrawn,
    /// The difference would tell of a small group.
    #[error(
        "what has changed would tell of a group of fewer than five by its difference: it can only be withdrawn"
    )]
    TooLittle,
}

impl OpenData {
    /// Publishes the next month if it is due: whether it did.
    pub(super) async fn publish_next(&self) -> Result<bool, OpenDataError> {
        let Some((month, zone)) = self.next().await? else { return Ok(false) };
        if self.clock.now() < month.due {
            return Ok(false);
        }
        let Some(mut tx) = self.store.within(USE_WITHIN, self.store.lock_open_data()).await? else {
            return Ok(false);
        };
        // Looked again: another node may have been done just before.
        if self.next().await?.is_none_or(|(next, _)| next != month) {
            return Ok(false);
        }
        let Some(figures) = self.count(&month, &zone).await? else { return Ok(false) };
        let new = NewMonth {
            month: &month.name(),
            version: 1,
            time_zone: &zone,
            at: self.clock.now(),
            up_to: figures.up_to_seq,
            withdrawn: false,
            rows: &open_rows(&figures),
        };
        self.store
            .within(USE_WITHIN, async {
                keep_month(&mut tx, &new).await?;
                Ok(tx.commit().await?)
            })
            .await?;
        tracing::info!(month = month.name(), "open statistics published");
        Ok(true)
    }

    /// Counts a month anew and publishes it as a further version; with `withdraw` takes it back instead. Gives the version.
    ///
    /// # Errors
    /// See [`OpenDataError`].
    pub async fn correct(&self, month: &str, withdraw: bool) -> Result<u32, OpenDataError> {
        let (_, months) = self.store.open_months().await?;
        let old = months.into_iter().find(|of| of.month == month).ok_or(OpenDataError::NoSuchMonth)?;
        let zone = zone_of(&old.time_zone);
        let day: Option<Day> = format!("{month}-01").parse().ok();
        let due = day.and_then(|day| DueMonth::of(day, &zone)).ok_or(OpenDataError::NoSuchMonth)?;
        let figures = self.count(&due, &old.time_zone).await?.ok_or(OpenDataError::NotCounted)?;
        let rows = if withdraw { vec![] } else { open_rows(&figures) };
        match () {
            () if old.withdrawn && !withdraw => return Err(OpenDataError::Withdrawn),
            () if old.withdrawn == withdraw && old.rows == rows => return Err(OpenDataError::Same),
            () if !withdraw && changes_too_little(&old.rows, &rows) => return Err(OpenDataError::TooLittle),
            () => {}
        }
        let new = NewMonth {
            month,
            version: old.version + 1,
            time_zone: &old.time_zone,
            at: self.clock.now(),
            up_to: figures.up_to_seq,
            withdrawn: withdraw,
            rows: &rows,
        };
        self.store
            .within(USE_WITHIN, async {
                let mut change = self.store.change(By { staff: None, at: new.at }).await?;
                let facts = json!({ "version": new.version, "withdrawn": withdraw });
                change.note("open_data", month, &facts).await?;
                keep_month(&mut change.tx, &new).await?;
                change.commit().await
            })
            .await?;
        Ok(new.version)
    }

    /// The month that is published next, and its time zone. None: there is no case yet.
    async fn next(&self) -> Result<Option<(DueMonth, String)>, OpenDataError> {
        let (_, months) = self.store.open_months().await?;
        let Some(OpenMonth { month, time_zone, .. }) = months.into_iter().next_back() else {
            return self.first().await;
        };
        let zone = zone_of(&time_zone);
        let day: Option<Day> = format!("{month}-01").parse().ok();
        let next = day.and_then(|day| DueMonth::of(day, &zone)).and_then(|month| month.next(&zone));
        Ok(next.map(|next| (next, time_zone)))
    }

    async fn first(&self) -> Result<Option<(DueMonth, String)>, OpenDataError> {
        let Some(at) = self.store.first_case().await? else { return Ok(None) };
        // Months follow each other by the same clocks for ever: cases between two would be in none or in both.
        let zone = self.store.ministry_zone().await?;
        let zone = zone.filter(|name| TimeZone::get(name).is_ok()).unwrap_or_else(|| "UTC".to_owned());
        Ok(DueMonth::first_of(at, &zone_of(&zone)).map(|month| (month, zone)))
    }

    /// The figures of a month. None: not all of the ledger is counted yet.
    async fn count(&self, month: &DueMonth, zone: &str) -> Result<Option<Figures>, OpenDataError> {
        let head = self.store.head().await?;
        let figures = self.figures.all(FiguresQuery {
            from: month.first.to_string(),
            to: month.last.to_string(),
            zone: zone.to_owned(),
            desk: None,
            country: None,
            kind: None,
            disposition: None,
        });
        Ok(Some(figures.await?).filter(|figures| figures.up_to_seq >= head))
    }
}

fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
