//! Who may do what with which case. The only place that decides it; Postgres enforces desk scoping once more
//! by row-level security.

use sos_protocol::http::Role;
use sos_protocol::{DeskId, StaffId};

use crate::pseudonym::sees_names;

/// An officer, as far as permissions go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// Who.
    pub id: StaffId,
    /// What the account may do.
    pub role: Role,
    /// Their desk; none for officers of the ministry's central roles.
    pub desk: Option<DeskId>,
    /// The account shows the names of workers; asked of reviewers only ([`crate::pseudonym::sees_names`]).
    pub names: bool,
}

/// The desks that a case concerns.
#[derive(Debug, Clone, Copy)]
pub struct CaseDesks<'a> {
    /// The desk that holds it.
    pub holder: &'a DeskId,
    /// Desks that are shown it.
    pub watchers: &'a [DeskId],
    /// Those of them that may write in it.
    pub helpers: &'a [DeskId],
    /// The one that it is offered to.
    pub offered_to: Option<&'a DeskId>,
}

impl<'a> CaseDesks<'a> {
    /// As far as seeing goes.
    #[must_use]
    pub const fn seen_by(holder: &'a DeskId, watchers: &'a [DeskId]) -> Self {
        Self { holder, watchers, helpers: &[], offered_to: None }
    }
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// List cases, follow the feed.
    ListCases,
    /// See a case.
    ReadCase,
    /// See its photos and hear its voice notes: a face or a voice is no pseudonym.
    ReadMedia,
    /// Bring a case further: claim, release, assign, offer, share, close, reopen, link, say how urgent it is, have the
    /// next ones told; report that it rang or was seen.
    WorkCase,
    /// Help with a case: write to the worker, note, answer questions, set tags, ask for the position.
    HelpCase,
    /// Take, or decline, a case that is offered to one's desk.
    TakeCase,
    /// Be on shift.
    Shift,
    /// See the list of desks.
    ListDesks,
    /// See who is on call, and what holds while nobody answers.
    SeeCover,
    /// Change that, for the own desk or for all.
    ArrangeCover,
    /// Say where one can be told away from the console.
    OwnChannels,
    /// Keep desks, numbers, accounts, codes and texts.
    Administer,
    /// See the figures of the cases in one's scope.
    SeeFigures,
    /// Take a case's file away: everything about it.
    ExportCase,
    /// List the reports of the cases in one's scope.
    ListReports,
    /// Read the report of a case.
    ReadReport,
    /// Write in it, and say what became of its measures.
    WriteReport,
    /// Submit it for the desk.
    SubmitReport,
    /// Accept it, or return it with questions.
    JudgeReport,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::ListCases,
        Self::ReadCase,
        Self::ReadMedia,
        Self::WorkCase,
        Self::HelpCase,
        Self::TakeCase,
        Self::Shift,
        Self::ListDesks,
        Self::SeeCover,
        Self::ArrangeCover,
        Self::OwnChannels,
        Self::Administer,
        Self::SeeFigures,
        Self::ExportCase,
        Self::ListReports,
        Self::ReadReport,
        Self::WriteReport,
        Self::SubmitReport,
        Self::JudgeReport,
    ];
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Go on.
    Allowed,
    /// They may know of it, but not do this.
    Forbidden,
    /// They may not even know that it exists.
    Hidden,
}

/// Which cases an officer sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// Those that a desk holds or is shown.
    Desk(DeskId),
    /// None.
    Nothing,
}

impl Scope {
    /// Whether a case of these desks lies inside.
    #[must_use]
    pub fn covers(&self, desks: CaseDesks<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Desk(desk) => desks.holder == desk || desks.watchers.contains(desk),
            Self::Nothing => false,
        }
    }
}

/// The cases that `officer` sees.
#[must_use]
pub fn scope(officer: &Officer) -> Scope {
    match (officer.role, &officer.desk) {
        (Role::DutyOfficer | Role::Reviewer, _) => Scope::All,
        (Role::Dispatcher | Role::Supervisor, Some(desk)) => Scope::Desk(desk.clone()),
        (Role::Dispatcher | Role::Supervisor, None) | (Role::Administrator, _) => Scope::Nothing,
    }
}

