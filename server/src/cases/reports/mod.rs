//! Incident reports: what officers do with them, and what they see of them.

mod out;
mod view;
mod words;

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sos_core::access::{self, Access, Action, Officer, Scope};
use sos_core::pseudonym;
use sos_core::report::{ReportCommand, ReportRefusal};
use sos_protocol::http::DeskView;
use sos_protocol::problem::Conflict;
use sos_protocol::report::{ReportLanguage, ReportList, ReportView, ReportsQuery};
use sos_protocol::{CaseId, DeskId, ErrorCode, StaffId, UnixMs};

use super::changing::Change;
use super::{CaseError, Cases};
use crate::store::StoreError;
use crate::store::reports::ReportsAsked;

pub(super) const fn code(refusal: &ReportRefusal) -> ErrorCode {
    match refusal {
        ReportRefusal::Hidden | ReportRefusal::NoSuchMeasure => ErrorCode::NotFound,
        ReportRefusal::Forbidden => ErrorCode::Forbidden,
        ReportRefusal::Stale => ErrorCode::StaleVersion,
        ReportRefusal::NoReport | ReportRefusal::Illegal(_) => ErrorCode::IllegalTransition,
        ReportRefusal::Incomplete(_) => ErrorCode::MissingField,
        ReportRefusal::Unfit(_) => ErrorCode::InvalidField,
        ReportRefusal::TooMany => ErrorCode::TooMany,
    }
}

/// The field that a refusal is about.
pub(super) const fn field(refusal: &ReportRefusal) -> Option<&'static str> {
    match refusal {
        ReportRefusal::Incomplete(field) | ReportRefusal::Unfit(field) => Some(field),
        _ => None,
    }
}

/// Desks as the words of a report need them.
struct Desks(HashMap<DeskId, DeskView>);

impl Desks {
    fn name<'a>(&'a self, desk: &'a DeskId) -> &'a str {
        self.0.get(desk).map_or(desk.as_str(), |desk| &desk.name)
    }

    /// The clocks of a desk; UTC where it has none.
    fn zone(&self, desk: &DeskId) -> TimeZone {
        zone_of(self.0.get(desk))
    }
}

fn zone_of(desk: Option<&DeskView>) -> TimeZone {
    let name = desk.and_then(|desk| desk.time_zone.as_deref());
    let zone = name.and_then(|name| TimeZone::get(name).ok()).filter(|zone| !zone.is_unknown());
    zone.unwrap_or(TimeZone::UTC)
}

/// What day it is there.
fn today(zone: &TimeZone, now: UnixMs) -> jiff::civil::Date {
    zone.to_datetime(Timestamp::from_millisecond(now.0).unwrap_or_default()).date()
}

impl Cases {
    /// The report of a case as `officer` may see it, also one that nobody has saved yet.
    ///
    /// # Errors
    /// As [`Self::visible`].
    pub async fn report(
        &self,
        officer: &Officer,
        id: CaseId,
        language: ReportLanguage,
    ) -> Result<ReportView, CaseError> {
        let case = self.visible(officer, id).await?;
        if access::may(officer, Action::ReadReport, Some(case.record.desks())) != Access::Allowed {
            return Err(CaseError::Report(ReportRefusal::Forbidden, None));
        }
        let timeline = self.store.timeline(id).await?;
        let desks = self.desks().await?;
        let seen = view::Seen { case: &case.record, timeline: &timeline, officer, now: self.clock.now() };
        let mut report = view::report(&seen, &desks, language);
        if self.pseudonyms.for_reader(officer).is_some() {
            report = without_name(report, case.worker_name.as_deref())?;
        }
        Ok(report)
    }

    /// Does `command` for `officer`, who saw `version` of the report, and gives the report as it is then.
    ///
    /// # Errors
    /// [`CaseError::Report`], or what the store says; after a timeout it is not known whether it was done.
    pub async fn report_command(
        &self,
        officer: &Officer,
        (id, version): (CaseId, u32),
        command: ReportCommand,
        language: ReportLanguage,
    ) -> Result<ReportView, CaseError> {
        match self.change(officer, id, Some(version), Change::Report(command)).await {
            Ok(()) => self.committed.notify_one(),
            Err(CaseError::Report(refusal @ (ReportRefusal::Stale | ReportRefusal::Illegal(_)), _)) => {
                let conflict = self.report_conflict(officer, id).await?;
                return Err(CaseError::Report(refusal, conflict));
            }
            Err(error) => return Err(error),
        }
        self.report(officer, id, language).await
    }

    async fn report_conflict(&self, officer: &Officer, id: CaseId) -> Result<Option<Conflict>, CaseError> {
        let case = self.visible(officer, id).await?;
        let timeline = self.store.timeline(id).await?;
        let step = view::steps(case.record.drill, &timeline).pop();
        Ok(step.map(|step| Conflict { did: step.did, by: step.by, at_ms: step.at_ms, version: step.version }))
    }

    /// A page of the reports that `officer` sees. Of a desk's officers: those of cases that the desk holds.
    ///
    /// # Errors
    /// When the store does not tell.
    pub async fn reports(&self, officer: &Officer, query: ReportsQuery) -> Result<ReportList, CaseError> {
        let (scope, now) = (access::scope(officer), self.clock.now());
        let desk = match (&scope, query.desk) {
            (Scope::Desk(own), None) => Some(own.clone()),
            (_, desk) => desk,
        };
        let desks = self.store.desk_views(now).await?;
        let day = |desk: DeskView| {
            let day = today(&zone_of(Some(&desk)), now).to_string();
            (desk.desk_id, day)
        };
        let days = desks.into_iter().map(day).collect();
        let before = query.after.unwrap_or(i64::MAX);
        let found =
            self.store.reports(&scope, &ReportsAsked { of: query.of, desk, before, now, days }).await?;
        Ok(ReportList { reports: found.reports, next: found.next, counts: found.counts, at_ms: now })
    }

    async fn desks(&self) -> Result<Desks, StoreError> {
        let desks = self.store.desk_views(self.clock.now()).await?;
        Ok(Desks(desks.into_iter().map(|desk| (desk.desk_id.clone(), desk)).collect()))
    }
}

/// All words of the report without the worker's name.
fn without_name(report: ReportView, name: Option<&str>) -> Result<ReportView, StoreError> {
    let mut report = serde_json::to_value(report)?;
    pseudonym::unsay(&mut report, name);
    Ok(serde_json::from_value(report)?)
}

/// A name by its account.
type Names = HashMap<StaffId, String>;
