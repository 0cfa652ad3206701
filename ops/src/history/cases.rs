//! Made-up cases of a year: pressed again, late, unverified, escalated, moved to other desks, opened again, and drills.

use anyhow::{Context, Result};
use sos_core::recording::{self, AlertRecord, By, CaseRecord, Draft, Inbound, Item, Known, Origin};
use sos_core::report::ReportRecord;
use sos_core::routing::Routing;
use sos_protocol::cover::{Reach, StepTaken};
use sos_protocol::{
    Alert, AlertId, CaseEvent, CaseState, CountryCode, DeskId, Disposition, EmergencyKind, RoutingBasis,
    RoutingView, StaffId, UnixMs, Unverified,
};
use uuid::Uuid;

const YEAR_BEGINS: i64 = 1_735_689_600_000;
const DAY_MS: i64 = 86_400_000;
/// When clocks change in Europe in 2025.
const CLOCKS_CHANGE: [i64; 2] = [1_743_296_400_000, 1_761_440_400_000];
const DESKS: [(&str, Option<&str>); 6] = [
    ("de-berlin", Some("DE")),
    ("tw-taipei", Some("TW")),
    ("tw-taipei", Some("PH")),
    ("jp-tokyo", Some("JP")),
    ("kr-seoul", Some("KR")),
    ("ministry", None),
];
const KINDS: [EmergencyKind; 4] =
    [EmergencyKind::Injured, EmergencyKind::Attacked, EmergencyKind::Held, EmergencyKind::Other];
const DISPOSITIONS: [Disposition; 6] = [
    Disposition::Resolved,
    Disposition::Referred,
    Disposition::FalseAlarm,
    Disposition::CancelledByWorker,
    Disposition::Duplicate,
    Disposition::UnableToContact,
];
const REACHES: [Reach; 4] = [Reach::Targets, Reach::Ministry, Reach::Nobody, Reach::Later];

/// Numbers that are the same each time (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn up_to(&mut self, end: i64) -> i64 {
        i64::try_from(self.next() % end.unsigned_abs().max(1)).unwrap_or_default()
    }

    fn in_100(&mut self, cases: i64) -> bool {
        self.up_to(100) < cases
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        let at = usize::try_from(self.next() % (all.len() as u64)).unwrap_or_default();
        all[at].clone()
    }

    fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Made {
    pub(super) cases: Vec<CaseRecord>,
    pub(super) alerts: Vec<AlertRecord>,
    /// What happened, with when; not in the order of time.
    pub(super) drafts: Vec<(UnixMs, Draft)>,
    /// Of the closed cases that must have a report.
    pub(super) reports: Vec<ReportRecord>,
}

/// A case as it goes on.
struct Story<'a> {
    case: CaseRecord,
    at: UnixMs,
    officer: StaffId,
    drafts: &'a mut Vec<(UnixMs, Draft)>,
}

impl Story<'_> {
    fn then(&mut self, after_ms: i64, by: By, event: CaseEvent) {
        self.at = self.at.plus_ms(after_ms);
        self.case.apply(&event, by.staff(), self.at);
        let (case_id, desk, subject) =
            (self.case.case_id, self.case.desk_id.clone(), self.case.subject.clone());
        self.drafts.push((self.at, Draft { case_id, desk, subject, by, event }));
    }

    fn by_officer(&mut self, after_ms: i64, event: CaseEvent) {
        self.then(after_ms, By::Staff(self.officer), event);
    }
}

fn press(dice: &mut Dice, received_at: UnixMs, drill: bool) -> Inbound {
    let alert = Alert {
        alert_id: AlertId(dice.id()),
        device_time_ms: None,
        waited_ms: dice.in_100(40).then(|| 1_000 + dice.up_to(900_000)),
        position: None,
        trigger: None,
        kind: dice.in_100(60).then(|| dice.of(&KINDS)),
        text: Some("tôi bị thương".to_owned()),
        battery_pct: None,
        drill,
    };
    let unverified = dice.in_100(20).then_some(Unverified::CredentialInvalid);
    let origin = Origin { unverified, ..Origin::default() };
    Inbound { received_at, origin, item: Item::Alert { alert, dropped: vec![] } }
}

fn routing(desk: &str, country: Option<&str>) -> Routing {
    let view = RoutingView {
        basis: if country.is_some() { RoutingBasis::Polygon } else { RoutingBasis::Nothing },
        country: country.and_then(CountryCode::parse),
        others: vec![],
        offshore_km: None,
        special_area: None,
        no_desk_for_country: false,
    };
    Routing { desk: desk.into(), watchers: vec![], view }
}

fn when(dice: &mut Dice) -> UnixMs {
    // A few are of the years before and after; many come on the days when clocks change.
    let at = match dice.up_to(5) {
        0 => dice.of(&CLOCKS_CHANGE) - DAY_MS + dice.up_to(2 * DAY_MS),
        _ => YEAR_BEGINS - 3 * DAY_MS + dice.up_to(371 * DAY_MS),
    };
    UnixMs(at)
}

