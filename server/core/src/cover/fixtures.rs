//! Desks, officers and rotas for the tests of cover.

use jiff::civil::{Date, Time};
use sos_protocol::{CaseId, DeskId, Priority, StaffId, UnixMs};
use uuid::Uuid;

use super::*;

pub(super) const S: i64 = 1_000;
pub(super) const MIN: i64 = 60 * S;
pub(super) const HOUR: i64 = 60 * MIN;
pub(super) const DAY: i64 = 24 * HOUR;
/// 2026-11-23, a Monday, 00:00 UTC.
pub(super) const NOW: UnixMs = UnixMs(1_795_392_000_000);

pub(super) fn tw() -> DeskId {
    "tw".into()
}

pub(super) fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

pub(super) fn rota_id(n: u128) -> RotaId {
    RotaId(Uuid::from_u128(n))
}

pub(super) fn webhook(n: u128) -> WebhookId {
    WebhookId(Uuid::from_u128(n))
}

/// A moment, as RFC 3339 says it.
pub(super) fn at(text: &str) -> UnixMs {
    UnixMs(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

pub(super) fn time(text: &str) -> Time {
    text.parse().unwrap()
}

pub(super) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(super) fn rota(time_zone: &str, layers: Vec<Layer>) -> Rota {
    Rota {
        id: rota_id(1),
        desk: "tw".into(),
        name: "Trực đêm".into(),
        time_zone: time_zone.into(),
        layers,
        overrides: vec![],
    }
}

pub(super) fn in_turn(from: &str, every: Every, handover: &str, officers: &[u128]) -> Layer {
    let staff = officers.iter().map(|n| staff(*n)).collect();
    let turns = Turns::InTurn { staff, every, handover: time(handover) };
    Layer { valid_from: day(from), valid_until: None, turns }
}

pub(super) fn weekly(from: &str, shifts: &[(Weekday, &str, &str, &[u128])]) -> Layer {
    let shifts = shifts.iter().map(|(day, from, to, officers)| WeeklyShift {
        day: *day,
        from: time(from),
        to: time(to),
        staff: officers.iter().map(|n| staff(*n)).collect(),
    });
    Layer { valid_from: day(from), valid_until: None, turns: Turns::Weekly { shifts: shifts.collect() } }
}

/// The desk `tw`, with officers 1 and 2 signed in and supervisor 3; at the ministry duty officer 9 is signed in and
/// 10 is not. Everybody has a phone.
pub(super) fn cover() -> Cover {
    let desk = |signed_in: &[u128], supervisors: &[u128]| DeskStaff {
        signed_in: signed_in.iter().map(|n| staff(*n)).collect(),
        supervisors: supervisors.iter().map(|n| staff(*n)).collect(),
    };
    Cover {
        ministry: "ministry".into(),
        desks: [("tw".into(), desk(&[1, 2], &[3])), ("ministry".into(), desk(&[9], &[9, 10]))].into(),
        rotas: [].into(),
        personal: (1..=20).map(staff).collect(),
        webhooks: [webhook(1)].into(),
    }
}

/// Nobody is signed in anywhere.
pub(super) fn night() -> Cover {
    let mut cover = cover();
    cover.desks.values_mut().for_each(|desk| desk.signed_in.clear());
    cover
}

/// Nobody at all.
pub(super) fn nobody() -> Cover {
    let mut cover = night();
    cover.personal.clear();
    cover.webhooks.clear();
    cover
}

pub(super) fn step(delay_s: u32, targets: &[Target]) -> PolicyStep {
    PolicyStep { delay_s, targets: targets.to_vec() }
}

pub(super) fn policy(repeats: u8, steps: Vec<PolicyStep>) -> Policy {
    let common = Plan { steps, repeats };
    Policy { common, ..unset("tw".into(), "ministry".into()) }
}

pub(super) fn officer(n: u128) -> Target {
    Target::Staff { staff: staff(n) }
}

pub(super) fn ministry() -> Target {
    Target::Desk { desk: "ministry".into() }
}

pub(super) fn case() -> CaseFacts {
    CaseFacts {
        case: CaseId(Uuid::from_u128(7)),
        desk: tw(),
        priority: Priority::P1,
        drill: false,
        is_closed: false,
        owner: None,
        runs: 0,
    }
}

/// Who is told, without by what.
pub(super) fn officers(fired: &Fired) -> Vec<u128> {
    let officer = |tell: &Tell| match tell {
        Tell::Staff { staff, .. } => Some(staff.0.as_u128()),
        Tell::Desk { .. } | Tell::Webhook { .. } => None,
    };
    fired.tell.iter().filter_map(officer).collect()
}

pub(super) fn personal(n: u128) -> Tell {
    Tell::Staff { staff: staff(n), channel: Channel::Personal }
}

pub(super) fn console(n: u128) -> Tell {
    Tell::Staff { staff: staff(n), channel: Channel::Console }
}
