//! Batches, and what they change.

use std::collections::HashMap;

use sos_protocol::phone::DroppedField;
use sos_protocol::{
    Alert, AlertId, CaseEvent, CaseState, DeviceId, Disposition, MessageId, Priority, RoutingBasis,
    RoutingView, Seq, UnixMs, Unverified, WorkerId,
};
use uuid::Uuid;

use super::*;
use crate::routing::Routing;

const NOW: UnixMs = UnixMs(1_790_000_000_000);

fn alert_id(n: u128) -> AlertId {
    AlertId(Uuid::from_u128(n))
}

fn origin() -> Origin {
    Origin { device_id: Some(DeviceId(Uuid::from_u128(7))), ..Origin::default() }
}

fn inbound(item: Item) -> Inbound {
    Inbound { received_at: NOW, origin: origin(), item }
}

fn press(n: u128) -> Inbound {
    let alert = Alert {
        alert_id: alert_id(n),
        device_time_ms: None,
        waited_ms: None,
        position: None,
        trigger: None,
        kind: None,
        text: None,
        battery_pct: None,
        drill: false,
    };
    inbound(Item::Alert { alert, dropped: Vec::<DroppedField>::new() })
}

fn devices(revoked: bool) -> HashMap<DeviceId, DeviceState> {
    let device_id = DeviceId(Uuid::from_u128(7));
    HashMap::from([(
        device_id,
        DeviceState { device_id, worker_id: WorkerId(Uuid::from_u128(8)), revoked, duress: false },
    )])
}

fn known() -> Known {
    Known { devices: devices(false), numbers: vec![1, 2, 3], ..Known::default() }
}

fn to_taipei() -> Option<(Routing, i32)> {
    let view = RoutingView {
        basis: RoutingBasis::Nothing,
        country: None,
        others: vec![],
        offshore_km: None,
        special_area: None,
        no_desk_for_country: false,
    };
    Some((Routing { desk: "tw".into(), watchers: vec![], view }, 20))
}

fn after(changes: &Changes) -> Known {
    Known { alerts: changes.alerts.clone(), cases: changes.cases.clone(), ..known() }
}

fn kinds(changes: &Changes) -> Vec<&'static str> {
    changes.drafts.iter().map(|draft| draft.event.kind()).collect()
}

#[test]
fn two_presses_of_a_worker_make_one_case_and_a_repeat_changes_nothing() {
    let batch = [press(1), press(2), press(1)];
    let mut changes = decide(&batch, known(), |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&changes), ["opened", "pressed_again"]);
    assert_eq!((changes.cases.len(), changes.cases[0].presses, changes.alerts.len()), (1, 2, 2));
    let again = decide(&batch, after(&changes), |_, _| to_taipei(), NOW).unwrap().changes;
    assert!(again.drafts.is_empty() && again.cases.is_empty() && again.alerts.is_empty());

    let rows = changes.place::<()>(Seq(41), NOW, |_, seq, _| Ok(vec![u8::try_from(seq.0).unwrap()])).unwrap();
    assert_eq!(rows.iter().map(|row| (row.seq.0, row.sealed[0])).collect::<Vec<_>>(), [(41, 41), (42, 42)]);
    assert_eq!(changes.cases[0].last_seq, Seq(42));
}

#[test]
fn a_press_after_the_case_was_closed_opens_another() {
    let mut changes = decide(&[press(1)], known(), |_, _| to_taipei(), NOW).unwrap().changes;
    changes.cases[0].state = CaseState::Closed;
    let batch = [press(2)];
    let next = decide(&batch, after(&changes), |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&next), ["opened"]);
    assert_ne!(next.cases[0].case_id, changes.cases[0].case_id);
}

/// (how many came early, how many are strays)
fn places(decided: &Decided) -> (usize, usize) {
    (decided.unplaced.early.len(), decided.unplaced.strays.len())
}

#[test]
fn words_without_a_case_come_again_then_are_strays_and_are_said_once_with_one() {
    let message_id = MessageId(Uuid::from_u128(30));
    let words = inbound(Item::Message { message_id, alert_id: alert_id(1), text: "a".into() });
    let alone = [words.clone()];
    let decided = decide(&alone, known(), |_, _| to_taipei(), NOW).unwrap();
    assert_eq!(places(&decided), (1, 0), "its alert may be on its way");
    let late = NOW.plus_ms(EARLY_MS_MAX);
    let decided = decide(&alone, known(), |_, _| to_taipei(), late).unwrap();
    assert_eq!((places(&decided), decided.changes.drafts.len()), ((0, 1), 0));
    let batch = [press(1), words.clone(), words];
    let decided = decide(&batch, known(), |_, _| to_taipei(), NOW).unwrap();
    assert_eq!(places(&decided), (0, 0));
    assert_eq!(kinds(&decided.changes), ["opened", "message"]);
}

#[test]
fn a_revoked_phone_opens_a_case_of_its_own() {
    let known = Known { devices: devices(true), ..known() };
    let batch = [press(1)];
    let changes = decide(&batch, known, |_, _| to_taipei(), NOW).unwrap().changes;
    let case = &changes.cases[0];
    assert_eq!(
        (case.unverified, case.subject.split(':').next()),
        (Some(Unverified::DeviceRevoked), Some("claimed"))
    );
}

fn cancel(n: u128) -> Inbound {
    inbound(Item::Cancel { alert_id: alert_id(n) })
}

