//! Measures, periods and percentiles.

use sos_protocol::cover::{Reach, StepTaken};
use sos_protocol::figures::{FigureCasesQuery, FigureGroup, FigureOf, Figures, FiguresQuery, SpanLength};
use sos_protocol::{
    Alert, AlertId, CaseEvent, CaseId, CountryCode, DeskId, Disposition, EmergencyKind, RoutingBasis,
    RoutingView, Seq, UnixMs, Unverified,
};
use uuid::Uuid;

use super::*;

const RECEIVED: UnixMs = UnixMs(1_790_000_000_000);

fn blank_alert() -> Alert {
    serde_json::from_value(serde_json::json!({ "alert_id": Uuid::from_u128(1) })).unwrap()
}

fn opened(drill: bool) -> CaseEvent {
    CaseEvent::Opened {
        alert: blank_alert(),
        received_at_ms: RECEIVED,
        routing: RoutingView {
            basis: RoutingBasis::Polygon,
            country: CountryCode::parse("TW"),
            others: vec![],
            offshore_km: None,
            special_area: None,
            no_desk_for_country: false,
        },
        unverified: Some(Unverified::Sms),
        sms_from: None,
        dropped: vec![],
        emergency: Some(EmergencyKind::Injured),
        waited_ms: Some(4_000),
        drill,
        claim_due_ms: Some(RECEIVED.plus_ms(20_000)),
    }
}

fn step(reach: Reach) -> CaseEvent {
    let step =
        StepTaken { run: 1, round: 0, step: 1, claimed: false, reach, told: vec![], is_past_repeats: false };
    CaseEvent::Escalated { step }
}

fn closed(disposition: Disposition) -> CaseEvent {
    CaseEvent::Closed { disposition, summary: String::new() }
}

/// The measure after these events, each a second after the one before.
fn after(first: CaseEvent, events: &[CaseEvent]) -> CaseMeasure {
    let desk = DeskId::from("tw-taipei");
    let entry = |n: i64, event| Entry {
        case_id: CaseId(Uuid::from_u128(9)),
        at: RECEIVED.plus_ms(n * 1000),
        desk: &desk,
        event,
    };
    let mut measure = CaseMeasure::opened(entry(0, &first), None).expect("it opens");
    for (event, n) in events.iter().zip(1..) {
        measure.follow(entry(n, event));
    }
    measure
}

#[test]
fn the_first_time_of_each_holds_and_the_last_closing() {
    let rang = || CaseEvent::Rang { alert_ids: vec![] };
    let story = [
        rang(),
        step(Reach::Targets),
        CaseEvent::Seen { alert_ids: vec![] },
        CaseEvent::Claimed {},
        closed(Disposition::FalseAlarm),
        CaseEvent::Reopened { reason: None },
        rang(),
        CaseEvent::Claimed {},
        closed(Disposition::Resolved),
    ];
    let measure = after(opened(false), &story);
    let at = |n: i64| Some(RECEIVED.plus_ms(n * 1000));
    assert_eq!((measure.rang_ms, measure.seen_ms, measure.claimed_ms), (at(1), at(3), at(4)));
    assert_eq!((measure.closed_ms, measure.disposition), (at(9), Some(Disposition::Resolved)));
    assert_eq!((measure.reopenings, measure.steps_targets, measure.claimed_after), (1, 1, true));
    let open_again = after(opened(false), &story[..6]);
    assert_eq!((open_again.closed_ms, open_again.disposition), (None, None));
}

#[test]
fn a_closed_case_opens_again_by_a_word_under_duress_and_a_drill_ends_by_its_worker() {
    let alert_id = AlertId(Uuid::from_u128(1));
    let duress = || CaseEvent::Duress { alert_id };
    let cancelled = || CaseEvent::Cancelled { alert_id };
    let real = after(opened(false), &[CaseEvent::Claimed {}, closed(Disposition::Resolved), duress()]);
    assert_eq!((real.closed_ms, real.reopenings), (None, 1));
    assert_eq!(after(opened(false), &[cancelled()]).disposition, None);
    assert_eq!(after(opened(true), &[cancelled()]).disposition, Some(Disposition::Test));
    assert_eq!(after(opened(true), &[duress(), cancelled()]).disposition, None);
}