/// Whether `officer` may do `action`, to the case of `desks` where it is about one.
#[must_use]
pub fn may(officer: &Officer, action: Action, desks: Option<CaseDesks<'_>>) -> Access {
    let works = matches!(officer.role, Role::Dispatcher | Role::Supervisor | Role::DutyOfficer);
    let scope = scope(officer);
    match (action, desks) {
        (Action::ListDesks, _) => Access::Allowed,
        (Action::Shift | Action::OwnChannels, _) => allowed(works),
        (Action::ListCases | Action::ListReports, _) => allowed(scope != Scope::Nothing),
        (Action::SeeCover, _) => allowed(works || officer.role == Role::Administrator),
        (Action::ArrangeCover, _) => {
            allowed(matches!(officer.role, Role::Supervisor | Role::DutyOfficer | Role::Administrator))
        }
        (Action::Administer, _) => allowed(officer.role == Role::Administrator),
        (Action::SeeFigures, _) => {
            allowed(matches!(officer.role, Role::Supervisor | Role::DutyOfficer | Role::Reviewer))
        }
        (
            Action::ReadCase
            | Action::ReadMedia
            | Action::WorkCase
            | Action::HelpCase
            | Action::TakeCase
            | Action::ExportCase,
            None,
        ) => Access::Hidden,
        (
            Action::ReadCase
            | Action::ReadMedia
            | Action::WorkCase
            | Action::HelpCase
            | Action::TakeCase
            | Action::ExportCase,
            Some(desks),
        ) if !scope.covers(desks) => Access::Hidden,
        (Action::ReadCase, Some(_)) => Access::Allowed,
        (Action::ReadMedia, Some(_)) => allowed(sees_names(officer)),
        (Action::ExportCase, Some(desks)) => match officer.role {
            Role::DutyOfficer | Role::Reviewer => Access::Allowed,
            Role::Supervisor => allowed(officer.desk.as_ref() == Some(desks.holder)),
            Role::Dispatcher | Role::Administrator => Access::Forbidden,
        },
        (Action::WorkCase | Action::HelpCase | Action::TakeCase, Some(_)) if !works => Access::Forbidden,
        (Action::WorkCase | Action::HelpCase | Action::TakeCase, Some(_))
            if officer.role == Role::DutyOfficer =>
        {
            Access::Allowed
        }
        (Action::WorkCase, Some(desks)) => allowed(officer.desk.as_ref() == Some(desks.holder)),
        (Action::HelpCase, Some(desks)) => {
            let helps = |desk| desk == desks.holder || desks.helpers.contains(desk);
            allowed(officer.desk.as_ref().is_some_and(helps))
        }
        (Action::TakeCase, Some(desks)) => {
            allowed(officer.desk.is_some() && officer.desk.as_ref() == desks.offered_to)
        }
        (
            Action::ReadReport | Action::WriteReport | Action::SubmitReport | Action::JudgeReport,
            Some(desks),
        ) if scope.covers(desks) => allowed(may_with_report(officer, action, desks)),
        (Action::ReadReport | Action::WriteReport | Action::SubmitReport | Action::JudgeReport, _) => {
            Access::Hidden
        }
    }
}

/// Of a case that the officer sees. Whoever judges a report has written in none.
fn may_with_report(officer: &Officer, action: Action, desks: CaseDesks<'_>) -> bool {
    let is_of_holder = officer.desk.as_ref() == Some(desks.holder);
    match (action, officer.role) {
        (Action::ReadReport, _) => true,
        (Action::WriteReport, Role::Dispatcher | Role::Supervisor)
        | (Action::SubmitReport, Role::Supervisor) => is_of_holder,
        // Stands in for any desk, as in everything else of a case.
        (Action::WriteReport | Action::SubmitReport, Role::DutyOfficer)
        | (Action::JudgeReport, Role::Reviewer) => true,
        _ => false,
    }
}