/// Case number `n`, from 1, in which `officer` does all that is done; closed in the end where `all_closed`.
///
/// # Errors
/// When the rules of recording refuse it, which they do not.
pub(super) fn make(
    dice: &mut Dice,
    (n, all_closed): (i64, bool),
    officer: StaffId,
    made: &mut Made,
) -> Result<()> {
    let (desk, country) = dice.of(&DESKS);
    let (received_at, drill) = (when(dice), dice.in_100(8));
    let (target_s, from) = (dice.of(&[15, 20, 30]), made.drafts.len());
    let recorded_at = received_at.plus_ms(dice.up_to(250));
    let batch = [press(dice, received_at, drill)];
    let known = Known { numbers: vec![n], ..Known::default() };
    let route = |_: Option<&_>, _| Some((routing(desk, country), target_s));
    let decided = recording::decide(&batch, known, route, recorded_at);
    let mut changes = decided.ok().context("a made-up press")?.changes;
    made.alerts.append(&mut changes.alerts);
    made.drafts.extend(changes.drafts.into_iter().map(|draft| (recorded_at, draft)));
    let case = changes.cases.pop().context("a made-up case")?;
    let mut story = Story { case, at: recorded_at, officer, drafts: &mut made.drafts };
    if drill {
        goes_as_a_drill(dice, &mut story);
    } else {
        goes_on(dice, &mut story);
    }
    if all_closed && story.case.state != CaseState::Closed {
        story.by_officer(DAY_MS, CaseEvent::Claimed {});
        closes_for_good(dice, &mut story);
    }
    let case = story.case;
    if case.state == CaseState::Closed {
        let entries = made.drafts.iter().skip(from);
        let entries: Vec<_> =
            entries.map(|(at, draft)| (draft.event.clone(), draft.by.staff(), *at)).collect();
        made.reports.extend(ReportRecord::of(&case, &entries));
    }
    made.cases.push(case);
    Ok(())
}

fn goes_as_a_drill(dice: &mut Dice, story: &mut Story<'_>) {
    let alert_id = story.case.unrung[0];
    if dice.in_100(80) {
        story.then(dice.up_to(4_000), By::Service, CaseEvent::Rang { alert_ids: vec![alert_id] });
    }
    if dice.in_100(60) {
        story.by_officer(dice.up_to(30_000), CaseEvent::Claimed {});
    }
    if dice.in_100(70) {
        story.then(dice.up_to(60_000), By::Worker, CaseEvent::Cancelled { alert_id });
    }
}

fn goes_on(dice: &mut Dice, story: &mut Story<'_>) {
    let alert_id = story.case.unrung[0];
    if dice.in_100(90) {
        story.by_officer(300 + dice.up_to(6_000), CaseEvent::Rang { alert_ids: vec![alert_id] });
    }
    if dice.in_100(15) {
        presses_again(dice, story);
    }
    if dice.in_100(25) {
        escalates(dice, story);
    }
    if dice.in_100(10) {
        story.then(dice.up_to(9_000), By::Worker, CaseEvent::Cancelled { alert_id });
    }
    if dice.in_100(70) {
        story.by_officer(dice.up_to(5_000), CaseEvent::Seen { alert_ids: vec![alert_id] });
    }
    if !dice.in_100(88) {
        return;
    }
    story.by_officer(dice.up_to(18_000), CaseEvent::Claimed {});
    if dice.in_100(15) {
        presses_again(dice, story);
        escalates(dice, story);
    }
    if dice.in_100(12) {
        goes_to_another_desk(dice, story);
    }
    if dice.in_100(85) {
        closes(dice, story);
    }
}

fn presses_again(dice: &mut Dice, story: &mut Story<'_>) {
    let at = story.at.plus_ms(dice.up_to(20_000));
    let Inbound { item: Item::Alert { alert, .. }, .. } = press(dice, at, false) else { return };
    let (emergency, waited_ms) = (alert.kind, alert.waited_ms);
    let event = CaseEvent::PressedAgain {
        alert,
        received_at_ms: at,
        unverified: Some(Unverified::Sms),
        sms_from: None,
        dropped: vec![],
        emergency,
        waited_ms,
    };
    story.then(at.since_ms(story.at), By::Worker, event);
}

fn escalates(dice: &mut Dice, story: &mut Story<'_>) {
    for step in 1..=dice.up_to(4) {
        let reach = dice.of(&REACHES);
        let step = u8::try_from(step).unwrap_or(u8::MAX);
        let step =
            StepTaken { run: 1, round: 0, step, claimed: false, reach, told: vec![], is_past_repeats: false };
        story.then(1_000 + dice.up_to(20_000), By::Service, CaseEvent::Escalated { step });
    }
}

fn goes_to_another_desk(dice: &mut Dice, story: &mut Story<'_>) {
    let from = story.case.desk_id.clone();
    let (to, _) = dice.of(&DESKS);
    let to = DeskId::from(to);
    if to == from {
        return;
    }
    story.by_officer(60_000, CaseEvent::Offered { to: to.clone(), reason: None });
    story.by_officer(dice.up_to(60_000), CaseEvent::Transferred { from, to, reason: None });
    story.by_officer(0, CaseEvent::Claimed {});
}

fn closes_for_good(dice: &mut Dice, story: &mut Story<'_>) {
    let event = CaseEvent::Closed { disposition: dice.of(&DISPOSITIONS), summary: "x".to_owned() };
    story.by_officer(dice.up_to(DAY_MS), event);
}

fn closes(dice: &mut Dice, story: &mut Story<'_>) {
    let close =
        |dice: &mut Dice| CaseEvent::Closed { disposition: dice.of(&DISPOSITIONS), summary: "x".to_owned() };
    let event = close(dice);
    // Some take longer than what fits into 32 bits of milliseconds.
    let took = if dice.in_100(3) { 60 * DAY_MS } else { dice.up_to(5 * DAY_MS) };
    story.by_officer(took, event);
    let (by, again) = match dice.up_to(20) {
        0 | 1 => (By::Staff(story.officer), CaseEvent::Reopened { reason: Some("y".to_owned()) }),
        2 => (By::Worker, CaseEvent::Duress { alert_id: AlertId(dice.id()) }),
        _ => return,
    };
    story.then(dice.up_to(DAY_MS), by, again);
    if dice.in_100(70) {
        story.by_officer(dice.up_to(100_000), CaseEvent::Claimed {});
        let event = close(dice);
        story.by_officer(dice.up_to(DAY_MS), event);
    }
}
