//! Any history of a report: commands of any officers with any versions, while its case is closed and opened again.

use proptest::prelude::*;
use sos_protocol::http::Role;
use sos_protocol::report::ReportAnswer;
use sos_protocol::{AlertId, DeskId, Disposition};
use uuid::Uuid;

use super::*;
use crate::ledger;

/// Something happens.
#[derive(Debug, Clone)]
enum Happens {
    /// An officer acts, and saw the present version, or one that is not.
    Acts { who: usize, command: ReportCommand, is_present: bool },
    /// The case is closed.
    Closes,
    /// An officer opens it again.
    Reopens,
    /// The worker does.
    Duress,
}

fn staff() -> Vec<Officer> {
    let officer = |n, role, desk: Option<&str>| Officer {
        id: StaffId(Uuid::from_u128(n)),
        role,
        desk: desk.map(DeskId::from),
        names: true,
    };
    vec![
        officer(1, Role::Dispatcher, Some("tw")),
        officer(2, Role::Supervisor, Some("tw")),
        officer(3, Role::Supervisor, Some("jp")),
        officer(4, Role::DutyOfficer, None),
        officer(5, Role::Reviewer, None),
        officer(6, Role::Administrator, None),
    ]
}

fn id(n: u8) -> MeasureId {
    MeasureId(Uuid::from_u128(u128::from(n)))
}

fn written() -> impl Strategy<Value = (Vec<MeasurePlan>, Written)> {
    let text = prop_oneof![3 => Just("Có".to_owned()), 1 => Just(String::new())];
    let plan = |n| MeasurePlan { measure_id: id(n), due: "2026-12-31".to_owned(), owner_id: None };
    let plans =
        proptest::collection::vec(0..3_u8, 0..3).prop_map(move |ids| ids.into_iter().map(plan).collect());
    (plans, text, 0..4_u32).prop_map(|(plans, text, answers)| {
        let answer = |question| ReportAnswer { question, text: "Vì mưa".to_owned() };
        let answers = (1..=answers).map(answer).collect();
        let (cause, done, lessons) = (text.clone(), text.clone(), text);
        (plans, Written { cause, done, lessons, measures: vec![], answers })
    })
}

fn command() -> impl Strategy<Value = ReportCommand> {
    let questions = proptest::collection::vec(Just("Vì sao?".to_owned()), 0..3);
    prop_oneof![
        3 => written().prop_map(|(plan, written)| ReportCommand::Save { plan, written }),
        3 => Just(ReportCommand::Submit),
        1 => questions.prop_map(|questions| ReportCommand::Return { questions }),
        1 => Just(ReportCommand::Accept),
        1 => (0..3_u8, any::<bool>()).prop_map(|(n, done)| {
            ReportCommand::Measure { id: id(n), done, due: Some("2027-01-31".to_owned()) }
        }),
    ]
}

fn happens() -> impl Strategy<Value = Happens> {
    let acts = (0..staff().len(), command(), prop::bool::weighted(0.9));
    prop_oneof![
        12 => acts.prop_map(|(who, command, is_present)| Happens::Acts { who, command, is_present }),
        2 => Just(Happens::Closes),
        1 => Just(Happens::Reopens),
        1 => Just(Happens::Duress),
    ]
}

type Entry = (CaseEvent, Option<StaffId>, UnixMs);

