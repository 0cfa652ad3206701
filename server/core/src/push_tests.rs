use sos_protocol::case::TimelineEntry;
use sos_protocol::{Actor, Disposition, StaffId, UnixMs};
use uuid::Uuid;

use super::*;
use crate::entry::AlertRef;

const NOW: UnixMs = UnixMs(1_790_000_000_000);

fn device(n: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(n))
}

fn alert(n: u128) -> AlertId {
    AlertId(Uuid::from_u128(n))
}

/// An entry of officer Lan in a case with the alerts 3 and 2 of phone 1, and 1 of phone 2, newest first.
fn entry(event: CaseEvent) -> LedgerEntry {
    let case = serde_json::json!({
        "case_id": Uuid::from_u128(9), "case_no": "2026-000001", "version": 1, "last_seq": 7, "state": "open",
        "priority": "p1", "ringing": true, "desk_id": "tw-taipei", "watchers": [],
        "routing": { "basis": "nothing" }, "opened_at_ms": NOW, "pressed_at_ms": NOW, "presses": 3,
        "claim_due_ms": NOW, "unread": 0,
    });
    let refs = [(3, 1), (2, 1), (1, 2)];
    LedgerEntry {
        entry: TimelineEntry {
            seq: Seq(7),
            at_ms: NOW,
            actor: Actor::Staff { staff_id: StaffId(Uuid::from_u128(5)), name: "Lan".to_owned() },
            event,
        },
        case: serde_json::from_value(case).unwrap(),
        desk_name: "Đài Bắc".to_owned(),
        alerts: refs
            .map(|(n, phone)| AlertRef {
                alert_id: alert(n),
                device_id: Some(device(phone)),
                received_at: NOW,
            })
            .into(),
    }
}

fn message(text: &str) -> CaseEvent {
    CaseEvent::Message { message_id: MessageId(Uuid::from_u128(4)), text: text.to_owned() }
}

fn body(event: CaseEvent, language: &str) -> Option<String> {
    notice(&entry(event), device(1), language).map(|notice| notice.body)
}

#[test]
fn every_phone_of_the_case_hears_a_message_once_and_under_its_newest_alert() {
    let entry = entry(message("Em ở yên đó nhé"));
    assert_eq!(devices(&entry), [device(1), device(2)]);
    let notice = notice(&entry, device(1), "vi").unwrap();
    assert_eq!((notice.alert_id, notice.seq, notice.kind), (alert(3), Seq(7), "message"));
    assert_eq!(notice.body, "Cán bộ Lan: Em ở yên đó nhé");
    assert!(notice.is_urgent());
}

#[test]
fn only_the_phone_whose_alert_was_seen_is_told_so() {
    let entry = entry(CaseEvent::Seen { alert_ids: vec![alert(2)] });
    assert_eq!(devices(&entry), [device(1)]);
    assert_eq!(notice(&entry, device(1), "vi").unwrap().alert_id, alert(2));
    assert_eq!(notice(&entry, device(2), "vi"), None);
}

#[test]
fn the_words_are_the_workers_language() {
    assert_eq!(body(CaseEvent::Claimed {}, "vi-VN").unwrap(), "Cán bộ Lan đang xử lý. Giữ máy mở.");
    assert_eq!(
        body(CaseEvent::Claimed {}, "en").unwrap(),
        "Officer Lan is handling your case. Keep your phone on."
    );
    let closed = CaseEvent::Closed { disposition: Disposition::Resolved, summary: "x".to_owned() };
    assert_eq!(body(closed.clone(), "vi").unwrap(), "Ca đã đóng. Vẫn cần giúp? Nhấn giữ SOS.");
    assert!(!notice(&entry(closed), device(1), "vi").unwrap().is_urgent());
}

