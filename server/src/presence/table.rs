//! Who looks at what, in memory.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use sos_protocol::feed::PresentOfficer;
use sos_protocol::limits::{PRESENCE_GONE_S, PRESENCE_SAY_S};
use sos_protocol::{CaseId, DeskId, StaffId, UnixMs};
use uuid::Uuid;

/// Consoles that are remembered; more are not shown to others.
const CONSOLES_MAX: usize = 5_000;
/// Without a change a case is told of again after this time, so that consoles do not let it go.
const AGAIN_MS: i64 = 1_000 * (PRESENCE_SAY_S as i64 - 1);

/// What a console said, with what the node that heard it looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said {
    /// The node that heard it.
    pub(super) node: Uuid,
    /// Which console.
    pub(super) console: Uuid,
    /// Its officer.
    pub(super) staff_id: StaffId,
    /// What it shows; none: no case, or it is gone.
    pub(super) at: Option<At>,
}

/// A case on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct At {
    pub(super) case_id: CaseId,
    /// Name of the officer.
    pub(super) name: String,
    pub(super) typing: bool,
    /// Desks that see the case, its holder first.
    pub(super) audience: Vec<DeskId>,
}

/// What is to be told of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) case_id: CaseId,
    pub(super) audience: Vec<DeskId>,
    /// By name, each once.
    pub(super) officers: Vec<PresentOfficer>,
}

struct Here {
    staff_id: StaffId,
    at: At,
    until: UnixMs,
}

/// Who looks at what.
#[derive(Default)]
pub(super) struct Table {
    consoles: HashMap<Uuid, Here>,
    told: HashMap<CaseId, UnixMs>,
}

impl Table {
    /// Takes over what a console said: what is to be told now.
    pub(super) fn take(&mut self, said: Said, now: UnixMs) -> Vec<Seen> {
        let before = self.consoles.remove(&said.console).map(|here| here.at);
        let is_same = |at: &At, other: &At| (at.case_id, at.typing) == (other.case_id, other.typing);
        let stays = before.as_ref().zip(said.at.as_ref()).is_some_and(|(at, other)| is_same(at, other));
        let mut changed = vec![];
        if let Some(at) = said.at.filter(|_| self.consoles.len() < CONSOLES_MAX) {
            changed.push((at.case_id, at.audience.clone()));
            let until = now.plus_ms(1_000 * i64::from(PRESENCE_GONE_S));
            self.consoles.insert(said.console, Here { staff_id: said.staff_id, at, until });
        }
        if let Some(at) = before.filter(|before| changed.iter().all(|(id, _)| *id != before.case_id)) {
            changed.push((at.case_id, at.audience));
        }
        let is_due = |told: Option<&UnixMs>| told.is_none_or(|told| now.since_ms(*told) >= AGAIN_MS);
        changed.retain(|(id, _)| !stays || is_due(self.told.get(id)));
        changed.into_iter().map(|(id, audience)| self.seen(id, audience, now)).collect()
    }

    /// Lets go whoever has not been heard of for too long.
    pub(super) fn sweep(&mut self, now: UnixMs) -> Vec<Seen> {
        let gone: Vec<Here> =
            self.consoles.extract_if(|_, here| here.until <= now).map(|(_, here)| here).collect();
        let mut done = BTreeSet::new();
        let once = gone.into_iter().filter(|here| done.insert(here.at.case_id));
        let changed: Vec<_> = once.map(|here| (here.at.case_id, here.at.audience)).collect();
        changed.into_iter().map(|(id, audience)| self.seen(id, audience, now)).collect()
    }

    /// Who looks at a case.
    pub(super) fn at(&self, case_id: CaseId) -> Vec<PresentOfficer> {
        let mut officers: Vec<PresentOfficer> = vec![];
        for here in self.consoles.values().filter(|here| here.at.case_id == case_id) {
            match officers.iter_mut().find(|officer| officer.staff_id == here.staff_id) {
                Some(officer) => officer.typing |= here.at.typing,
                None => officers.push(PresentOfficer {
                    staff_id: here.staff_id,
                    name: here.at.name.clone(),
                    typing: here.at.typing,
                }),
            }
        }
        officers.sort_by(|a, b| (&a.name, a.staff_id).cmp(&(&b.name, b.staff_id)));
        officers
    }

    fn seen(&mut self, case_id: CaseId, audience: Vec<DeskId>, now: UnixMs) -> Seen {
        let officers = self.at(case_id);
        if officers.is_empty() {
            self.told.remove(&case_id);
        } else {
            self.told.insert(case_id, now);
        }
        Seen { case_id, audience, officers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMs = UnixMs(1_000_000);

    fn said(console: u128, case: Option<u128>, typing: bool) -> Said {
        let at = case.map(|case| At {
            case_id: CaseId(Uuid::from_u128(case)),
            name: format!("{console}"),
            typing,
            audience: vec!["tw".into()],
        });
        Said {
            node: Uuid::nil(),
            console: Uuid::from_u128(console),
            staff_id: StaffId(Uuid::from_u128(console)),
            at,
        }
    }

    fn names(seen: &[Seen]) -> Vec<(u128, Vec<&str>)> {
        let of = |seen: &Seen| seen.case_id.0.as_u128();
        seen.iter().map(|s| (of(s), s.officers.iter().map(|o| o.name.as_str()).collect())).collect()
    }

    #[test]
    fn a_change_is_told_at_once_and_a_repeat_only_so_that_it_is_not_let_go() {
        let mut table = Table::default();
        assert_eq!(names(&table.take(said(1, Some(7), false), NOW)), [(7, vec!["1"])]);
        assert_eq!(names(&table.take(said(2, Some(7), false), NOW)), [(7, vec!["1", "2"])]);
        assert!(table.take(said(2, Some(7), false), NOW.plus_ms(AGAIN_MS - 1)).is_empty());
        assert_eq!(names(&table.take(said(2, Some(7), false), NOW.plus_ms(AGAIN_MS))), [(7, vec!["1", "2"])]);
        let typing = table.take(said(1, Some(7), true), NOW.plus_ms(AGAIN_MS));
        assert!(typing[0].officers[0].typing && !typing[0].officers[1].typing);
        assert_eq!(names(&table.take(said(1, Some(8), false), NOW)), [(8, vec!["1"]), (7, vec!["2"])]);
        assert_eq!(names(&table.take(said(1, None, false), NOW)), [(8, vec![])]);
    }

    #[test]
    fn who_is_not_heard_of_any_more_does_not_look_any_more() {
        let mut table = Table::default();
        let gone = i64::from(PRESENCE_GONE_S) * 1_000;
        table.take(said(1, Some(7), false), NOW);
        table.take(said(2, Some(7), false), NOW.plus_ms(gone - 1));
        assert!(table.sweep(NOW.plus_ms(gone - 1)).is_empty());
        assert_eq!(names(&table.sweep(NOW.plus_ms(gone))), [(7, vec!["2"])]);
        assert!(table.sweep(NOW.plus_ms(gone)).is_empty());
    }
}