/// What comes of it: the report, and its ledger.
fn lived(
    history: &[Happens],
    mut step: impl FnMut(&Report, &CaseEvent, Option<&Officer>),
) -> (Report, Vec<Entry>) {
    let (staff, desk) = (staff(), DeskId::from("tw"));
    let (mut report, mut entries) = (Report::new(false), vec![]);
    for (happens, at) in history.iter().zip(0..) {
        let (events, by) = match happens {
            Happens::Acts { who, command, is_present } => {
                let officer = &staff[*who];
                let version = if *is_present { report.version } else { report.version + 1 };
                let desks = CaseDesks::seen_by(&desk, &[]);
                let decided = decide(&report, desks, command.clone(), officer, version);
                if !*is_present {
                    assert!(decided.as_ref().is_ok_and(Vec::is_empty) || decided.is_err(), "{decided:?}");
                }
                (decided.unwrap_or_default(), Some(officer))
            }
            Happens::Closes if report.closed.is_none() => {
                let closed =
                    CaseEvent::Closed { disposition: Disposition::Resolved, summary: "Xong".to_owned() };
                (vec![closed], Some(&staff[0]))
            }
            Happens::Reopens if report.closed.is_some() => {
                (vec![CaseEvent::Reopened { reason: None }], Some(&staff[0]))
            }
            Happens::Duress => (vec![CaseEvent::Duress { alert_id: AlertId(Uuid::nil()) }], None),
            Happens::Closes | Happens::Reopens => continue,
        };
        for event in events {
            step(&report, &event, by);
            report.apply(&event, by.map(|officer| officer.id), UnixMs(at));
            entries.push((event, by.map(|officer| officer.id), UnixMs(at)));
        }
    }
    (report, entries)
}

proptest! {
    #[test]
    fn nothing_is_accepted_or_returned_that_was_not_submitted_nor_by_anybody_but_a_reviewer(
        history in proptest::collection::vec(happens(), 0..60)
    ) {
        lived(&history, |before, event, by| {
            let role = by.map(|officer| officer.role);
            match event {
                CaseEvent::ReportAccepted {} | CaseEvent::ReportReturned { .. } => {
                    assert_eq!((before.state, role), (ReportState::Submitted, Some(Role::Reviewer)));
                }
                CaseEvent::ReportSubmitted {} => {
                    assert!(matches!(before.state, ReportState::Draft | ReportState::Returned));
                    assert!(matches!(role, Some(Role::Supervisor | Role::DutyOfficer)), "{role:?}");
                    assert!(!before.written.cause.is_empty(), "not whole");
                    assert!((1..).zip(&before.questions).all(|(n, _)| !before.answer(n).is_empty()));
                }
                CaseEvent::ReportSaved { .. } => {
                    assert!(matches!(before.state, ReportState::Draft | ReportState::Returned));
                    assert_ne!(role, Some(Role::Reviewer));
                }
                _ => return,
            }
            assert!(before.closed.is_some(), "while the case is closed");
        });
    }

    #[test]
    fn what_is_done_is_never_lost_and_the_version_counts_every_step(
        history in proptest::collection::vec(happens(), 0..60)
    ) {
        let (report, entries) = lived(&history, |_, _, _| {});
        let (mut again, mut done, mut steps) = (Report::new(false), vec![], 0);
        for (event, by, at) in &entries {
            let before = again.version;
            again.apply(event, *by, *at);
            steps += u32::from(again.version != before);
            prop_assert!(again.version - before <= 1);
            if let CaseEvent::MeasureDone { measure_id } = event {
                done.push(*measure_id);
            }
            for id in &done {
                prop_assert!(again.measure(*id).is_some_and(|measure| measure.done.is_some()));
            }
        }
        prop_assert_eq!(steps, report.version);
        prop_assert_eq!(again, report);
    }

    #[test]
    fn without_the_key_of_its_words_a_report_stands_where_it_stood(
        history in proptest::collection::vec(happens(), 0..60)
    ) {
        let (report, entries) = lived(&history, |_, _, _| {});
        let erased: Vec<Entry> = entries
            .iter()
            .map(|(event, by, at)| {
                let (facts, personal) = ledger::split(event);
                let whole = ledger::join(&facts, personal.as_deref(), ledger::ref_id(event));
                assert_eq!(whole.as_ref(), Some(event), "read again as written");
                (ledger::join(&facts, None, ledger::ref_id(event)).expect("it still reads"), *by, *at)
            })
            .collect();
        let after = Report::of(false, erased.iter().map(|(event, by, at)| (event, *by, *at)));
        prop_assert_eq!(after.written, Written::default());
        prop_assert!(after.questions.iter().all(|asked| asked.text.is_empty()));
        prop_assert_eq!(after.questions.len(), report.questions.len());
        prop_assert_eq!((after.state, after.version), (report.state, report.version));
        prop_assert_eq!((after.measures, after.last_step), (report.measures, report.last_step));
    }
}
