//! Who may do what with which case. The only place that decides it; Postgres enforces desk scoping once more
//! by row-level security.

use sos_protocol::http::Role;
use sos_protocol::{DeskId, StaffId};

/// An officer, as far as permissions go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// Who.
    pub id: StaffId,
    /// What the account may do.
    pub role: Role,
    /// Their desk; none for officers of the ministry's central roles.
    pub desk: Option<DeskId>,
}

/// The desks that a case concerns.
#[derive(Debug, Clone, Copy)]
pub struct CaseDesks<'a> {
    /// The desk that holds it.
    pub holder: &'a DeskId,
    /// Desks that are shown it.
    pub watchers: &'a [DeskId],
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// List cases, follow the feed.
    ListCases,
    /// See a case.
    ReadCase,
    /// Change a case: claim, release, transfer, close, reopen, write, note, report that it rang or was seen.
    WorkCase,
    /// Be on shift.
    Shift,
    /// See the list of desks.
    ListDesks,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::ListCases, Self::ReadCase, Self::WorkCase, Self::Shift, Self::ListDesks];
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
        (Action::Shift, _) if works => Access::Allowed,
        (Action::ListCases, _) if scope != Scope::Nothing => Access::Allowed,
        (Action::Shift | Action::ListCases, _) => Access::Forbidden,
        (Action::ReadCase | Action::WorkCase, None) => Access::Hidden,
        (Action::ReadCase | Action::WorkCase, Some(desks)) if !scope.covers(desks) => Access::Hidden,
        (Action::ReadCase, Some(_)) => Access::Allowed,
        (Action::WorkCase, Some(_)) if !works => Access::Forbidden,
        (Action::WorkCase, Some(desks)) => match &officer.desk {
            _ if officer.role == Role::DutyOfficer => Access::Allowed,
            Some(desk) if desk == desks.holder => Access::Allowed,
            _ => Access::Forbidden,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn officer(role: Role, desk: Option<&str>) -> Officer {
        Officer { id: StaffId(uuid::Uuid::nil()), role, desk: desk.map(DeskId::from) }
    }

    #[test]
    fn a_dispatcher_works_the_desks_own_cases_reads_shared_ones_and_knows_no_others() {
        let (taipei, tokyo, manila) = (DeskId::from("tw"), DeskId::from("jp"), DeskId::from("ph"));
        let watchers = [tokyo];
        let case = Some(CaseDesks { holder: &taipei, watchers: &watchers });
        for role in [Role::Dispatcher, Role::Supervisor] {
            assert_eq!(may(&officer(role, Some("tw")), Action::WorkCase, case), Access::Allowed);
            assert_eq!(may(&officer(role, Some("jp")), Action::ReadCase, case), Access::Allowed);
            assert_eq!(may(&officer(role, Some("jp")), Action::WorkCase, case), Access::Forbidden);
            assert_eq!(may(&officer(role, Some(manila.as_str())), Action::ReadCase, case), Access::Hidden);
            assert_eq!(may(&officer(role, Some(manila.as_str())), Action::WorkCase, case), Access::Hidden);
            assert_eq!(may(&officer(role, None), Action::ReadCase, case), Access::Hidden);
        }
    }

    #[test]
    fn the_ministry_works_everything_reviewers_read_administrators_see_no_case() {
        let taipei = DeskId::from("tw");
        let case = Some(CaseDesks { holder: &taipei, watchers: &[] });
        assert_eq!(may(&officer(Role::DutyOfficer, None), Action::WorkCase, case), Access::Allowed);
        assert_eq!(may(&officer(Role::Reviewer, None), Action::ReadCase, case), Access::Allowed);
        assert_eq!(may(&officer(Role::Reviewer, None), Action::WorkCase, case), Access::Forbidden);
        assert_eq!(may(&officer(Role::Reviewer, None), Action::Shift, None), Access::Forbidden);
        assert_eq!(may(&officer(Role::Administrator, None), Action::ReadCase, case), Access::Hidden);
        assert_eq!(may(&officer(Role::Administrator, None), Action::ListCases, None), Access::Forbidden);
    }
}