#[test]
fn the_worker_hears_neither_their_own_words_nor_notes_nor_what_was_erased() {
    let mut own = entry(message("Cứu em"));
    own.entry.actor = Actor::Worker {};
    assert_eq!(devices(&own), []);
    assert_eq!(devices(&entry(message(""))), []);
    let note = CaseEvent::Note { note_id: sos_protocol::NoteId(Uuid::from_u128(6)), text: "x".to_owned() };
    assert_eq!(devices(&entry(note)), []);
    assert_eq!(devices(&entry(CaseEvent::Rang { alert_ids: vec![alert(3)] })), []);
}

fn rang() -> CaseEvent {
    CaseEvent::Rang { alert_ids: vec![alert(3)] }
}

fn seen() -> CaseEvent {
    CaseEvent::Seen { alert_ids: vec![alert(3)] }
}

fn closed() -> CaseEvent {
    CaseEvent::Closed { disposition: Disposition::Resolved, summary: "x".to_owned() }
}

/// Which of the kinds of entries the phones of a case like this are told of.
fn told(change: impl Fn(&mut LedgerEntry)) -> Vec<&'static str> {
    let events = [message("a"), rang(), seen(), CaseEvent::Claimed {}, closed()];
    let kinds = events.map(|event| {
        let mut entry = entry(event);
        change(&mut entry);
        assert_eq!(devices(&entry).is_empty(), notice(&entry, device(1), "vi").is_none());
        notice(&entry, device(1), "vi").map(|notice| notice.kind)
    });
    kinds.into_iter().flatten().collect()
}

#[test]
fn a_worker_who_took_the_press_back_is_not_given_away() {
    let later = NOW.plus_ms(1);
    let all = ["message", "seen", "claimed", "closed"];
    assert_eq!(told(|_| {}), all);
    assert_eq!(told(|entry| entry.case.cancelled_at_ms = Some(later)), ["message"]);
    assert_eq!(told(|entry| entry.case.duress_at_ms = Some(later)), Vec::<&str>::new());
    assert_eq!(told(|entry| entry.case.duress_at_ms = Some(NOW)), Vec::<&str>::new());
    let pressed_again = |entry: &mut LedgerEntry| {
        entry.case.duress_at_ms = Some(NOW);
        entry.case.pressed_at_ms = later;
    };
    assert_eq!(told(pressed_again), all);
}

#[test]
fn a_drill_tries_out_that_the_phone_is_told() {
    assert_eq!(told(|entry| entry.case.drill = true), ["message", "drill"]);
    let mut entry = entry(rang());
    entry.case.drill = true;
    assert_eq!(devices(&entry), [device(1)]);
    assert_eq!(notice(&entry, device(1), "vi").unwrap().body, "Diễn tập: máy này nhận được tin báo.");
    assert_eq!(notice(&entry, device(1), "en").unwrap().body, "Drill: this phone receives notices.");
}

#[test]
fn long_words_are_cut_between_characters() {
    let body = body(message(&"ế".repeat(2_000)), "vi").unwrap();
    assert_eq!(body.chars().count(), "Cán bộ Lan: ".chars().count() + TEXT_CHARS_MAX + 1);
    assert!(body.ends_with("ế…"));
}

#[test]
fn a_phone_is_asked_where_it_is_once_and_not_where_it_would_give_its_worker_away() {
    let asked = entry(CaseEvent::FixAsked {});
    let own = asked.alerts.iter().map(|alert| (alert.alert_id, asked.for_phone(*alert).len()));
    assert_eq!(
        own.collect::<Vec<_>>(),
        [(alert(3), 1), (alert(2), 0), (alert(1), 1)],
        "the newest of each phone"
    );
    let told = notice(&asked, device(1), "vi").unwrap();
    assert_eq!((told.kind, told.alert_id, told.is_urgent()), ("locate", alert(3), true));
    let mut forced = asked;
    forced.case.duress_at_ms = Some(NOW);
    assert_eq!(devices(&forced), []);
    assert_eq!(forced.for_phone(forced.alerts[0]).len(), 1, "the app hears it all the same");
}
