//! Stories of one phone and its gateway.

use sos_protocol::case::TimelineEntry;
use sos_protocol::{
    Actor, CaseEvent, CaseId, CaseState, CaseSummary, Priority, RoutingBasis, RoutingView, WorkerId,
};
use uuid::Uuid;

use super::*;
use crate::entry::AlertRef;

const NOW: UnixMs = UnixMs(1_790_000_000_000);

fn session() -> Session {
    Session::new(SessionId(Uuid::from_u128(1)), "nonce".to_owned(), NOW)
}

fn id(n: u128) -> String {
    Uuid::from_u128(n).to_string()
}

fn alert_id(n: u128) -> AlertId {
    AlertId(Uuid::from_u128(n))
}

fn press(n: u128) -> String {
    format!(r#"{{"type":"alert","alert":{{"alert_id":"{}"}}}}"#, id(n))
}

fn message(n: u128, alert: u128) -> String {
    format!(r#"{{"type":"message","message_id":"{}","alert_id":"{}","text":"a"}}"#, id(n), id(alert))
}

fn fixes(alert: u128) -> String {
    format!(r#"{{"type":"fixes","alert_id":"{}","fixes":[]}}"#, id(alert))
}

fn delivered(n: u128, alert: u128) -> String {
    format!(r#"{{"type":"delivered","alert_id":"{}","message_ids":["{}"]}}"#, id(alert), id(n))
}

/// What it asks to keep: (ticket, alert, kind).
fn kept(out: &[Output]) -> Vec<(Ticket, AlertId, &'static str)> {
    let kept = out.iter().filter_map(|output| match output {
        Output::Keep(ticket, _, item) => Some((
            *ticket,
            item.alert_id(),
            match item {
                Item::Alert { .. } => "alert",
                Item::Cancel { .. } => "cancel",
                Item::Duress { .. } => "duress",
                Item::Attachment { .. } => "attachment",
                Item::Message { .. } => "message",
                Item::Delivered { .. } => "delivered",
            },
        )),
        Output::TakeBack(ticket, _, alert, _) => Some((*ticket, *alert, "cancel")),
        Output::KeepFixes(ticket, alert, _) => Some((*ticket, *alert, "fixes")),
        _ => None,
    });
    kept.collect()
}

/// What the phone hears, in a word each.
fn heard(out: &[Output]) -> Vec<String> {
    let words = out.iter().filter_map(|output| match output {
        Output::Send(GatewayFrame::Receipt { receipt }) => Some(format!("{:?}", receipt.stage)),
        Output::Send(GatewayFrame::Error { code, .. }) => Some(code.as_str().to_owned()),
        Output::Send(frame) => serde_json::to_value(frame).ok()?.get("type")?.as_str().map(str::to_owned),
        _ => None,
    });
    words.collect()
}

fn device(n: u128) -> Origin {
    Origin {
        device_id: Some(DeviceId(Uuid::from_u128(n))),
        worker_id: Some(WorkerId(Uuid::from_u128(n))),
        ..Origin::default()
    }
}

/// The phone says `hello` and is known.
fn greet(session: &mut Session, last_seq: i64) -> Vec<Output> {
    let mut out = session.handle(NOW, Input::Frame(&format!(r#"{{"type":"hello","last_seq":{last_seq}}}"#)));
    let Some(Output::Check(hello)) = out.pop() else { panic!("{out:?}") };
    assert_eq!(hello.signed, proof::hello("nonce"));
    session.handle(NOW, Input::Checked(hello, Checked { origin: device(7), renewed: None }))
}

fn reads(out: &[Output]) -> Vec<(Seq, u64)> {
    let reads = out.iter().filter_map(|output| match output {
        Output::ReadMissed(what) => Some((what.after, what.pause.as_secs())),
        _ => None,
    });
    reads.collect()
}

/// The case of alert 9 of device 7 is claimed.
fn claimed(seq: i64) -> LedgerEntry {
    let routing = RoutingView {
        basis: RoutingBasis::Nothing,
        country: None,
        others: vec![],
        offshore_km: None,
        special_area: None,
        no_desk_for_country: false,
    };
    let case = CaseSummary {
        case_id: CaseId(Uuid::from_u128(5)),
        case_no: "2026-000001".into(),
        version: 2,
        last_seq: Seq(seq),
        state: CaseState::Claimed,
        priority: Priority::P1,
        ringing: false,
        desk_id: "tw".into(),
        watchers: vec![],
        helpers: vec![],
        assigned: None,
        offer: None,
        tags: vec![],
        links: vec![],
        escalated_at_ms: None,
        nobody_told: false,
        fix_asked_at_ms: None,
        employer: None,
        address: None,
        routing,
        worker_id: None,
        worker_name: None,
        unverified: None,
        kind: None,
        opened_at_ms: NOW,
        pressed_at_ms: NOW,
        waited_ms: None,
        presses: 1,
        claim_due_ms: NOW,
        rang_at_ms: None,
        seen_at_ms: None,
        cancelled_at_ms: None,
        duress_at_ms: None,
        drill: false,
        owner: None,
        unread: 0,
        position: None,
        battery_pct: None,
        closing: None,
    };
    let actor = Actor::Staff { staff_id: sos_protocol::StaffId(Uuid::from_u128(3)), name: "Lan".into() };
    let alert = AlertRef { alert_id: alert_id(9), device_id: device(7).device_id, received_at: NOW };
    LedgerEntry {
        entry: TimelineEntry { seq: Seq(seq), at_ms: NOW, actor, event: CaseEvent::Claimed {} },
        case,
        desk_name: "Đài Bắc".into(),
        alerts: vec![alert],
    }
}

fn told_seqs(out: &[Output]) -> Vec<i64> {
    let seqs = out.iter().filter_map(|output| match output {
        Output::Send(GatewayFrame::Receipt { receipt }) => receipt.seq.map(|seq| seq.0),
        _ => None,
    });
    seqs.collect()
}

#[test]
fn a_press_before_hello_is_kept_at_once_and_received_only_when_it_is_on_disk() {
    let mut session = session();
    let out = session.handle(NOW, Input::Frame(&press(9)));
    let [(ticket, ..)] = kept(&out)[..] else { panic!("{out:?}") };
    assert!(out.contains(&Output::Follow(alert_id(9))), "so that it hears of it");
    assert!(heard(&out).is_empty(), "nothing is said before it is on disk");
    let at = NOW.plus_ms(3);
    let out = session.handle(at, Input::Kept(ticket, Ok(at)));
    let receipt = sos_protocol::Receipt::received(alert_id(9), at);
    assert_eq!(out, [Output::Send(GatewayFrame::Receipt { receipt })]);
    assert!(!session.is_keeping());
}

#[test]
fn an_alert_that_neither_store_takes_is_unavailable_and_nothing_else() {
    let mut session = session();
    let [(ticket, ..)] = kept(&session.handle(NOW, Input::Frame(&press(9))))[..] else { panic!() };
    assert_eq!(
        heard(&session.handle(NOW, Input::Kept(ticket, Err(ErrorCode::Unavailable)))),
        ["unavailable"]
    );
}

#[test]
fn an_alert_overtakes_everything_that_is_slow() {
    let mut session = session();
    let mut slow = vec![];
    for n in 0..20 {
        slow.extend(kept(&session.handle(NOW, Input::Frame(&fixes(n)))));
    }
    assert_eq!(slow.len(), OTHERS_IN_FLIGHT_MAX, "other things have a bound, the rest waits");
    let out = session.handle(NOW, Input::Frame(&press(99)));
    let [(ticket, _, "alert")] = kept(&out)[..] else { panic!("{out:?}") };
    assert_eq!(heard(&session.handle(NOW, Input::Kept(ticket, Ok(NOW)))), ["Received"]);
    let next = session.handle(NOW, Input::Kept(slow[0].0, Ok(NOW)));
    assert_eq!((heard(&next), kept(&next).len()), (vec!["fixes_accepted".to_owned()], 1));
}

#[test]
fn what_belongs_to_an_alert_is_kept_behind_it_and_in_order() {
    let mut session = session();
    let [(alert, ..)] = kept(&session.handle(NOW, Input::Frame(&press(9))))[..] else { panic!() };
    let cancel = format!(r#"{{"type":"cancel","alert_id":"{}"}}"#, id(9));
    assert!(kept(&session.handle(NOW, Input::Frame(&message(20, 9)))).is_empty());
    assert!(kept(&session.handle(NOW, Input::Frame(&cancel))).is_empty());
    let other = kept(&session.handle(NOW, Input::Frame(&message(21, 8))));
    assert_eq!(other.len(), 1, "another alert's words do not wait for this one");
    let out = session.handle(NOW, Input::Kept(alert, Ok(NOW)));
    let [(first, _, "message")] = kept(&out)[..] else { panic!("{out:?}") };
    let out = session.handle(NOW, Input::Kept(first, Ok(NOW)));
    assert_eq!(heard(&out), ["accepted"]);
    assert!(matches!(kept(&out)[..], [(_, _, "cancel")]));
}

#[test]
fn a_burst_waits_its_turn_and_what_is_beyond_it_is_refused_but_never_an_alert() {
    let mut session = session();
    let refused = |out: &[Output]| heard(out) == ["rate_limited"];
    let burst: Vec<bool> =
        (0..100).map(|n| refused(&session.handle(NOW, Input::Frame(&message(1000 + n, 9))))).collect();
    assert_eq!(burst.iter().position(|refused| *refused), Some(60));
    for n in 0..ALERTS_IN_FLIGHT_MAX as u128 {
        assert!(session.reads());
        assert_eq!(kept(&session.handle(NOW, Input::Frame(&press(5000 + n)))).len(), 1);
    }
    assert!(!session.reads(), "more alerts wait in the socket");
}

#[test]
fn a_pong_tells_that_the_marks_before_it_are_on_disk() {
    let mut session = session();
    let [(marks, ..)] = kept(&session.handle(NOW, Input::Frame(&delivered(30, 9))))[..] else { panic!() };
    assert!(heard(&session.handle(NOW, Input::Frame(r#"{"type":"ping"}"#))).is_empty());
    assert_eq!(heard(&session.handle(NOW, Input::Kept(marks, Ok(NOW)))), ["pong"]);

    let [(marks, ..)] = kept(&session.handle(NOW, Input::Frame(&delivered(31, 9))))[..] else { panic!() };
    session.handle(NOW, Input::Frame(r#"{"type":"ping"}"#));
    assert_eq!(
        heard(&session.handle(NOW, Input::Kept(marks, Err(ErrorCode::Unavailable)))),
        ["unavailable", "pong"]
    );
    assert_eq!(heard(&session.handle(NOW, Input::Frame(r#"{"type":"ping"}"#))), ["pong"]);
}

#[test]
fn what_is_told_while_the_missed_is_read_comes_behind_it_once() {
    let mut session = session();
    let out = greet(&mut session, 3);
    assert!(out.contains(&Output::Join(DeviceId(Uuid::from_u128(7)))));
    assert_eq!((heard(&out), reads(&out)), (vec!["welcome".to_owned()], vec![(Seq(3), 0)]));
    assert!(session.handle(NOW, Input::Told(&claimed(6))).is_empty());
    assert!(session.handle(NOW, Input::Told(&claimed(7))).is_empty());

    let page = [claimed(4), claimed(5)];
    let out = session.handle(NOW, Input::Missed { entries: &page, more: true });
    assert_eq!((told_seqs(&out), reads(&out)), (vec![4, 5], vec![(Seq(5), 0)]));
    let out = session.handle(NOW, Input::Missed { entries: &[claimed(6)], more: false });
    assert_eq!(told_seqs(&out), [6, 7]);
    assert_eq!(told_seqs(&session.handle(NOW, Input::Told(&claimed(8)))), [8]);
}

#[test]
fn nothing_is_told_past_what_cannot_be_read_yet() {
    let mut session = session();
    greet(&mut session, 3);
    assert_eq!(reads(&session.handle(NOW, Input::MissedUnreadable)), [(Seq(3), 1)]);
    assert_eq!(reads(&session.handle(NOW, Input::MissedUnreadable)), [(Seq(3), 2)]);
    let out = session.handle(NOW, Input::Told(&claimed(9)));
    assert!(told_seqs(&out).is_empty(), "else the phone would resume behind what it missed");
    assert_eq!(reads(&out), [(Seq(3), 0)], "the ledger lives again: no more pause");
    let out = session.handle(NOW, Input::Missed { entries: &[claimed(4)], more: false });
    assert_eq!(told_seqs(&out), [4, 9]);
}

#[test]
fn received_comes_before_what_the_ledger_tells_of_an_alert_that_is_still_being_kept() {
    let mut session = session();
    let [(ticket, ..)] = kept(&session.handle(NOW, Input::Frame(&press(9))))[..] else { panic!() };
    assert_eq!(heard(&session.handle(NOW, Input::Told(&claimed(4)))), ["Received", "Claimed"]);
    assert!(
        session.handle(NOW, Input::Kept(ticket, Err(ErrorCode::Unavailable))).is_empty(),
        "it was answered"
    );
}

#[test]
fn an_sos_is_taken_while_the_missed_cannot_be_read() {
    let mut session = session();
    greet(&mut session, 0);
    session.handle(NOW, Input::MissedUnreadable);
    let [(ticket, ..)] = kept(&session.handle(NOW, Input::Frame(&press(9))))[..] else { panic!() };
    assert_eq!(heard(&session.handle(NOW, Input::Kept(ticket, Ok(NOW)))), ["Received"]);
}

#[test]
fn too_far_behind_it_is_cut_and_comes_back() {
    let mut session = session();
    greet(&mut session, 0);
    for seq in 0..BACKLOG_MAX {
        assert!(session.handle(NOW, Input::Told(&claimed(10 + i64::try_from(seq).unwrap()))).is_empty());
    }
    assert_eq!(session.handle(NOW, Input::Told(&claimed(999))), [Output::Close(Close::Overflow)]);
}

#[test]
fn the_replaced_one_is_told_and_hears_of_what_was_under_way_but_takes_nothing_more() {
    let mut session = session();
    let [(ticket, ..)] = kept(&session.handle(NOW, Input::Frame(&press(9))))[..] else { panic!() };
    let out = session.handle(NOW, Input::Replaced);
    assert_eq!(heard(&out), ["session_replaced"]);
    assert_eq!(out.last(), Some(&Output::Close(Close::Replaced)));
    assert!(session.handle(NOW, Input::Frame(&press(10))).is_empty());
    assert_eq!(heard(&session.handle(NOW, Input::Kept(ticket, Ok(NOW)))), ["Received"]);
}

#[test]
fn silence_is_asked_about_and_ends_the_session_only_when_nobody_answers() {
    let mut session = session();
    assert_eq!(session.patience().as_secs(), 20);
    assert_eq!(session.handle(NOW, Input::Silence), [Output::Ping]);
    assert_eq!(session.patience().as_secs(), 5);
    session.handle(NOW, Input::Sign);
    assert_eq!(session.patience().as_secs(), 20);
    session.handle(NOW, Input::Silence);
    assert_eq!(session.handle(NOW, Input::Silence), [Output::Close(Close::Silent)]);
}

#[test]
fn a_head_of_an_sos_is_an_sos_and_other_nonsense_is_named() {
    let mut session = session();
    let head = &press(9)[..60];
    assert!(matches!(kept(&session.handle(NOW, Input::Oversized(head)))[..], [(_, _, "alert")]));
    assert_eq!(heard(&session.handle(NOW, Input::Oversized("{"))), ["too_large"]);
    assert_eq!(heard(&session.handle(NOW, Input::Binary)), ["binary_frame"]);
    assert!(matches!(session.handle(NOW, Input::Frame("{}"))[..], [Output::Refuse(_)]));
}

#[test]
fn followed_alerts_are_bounded() {
    let (mut session, most) = (session(), FOLLOWED_MAX as u128);
    for n in 1..=most + 10 {
        let out = session.handle(NOW, Input::Frame(&press(n)));
        let gone = out.iter().any(|o| matches!(o, Output::Unfollow(old) if old.0.as_u128() + most == n));
        assert_eq!(gone, n > most);
    }
    assert_eq!(session.followed().count(), FOLLOWED_MAX);
}

#[test]
fn an_idle_session_is_small() {
    assert!(size_of::<Session>() <= 256, "{}", size_of::<Session>());
    let mut session = session();
    let mut tickets: Vec<Ticket> = vec![];
    for n in 0..20 {
        tickets.extend(kept(&session.handle(NOW, Input::Frame(&message(50, n)))).iter().map(|k| k.0));
    }
    while let Some(ticket) = tickets.pop() {
        tickets.extend(kept(&session.handle(NOW, Input::Kept(ticket, Ok(NOW)))).iter().map(|k| k.0));
    }
    assert_eq!(session.keeping.capacity(), 0, "an idle session holds no buffer");
}

#[test]
fn at_the_end_of_a_borrowed_phones_time_what_is_under_way_is_answered_and_it_comes_back() {
    let mut session = session();
    greet(&mut session, 0);
    let out = session.handle(NOW, Input::Frame(&press(1)));
    let (ticket, ..) = kept(&out)[0];
    let out = session.handle(NOW, Input::Ended);
    let [Output::Close(why)] = out[..] else { panic!("{out:?}") };
    assert_eq!(why.code().0, 1001);
    assert_eq!(heard(&session.handle(NOW, Input::Kept(ticket, Ok(NOW)))), ["Received"]);
}