fn drill(n: u128) -> Inbound {
    let mut drill = press(n);
    if let Item::Alert { alert, .. } = &mut drill.item {
        alert.drill = true;
    }
    drill
}

#[test]
fn a_drill_is_a_matter_of_its_own_and_ends_by_itself() {
    let batch = [press(1), drill(2), press(3), drill(4)];
    let changes = decide(&batch, known(), |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&changes), ["opened", "opened", "pressed_again", "pressed_again"]);
    let of = |drill: bool| changes.cases.iter().find(|case| case.drill == drill).unwrap().clone();
    assert_eq!((of(false).priority, of(true).priority), (Priority::P1, Priority::P3));
    assert_eq!(of(true).subject, format!("drill:{}", of(false).subject));
    let ended = decide(&[cancel(2)], after(&changes), |_, _| to_taipei(), NOW).unwrap().changes;
    let [case] = &ended.cases[..] else { panic!("{ended:?}") };
    assert!(case.drill);
    assert_eq!((case.state, case.disposition), (CaseState::Closed, Some(Disposition::Test)));
    assert_eq!((case.closed_by, case.summary.as_deref()), (None, Some("")));
}

#[test]
fn what_is_not_on_record_takes_back_nothing_else() {
    let open = decide(&[press(1)], known(), |_, _| to_taipei(), NOW).unwrap().changes;
    let decided = decide(&[cancel(2)], after(&open), |_, _| to_taipei(), NOW).unwrap();
    assert!(decided.changes.drafts.is_empty(), "its alert may be a drill that is on its way");
    assert_eq!(places(&decided), (1, 0));
    let forced = inbound(Item::Duress { alert_id: alert_id(2) });
    let changes = decide(&[forced], after(&open), |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&changes), ["duress"], "that the worker is forced is never put off");
}

#[test]
fn a_phone_under_duress_says_so_with_each_press_and_once() {
    let forced = || {
        let mut known = known();
        known.devices.values_mut().for_each(|device| device.duress = true);
        known
    };
    let changes = decide(&[press(1)], forced(), |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&changes), ["opened", "duress"]);
    let case = &changes.cases[0];
    assert_eq!((case.priority, case.unverified), (Priority::P1, None));
    assert_eq!(case.duress_ms, Some(NOW.max(case.pressed_ms)));
    let known = Known { alerts: changes.alerts.clone(), cases: changes.cases.clone(), ..forced() };
    let batch = [press(1), press(2)];
    let again = decide(&batch, known, |_, _| to_taipei(), NOW.plus_ms(5)).unwrap().changes;
    assert_eq!(kinds(&again), ["pressed_again", "duress"]);
    assert!(again.cases[0].duress_ms.unwrap() >= again.cases[0].pressed_ms, "no press is after it");
    let drill = decide(&[drill(3), cancel(3)], forced(), |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&drill), ["opened", "duress", "cancelled"]);
    assert_eq!((drill.cases[0].state, drill.cases[0].priority), (CaseState::Open, Priority::P1));
}

#[test]
fn without_desks_nothing_is_decided() {
    assert!(matches!(decide(&[press(1)], known(), |_, _| None, NOW), Err(NoDesks)));
    let open = decide(&[press(1)], known(), |_, _| to_taipei(), NOW).unwrap().changes;
    let batch = [press(2)];
    let again = decide(&batch, after(&open), |_, _| None, NOW).unwrap().changes;
    assert!(matches!(again.drafts[0].event, CaseEvent::PressedAgain { .. }), "the case has its desk");
}

#[test]
fn a_drill_is_a_matter_of_its_own_beside_the_workers_sos() {
    let drill = |n| {
        let mut inbound = press(n);
        if let Item::Alert { alert, .. } = &mut inbound.item {
            alert.drill = true;
        }
        inbound
    };
    let over = inbound(Item::Cancel { alert_id: alert_id(1) });
    let batch = [drill(1), press(2), drill(3), over];
    let changes = decide(&batch, known(), |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&changes), ["opened", "opened", "pressed_again", "cancelled"]);
    let state = |drill| changes.cases.iter().find(|case| case.drill == drill).unwrap().state;
    assert_eq!((state(true), state(false)), (CaseState::Closed, CaseState::Open));
}

#[test]
fn every_press_of_a_phone_that_was_signed_in_under_duress_says_so() {
    let mut devices = devices(false);
    devices.values_mut().for_each(|device| device.duress = true);
    let known = Known { devices, ..known() };
    let batch = [press(1), press(2), press(1)];
    let changes = decide(&batch, known, |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&changes), ["opened", "duress", "pressed_again", "duress"]);
    assert_eq!(changes.cases[0].duress_ms, Some(NOW));
}

#[test]
fn a_photo_comes_into_its_case_once_and_counts_as_unread() {
    let attachment = sos_protocol::case::Attachment {
        attachment_id: sos_protocol::AttachmentId(Uuid::from_u128(50)),
        media: sos_protocol::case::Media::Photo,
        content_type: "image/jpeg".into(),
        bytes: 3,
        sha256: "00".into(),
    };
    let photo = inbound(Item::Attachment { alert_id: alert_id(1), attachment, taken: None });
    let batch = [press(1), photo.clone(), photo];
    let changes = decide(&batch, known(), |_, _| to_taipei(), NOW).unwrap().changes;
    assert_eq!(kinds(&changes), ["opened", "attachment"]);
    assert_eq!(changes.cases[0].unread, 1);
}