/// The desk whose cover `officer` may see or change; none: that of every desk. Only where [`may`] says so.
#[must_use]
pub fn cover_of(officer: &Officer) -> Option<&DeskId> {
    match officer.role {
        Role::Dispatcher | Role::Supervisor => officer.desk.as_ref(),
        Role::DutyOfficer | Role::Reviewer | Role::Administrator => None,
    }
}

const fn allowed(is_so: bool) -> Access {
    if is_so { Access::Allowed } else { Access::Forbidden }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn officer(role: Role, desk: Option<&str>) -> Officer {
        Officer { id: StaffId(uuid::Uuid::nil()), role, desk: desk.map(DeskId::from), names: true }
    }

    #[test]
    fn a_dispatcher_works_the_desks_own_cases_reads_shared_ones_and_knows_no_others() {
        let (taipei, tokyo, manila) = (DeskId::from("tw"), DeskId::from("jp"), DeskId::from("ph"));
        let watchers = [tokyo];
        let case = Some(CaseDesks::seen_by(&taipei, &watchers));
        for role in [Role::Dispatcher, Role::Supervisor] {
            assert_eq!(may(&officer(role, Some("tw")), Action::WorkCase, case), Access::Allowed);
            assert_eq!(may(&officer(role, Some("jp")), Action::ReadCase, case), Access::Allowed);
            assert_eq!(may(&officer(role, Some("jp")), Action::WorkCase, case), Access::Forbidden);
            assert_eq!(may(&officer(role, Some("jp")), Action::ExportCase, case), Access::Forbidden);
            assert_eq!(may(&officer(role, Some("ph")), Action::ExportCase, case), Access::Hidden);
            let takes_away = if role == Role::Supervisor { Access::Allowed } else { Access::Forbidden };
            assert_eq!(may(&officer(role, Some("tw")), Action::ExportCase, case), takes_away);
            assert_eq!(may(&officer(role, Some(manila.as_str())), Action::ReadCase, case), Access::Hidden);
            assert_eq!(may(&officer(role, Some(manila.as_str())), Action::WorkCase, case), Access::Hidden);
            assert_eq!(may(&officer(role, None), Action::ReadCase, case), Access::Hidden);
        }
    }

    #[test]
    fn a_helper_writes_and_only_the_desk_it_is_offered_to_takes_it() {
        let (taipei, tokyo, manila) = (DeskId::from("tw"), DeskId::from("jp"), DeskId::from("ph"));
        let watchers = [tokyo.clone(), manila.clone()];
        let helpers = [tokyo];
        let case = Some(CaseDesks {
            holder: &taipei,
            watchers: &watchers,
            helpers: &helpers,
            offered_to: Some(&manila),
        });
        let may = |desk: &str, action| may(&officer(Role::Dispatcher, Some(desk)), action, case);
        assert_eq!(may("jp", Action::HelpCase), Access::Allowed);
        assert_eq!(may("jp", Action::WorkCase), Access::Forbidden);
        assert_eq!(may("jp", Action::TakeCase), Access::Forbidden);
        assert_eq!(may("ph", Action::TakeCase), Access::Allowed);
        assert_eq!(may("ph", Action::HelpCase), Access::Forbidden);
        assert_eq!(may("tw", Action::TakeCase), Access::Forbidden);
        assert_eq!(may("de", Action::TakeCase), Access::Hidden);
    }

    #[test]
    fn the_ministry_works_everything_reviewers_read_administrators_see_no_case() {
        let taipei = DeskId::from("tw");
        let case = Some(CaseDesks::seen_by(&taipei, &[]));
        assert_eq!(may(&officer(Role::DutyOfficer, None), Action::WorkCase, case), Access::Allowed);
        assert_eq!(may(&officer(Role::Reviewer, None), Action::ReadCase, case), Access::Allowed);
        assert_eq!(may(&officer(Role::Reviewer, None), Action::WorkCase, case), Access::Forbidden);
        assert_eq!(may(&officer(Role::Reviewer, None), Action::Shift, None), Access::Forbidden);
        assert_eq!(may(&officer(Role::Reviewer, None), Action::ExportCase, case), Access::Allowed);
        assert_eq!(may(&officer(Role::DutyOfficer, None), Action::ExportCase, case), Access::Allowed);
        assert_eq!(may(&officer(Role::Administrator, None), Action::ExportCase, case), Access::Hidden);
        assert_eq!(may(&officer(Role::Administrator, None), Action::ReadCase, case), Access::Hidden);
        assert_eq!(may(&officer(Role::Administrator, None), Action::ListCases, None), Access::Forbidden);
    }

    #[test]
    fn what_is_about_no_case_is_allowed_to_these_roles_and_to_no_other() {
        use Action::{
            Administer, ArrangeCover, ListCases, ListDesks, ListReports, OwnChannels, SeeCover, SeeFigures,
            Shift,
        };
        use Role::{Administrator, Dispatcher, DutyOfficer, Reviewer, Supervisor};
        const ROLES: [Role; 5] = [Dispatcher, Supervisor, DutyOfficer, Reviewer, Administrator];
        let works = [Dispatcher, Supervisor, DutyOfficer];
        for (action, roles) in [
            (ListDesks, &ROLES[..]),
            (ListCases, &[Dispatcher, Supervisor, DutyOfficer, Reviewer]),
            (ListReports, &[Dispatcher, Supervisor, DutyOfficer, Reviewer]),
            (Shift, &works),
            (OwnChannels, &works),
            (SeeCover, &[Dispatcher, Supervisor, DutyOfficer, Administrator]),
            (ArrangeCover, &[Supervisor, DutyOfficer, Administrator]),
            (Administer, &[Administrator]),
            (SeeFigures, &[Supervisor, DutyOfficer, Reviewer]),
        ] {
            for role in ROLES {
                let desk = matches!(role, Dispatcher | Supervisor).then_some("tw-taipei");
                let wanted = if roles.contains(&role) { Access::Allowed } else { Access::Forbidden };
                assert_eq!(may(&officer(role, desk), action, None), wanted, "{role:?} {action:?}");
            }
        }
    }

    #[test]
    fn a_report_is_written_and_submitted_by_the_desk_that_holds_the_case_and_judged_by_reviewers_alone() {
        use Access::{Allowed, Forbidden, Hidden};
        use Action::{JudgeReport, ReadReport, SubmitReport, WriteReport};
        let (taipei, watchers) = (DeskId::from("tw"), [DeskId::from("jp")]);
        let desks = CaseDesks { helpers: &watchers, ..CaseDesks::seen_by(&taipei, &watchers) };
        // In the order: read, write, submit, judge.
        for (role, desk, wanted) in [
            (Role::Dispatcher, Some("tw"), [Allowed, Allowed, Forbidden, Forbidden]),
            (Role::Supervisor, Some("tw"), [Allowed, Allowed, Allowed, Forbidden]),
            (Role::Dispatcher, Some("jp"), [Allowed, Forbidden, Forbidden, Forbidden]),
            (Role::Supervisor, Some("jp"), [Allowed, Forbidden, Forbidden, Forbidden]),
            (Role::Supervisor, Some("ph"), [Hidden; 4]),
            (Role::Supervisor, None, [Hidden; 4]),
            (Role::DutyOfficer, None, [Allowed, Allowed, Allowed, Forbidden]),
            (Role::Reviewer, None, [Allowed, Forbidden, Forbidden, Allowed]),
            (Role::Administrator, None, [Hidden; 4]),
        ] {
            for (action, wanted) in
                [ReadReport, WriteReport, SubmitReport, JudgeReport].into_iter().zip(wanted)
            {
                let officer = officer(role, desk);
                assert_eq!(may(&officer, action, Some(desks)), wanted, "{role:?} {desk:?} {action:?}");
                assert_eq!(may(&officer, action, None), Hidden, "{role:?} {action:?}");
            }
        }
    }
}