#[test]
fn an_old_entry_is_measured_by_what_the_case_says() {
    let CaseEvent::Opened { alert, received_at_ms, routing, .. } = opened(false) else { unreachable!() };
    let event = CaseEvent::Opened {
        alert,
        received_at_ms,
        routing,
        unverified: None,
        sms_from: None,
        dropped: vec![],
        emergency: None,
        waited_ms: None,
        drill: false,
        claim_due_ms: None,
    };
    let desk = DeskId::from("tw-taipei");
    let entry = Entry { case_id: CaseId(Uuid::from_u128(9)), at: RECEIVED, desk: &desk, event: &event };
    let before = Before {
        drill: true,
        kind: Some(EmergencyKind::Held),
        waited_ms: Some(7),
        claim_due_ms: RECEIVED.plus_ms(30_000),
    };
    let measure = CaseMeasure::opened(entry, Some(before)).unwrap();
    assert_eq!((measure.drill, measure.kind, measure.waited_ms), (true, Some(EmergencyKind::Held), Some(7)));
    assert_eq!(measure.claim_due_ms, Some(before.claim_due_ms));
}

fn query(from: &str, to: &str, zone: &str) -> FiguresQuery {
    FiguresQuery {
        from: from.to_owned(),
        to: to.to_owned(),
        zone: zone.to_owned(),
        desk: None,
        country: None,
        kind: None,
        disposition: None,
    }
}

#[test]
fn days_are_those_of_the_zone_also_when_clocks_change() {
    let ms = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let berlin = Period::of(&query("2026-10-25", "2026-10-25", "Europe/Berlin")).unwrap();
    // 25 hours, of which the third comes twice.
    assert_eq!(berlin.day_and_hour(ms("2026-10-24T21:59:59.999Z")), None);
    assert_eq!(berlin.day_and_hour(ms("2026-10-24T22:00:00Z")), Some((0, 0)));
    assert_eq!(berlin.day_and_hour(ms("2026-10-25T00:30:00Z")), Some((0, 2)));
    assert_eq!(berlin.day_and_hour(ms("2026-10-25T01:30:00Z")), Some((0, 2)));
    assert_eq!(berlin.day_and_hour(ms("2026-10-25T22:59:59Z")), Some((0, 23)));
    assert_eq!(berlin.day_and_hour(ms("2026-10-25T23:00:00Z")), None);
    assert_eq!(berlin.weekday(0), 6);
    let spring = Period::of(&query("2026-03-29", "2026-03-29", "Europe/Berlin")).unwrap();
    assert_eq!(spring.day_and_hour(ms("2026-03-29T00:59:59Z")), Some((0, 1)));
    assert_eq!(spring.day_and_hour(ms("2026-03-29T01:00:00Z")), Some((0, 3)));
    assert_eq!(spring.day_and_hour(ms("2026-03-29T22:00:00Z")), None);
}

#[test]
fn parts_are_days_then_weeks_then_months() {
    let spans = |from: &str, to: &str| {
        let period = Period::of(&query(from, to, "UTC")).unwrap();
        (period.length(), period.spans().len(), period.spans()[1].to_string())
    };
    assert_eq!(spans("2026-01-01", "2026-02-28"), (SpanLength::Day, 59, "2026-01-02".to_owned()));
    assert_eq!(spans("2026-01-01", "2026-12-31"), (SpanLength::Week, 53, "2026-01-05".to_owned()));
    assert_eq!(spans("2024-01-15", "2026-12-31"), (SpanLength::Month, 36, "2024-02-01".to_owned()));
}

#[test]
fn a_question_that_makes_no_sense_says_which_field() {
    let field = |from: &str, to: &str, zone: &str| Period::of(&query(from, to, zone)).unwrap_err().field;
    assert_eq!(field("2026-1-1", "2026-01-02", "UTC"), "from");
    assert_eq!(field("2026-01-01T00:00", "2026-01-02", "UTC"), "from");
    assert_eq!(field("2026-01-01", "2026-02-30", "UTC"), "to");
    assert_eq!(field("2026-01-02", "2026-01-01", "UTC"), "to");
    assert_eq!(field("2020-01-01", "2026-01-01", "UTC"), "to");
    assert_eq!(field("2026-01-01", "2026-01-01", "Europe/Nowhere"), "zone");
    assert_eq!(field("2026-01-01", "2026-01-01", ""), "zone");
    assert_eq!(field("9999-12-31", "9999-12-31", "UTC"), "from");
    assert!(Period::of(&query("2021-01-01", "2026-01-05", "UTC")).is_ok());
}

fn behind(
    question: &Question,
    of: FigureOf,
    group: Option<FigureGroup>,
    within_s: Option<u32>,
) -> Result<Behind, BadQuery> {
    let query = question.query.clone();
    Behind::of(&FigureCasesQuery { query, of, group, within_s, drills: false }, question)
}

#[test]
fn a_figure_that_there_is_not_says_which_field() {
    let question = Question::of(query("2026-01-01", "2026-12-31", "UTC"), None).unwrap();
    let field = |of, group, within_s| behind(&question, of, group, within_s).err().map(|bad| bad.field);
    let span = |from: &str| Some(FigureGroup::Span { from: from.to_owned() });
    assert_eq!(field(FigureOf::Cases, span("2026-01-01"), None), None);
    assert_eq!(field(FigureOf::Cases, span("2026-01-05"), None), None);
    assert_eq!(field(FigureOf::Cases, span("2026-01-06"), None), Some("group"));
    assert_eq!(field(FigureOf::Cases, Some(FigureGroup::Hour { hour: 23 }), None), None);
    assert_eq!(field(FigureOf::Cases, Some(FigureGroup::Hour { hour: 24 }), None), Some("group"));
    assert_eq!(field(FigureOf::Cases, Some(FigureGroup::Weekday { weekday: 7 }), None), Some("group"));
    assert_eq!(field(FigureOf::Within, None, Some(15)), None);
    assert_eq!(field(FigureOf::Within, None, None), Some("within_s"));
    assert_eq!(field(FigureOf::NotWithin, None, Some(3_601)), Some("within_s"));
    assert_eq!(field(FigureOf::Cases, None, Some(15)), Some("within_s"));
}

fn figures(cases: &[CaseMeasure], desk: Option<&str>) -> Figures {
    let desks = [DeskOf {
        desk_id: "tw-taipei".into(),
        name: "Đài Bắc".to_owned(),
        targets: vec![AnswerTarget { within_s: 2, wanted_pct: 80 }],
    }];
    let cases: Kept = cases.iter().map(|case| Counted::of(case, 0)).collect();
    let measures = Measures { cases: &cases, desks: &desks, up_to: Seq(7) };
    let question = Question::of(query("2026-09-01", "2026-10-01", "UTC"), desk.map(DeskId::from)).unwrap();
    let now = RECEIVED.plus_ms(60_000);
    let figures = count(&question, measures, now);
    let (listed, all) =
        behind(&question, FigureOf::NotOnTime, None, None).unwrap().places(&question, measures, 1);
    assert_eq!((listed.len(), all), (all.min(1), (figures.on_time.over - figures.on_time.cases) as usize));
    figures
}

#[test]
fn drills_are_in_no_figure_but_their_own_and_targets_are_the_desks() {
    let claimed = [CaseEvent::Claimed {}];
    let cases = [after(opened(false), &claimed), after(opened(false), &[]), after(opened(true), &claimed)];
    let all = figures(&cases, None);
    assert_eq!((all.cases, all.drills_left_out, all.open), (2, 1, 2));
    assert_eq!((all.times.claim.over, all.times.claim.without, all.times.claim.p95_ms), (1, 1, Some(1000)));
    assert_eq!(all.readiness.claimed, sos_protocol::figures::Part { cases: 1, over: 1 });
    assert_eq!(all.targets.iter().map(|target| target.within_s).collect::<Vec<_>>(), [15, 20]);
    let own = figures(&cases, Some("tw-taipei"));
    assert_eq!(own.targets.iter().map(|target| target.within_s).collect::<Vec<_>>(), [2]);
    assert_eq!((own.targets[0].reached.cases, own.targets[0].reached.over), (1, 2));
    assert_eq!(figures(&cases, Some("jp-tokyo")).cases, 0);
}
