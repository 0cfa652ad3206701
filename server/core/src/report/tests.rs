//! The life of a report, step by step.

use sos_protocol::http::Role;
use sos_protocol::report::{MeasureWords, ReportAnswer};
use sos_protocol::{DeskId, Disposition};
use uuid::Uuid;

use super::*;
use crate::access::Officer;

const HOUR_MS: i64 = 3600 * 1000;

fn officer(n: u128, role: Role, desk: Option<&str>) -> Officer {
    Officer { id: StaffId(Uuid::from_u128(n)), role, desk: desk.map(DeskId::from), names: true }
}

fn lan() -> Officer {
    officer(1, Role::Dispatcher, Some("tw"))
}

fn duc() -> Officer {
    officer(2, Role::Supervisor, Some("tw"))
}

fn tra() -> Officer {
    officer(3, Role::Reviewer, None)
}

fn closed() -> CaseEvent {
    CaseEvent::Closed { disposition: Disposition::Resolved, summary: "Xong".to_owned() }
}

/// Of a case that was closed at 0.
fn new() -> Report {
    Report::of(false, [(&closed(), Some(lan().id), UnixMs(0))])
}

fn id(n: u128) -> MeasureId {
    MeasureId(Uuid::from_u128(n))
}

fn plan(n: u128) -> MeasurePlan {
    MeasurePlan { measure_id: id(n), due: "2026-12-31".to_owned(), owner_id: None }
}

fn whole(answers: &[(u32, &str)]) -> Written {
    let answer =
        |(question, text): &(u32, &str)| ReportAnswer { question: *question, text: (*text).to_owned() };
    Written {
        cause: "Xe tải".to_owned(),
        done: "Đưa đi viện".to_owned(),
        lessons: "Gọi sớm hơn".to_owned(),
        measures: vec![MeasureWords {
            measure_id: id(1),
            text: "Nhắc chủ".to_owned(),
            owner: "Lan".to_owned(),
        }],
        answers: answers.iter().map(answer).collect(),
    }
}

fn save(answers: &[(u32, &str)]) -> ReportCommand {
    ReportCommand::Save { plan: vec![plan(1)], written: whole(answers) }
}

fn ask(questions: &[&str]) -> ReportCommand {
    ReportCommand::Return { questions: questions.iter().map(|text| (*text).to_owned()).collect() }
}

fn decided(
    report: &Report,
    command: ReportCommand,
    officer: &Officer,
    version: u32,
) -> Result<Vec<CaseEvent>, ReportRefusal> {
    let (desk, watchers) = (DeskId::from("tw"), [DeskId::from("jp")]);
    decide(report, CaseDesks::seen_by(&desk, &watchers), command, officer, version)
}

/// Does it, and says which entries it made.
fn act(report: &mut Report, command: ReportCommand, officer: &Officer) -> Vec<&'static str> {
    let events = decided(report, command, officer, report.version).expect("allowed");
    for event in &events {
        report.apply(event, Some(officer.id), UnixMs(HOUR_MS));
    }
    events.iter().map(CaseEvent::kind).collect()
}

fn submitted() -> Report {
    let mut report = new();
    act(&mut report, save(&[]), &lan());
    act(&mut report, ReportCommand::Submit, &duc());
    report
}

#[test]
fn from_the_closing_to_acceptance_after_one_return() {
    let mut report = new();
    assert_eq!((report.state, report.version), (ReportState::Draft, 0));
    assert_eq!(act(&mut report, save(&[]), &lan()), ["report_saved"]);
    assert_eq!(act(&mut report, ReportCommand::Submit, &duc()), ["report_submitted"]);
    assert_eq!(act(&mut report, ask(&["Vì sao?", "Ai?"]), &tra()), ["report_returned"]);
    assert_eq!(report.state, ReportState::Returned);
    let unanswered = decided(&report, ReportCommand::Submit, &duc(), report.version);
    assert_eq!(unanswered, Err(ReportRefusal::Incomplete("answers")));
    act(&mut report, save(&[(1, "Mưa"), (2, "Chủ")]), &lan());
    assert_eq!(report.state, ReportState::Returned, "saving is not submitting");
    act(&mut report, ReportCommand::Submit, &duc());
    assert_eq!(act(&mut report, ReportCommand::Accept, &tra()), ["report_accepted"]);
    assert_eq!((report.state, report.version), (ReportState::Accepted, 6));
    assert_eq!(report.answer(2), "Chủ");
}

#[test]
fn who_may_do_what() {
    let report = submitted();
    let hoa = officer(4, Role::Supervisor, Some("jp"));
    let nobody = officer(5, Role::Supervisor, Some("kr"));
    let bo = officer(6, Role::DutyOfficer, None);
    for (command, allowed, forbidden) in [
        (save(&[]), vec![lan(), duc(), bo.clone()], vec![hoa.clone(), tra()]),
        (ReportCommand::Submit, vec![duc(), bo.clone()], vec![lan(), hoa.clone(), tra()]),
        (ask(&["?"]), vec![tra()], vec![lan(), duc(), bo.clone(), hoa.clone()]),
        (ReportCommand::Accept, vec![tra()], vec![lan(), duc(), bo, hoa]),
    ] {
        for officer in allowed {
            let decided = decided(&report, command.clone(), &officer, 99);
            assert_ne!(decided, Err(ReportRefusal::Forbidden), "{command:?} {:?}", officer.role);
        }
        for officer in forbidden {
            let decided = decided(&report, command.clone(), &officer, report.version);
            assert_eq!(decided, Err(ReportRefusal::Forbidden), "{command:?} {:?}", officer.role);
        }
        let hidden = decided(&report, command, &nobody, report.version);
        assert_eq!(hidden, Err(ReportRefusal::Hidden));
    }
}

#[test]
fn what_is_not_whole_is_not_submitted() {
    let mut report = new();
    let at_once = decided(&report, ReportCommand::Submit, &duc(), 0);
    assert_eq!(at_once, Err(ReportRefusal::Incomplete("cause")));
    let written = Written { lessons: "  ".to_owned(), ..whole(&[]) };
    act(&mut report, ReportCommand::Save { plan: vec![plan(1)], written }, &lan());
    let refused = decided(&report, ReportCommand::Submit, &duc(), report.version);
    assert_eq!(refused, Err(ReportRefusal::Incomplete("lessons")));
}

#[test]
fn there_is_none_while_the_case_is_open_and_never_of_a_drill() {
    let open = Report::new(false);
    let drill = Report::of(true, [(&closed(), None, UnixMs(0))]);
    for report in [open, drill] {
        assert_eq!(decided(&report, save(&[]), &lan(), 0), Err(ReportRefusal::NoReport));
        assert_eq!(report.may(&lan(), CaseDesks::seen_by(&"tw".into(), &[])), ReportMay::default());
    }
}

#[test]
fn a_repeat_changes_nothing_and_another_version_is_stale() {
    let mut report = new();
    act(&mut report, save(&[]), &lan());
    assert_eq!(decided(&report, save(&[]), &lan(), 0), Ok(vec![]));
    assert_eq!(decided(&report, save(&[]), &duc(), 0), Err(ReportRefusal::Stale));
    let other = ReportCommand::Save { plan: vec![], written: Written::default() };
    assert_eq!(decided(&report, other, &lan(), 0), Err(ReportRefusal::Stale));
    act(&mut report, ReportCommand::Submit, &duc());
    assert_eq!(decided(&report, ReportCommand::Submit, &duc(), 1), Ok(vec![]));
    act(&mut report, ask(&["Vì sao?"]), &tra());
    assert_eq!(decided(&report, ask(&["Vì sao?"]), &tra(), 2), Ok(vec![]));
    assert_eq!(decided(&report, ask(&["Ai?"]), &tra(), 2), Err(ReportRefusal::Stale));
    act(&mut report, save(&[(1, "Mưa")]), &lan());
    act(&mut report, ReportCommand::Submit, &duc());
    act(&mut report, ReportCommand::Accept, &tra());
    assert_eq!(decided(&report, ReportCommand::Accept, &tra(), 5), Ok(vec![]));
    let again = decided(&report, save(&[]), &lan(), report.version);
    assert_eq!(again, Err(ReportRefusal::Illegal(ReportState::Accepted)));
}

#[test]
fn measures_are_followed_up_after_acceptance_and_what_is_done_stays() {
    let mut report = submitted();
    act(&mut report, ReportCommand::Accept, &tra());
    let mark =
        |n, done, due: Option<&str>| ReportCommand::Measure { id: id(n), done, due: due.map(str::to_owned) };
    assert_eq!(act(&mut report, mark(1, false, Some("2027-01-31")), &lan()), ["measure_redated"]);
    assert_eq!(report.measures[0].plan.due, "2027-01-31");
    assert_eq!(act(&mut report, mark(1, true, None), &duc()), ["measure_done"]);
    assert_eq!(act(&mut report, mark(1, true, None), &lan()), [""; 0], "it is so already");
    let late = decided(&report, mark(1, false, Some("2028-01-31")), &lan(), report.version);
    assert_eq!(late, Err(ReportRefusal::Illegal(ReportState::Accepted)));
    let unknown = decided(&report, mark(2, true, None), &lan(), report.version);
    assert_eq!(unknown, Err(ReportRefusal::NoSuchMeasure));
    assert_eq!(report.state, ReportState::Accepted);

    report.apply(&CaseEvent::Reopened { reason: None }, Some(lan().id), UnixMs(0));
    report.apply(&closed(), Some(lan().id), UnixMs(0));
    let without = ReportCommand::Save { plan: vec![], written: whole(&[]) };
    let dropped = decided(&report, without, &lan(), report.version);
    assert_eq!(dropped, Err(ReportRefusal::Unfit("measures")));
    act(&mut report, save(&[]), &lan());
    assert!(report.measures[0].done.is_some());
}

#[test]
fn a_case_that_is_opened_again_has_a_draft_again_whoever_opened_it() {
    let forced = CaseEvent::Duress { alert_id: sos_protocol::AlertId(Uuid::nil()) };
    for (event, by) in [(CaseEvent::Reopened { reason: None }, Some(lan().id)), (forced, None)] {
        let mut report = submitted();
        report.apply(&event, by, UnixMs(7));
        assert_eq!((report.state, report.version), (ReportState::Draft, 3), "{event:?}");
        assert_eq!(report.written, whole(&[]), "what was written is kept");
        assert_eq!(decided(&report, save(&[]), &lan(), 3), Err(ReportRefusal::NoReport));
        report.apply(&closed(), Some(lan().id), UnixMs(9));
        assert_eq!(report.due(true), Some(UnixMs(9).plus_ms(72 * HOUR_MS)));
        assert_eq!(
            decided(&report, ReportCommand::Submit, &duc(), 3),
            Ok(vec![CaseEvent::ReportSubmitted {}])
        );
    }
    let mut unsaved = new();
    unsaved.apply(&CaseEvent::Reopened { reason: None }, Some(lan().id), UnixMs(7));
    assert_eq!((unsaved.version, unsaved.closed), (0, None));
}

#[test]
fn a_desk_owes_what_must_be_and_every_answer() {
    assert_eq!(new().due(true), Some(UnixMs(72 * HOUR_MS)));
    assert_eq!(new().due(false), None);
    let mut report = submitted();
    assert_eq!(report.due(true), None);
    act(&mut report, ask(&["Vì sao?"]), &tra());
    assert_eq!(report.due(false), Some(UnixMs(73 * HOUR_MS)));
}

#[test]
fn what_fits_no_question_or_comes_twice_is_refused() {
    let report = new();
    let twice = ReportCommand::Save { plan: vec![plan(1), plan(1)], written: whole(&[]) };
    assert_eq!(decided(&report, twice, &lan(), 0), Err(ReportRefusal::Unfit("measures")));
    assert_eq!(decided(&report, save(&[(1, "Mưa")]), &lan(), 0), Err(ReportRefusal::Unfit("answers")));
    let none = decided(&submitted(), ask(&[]), &tra(), 2);
    assert_eq!(none, Err(ReportRefusal::Incomplete("questions")));
}

#[test]
fn a_day_is_one_of_the_calendar() {
    for (text, is_day) in [
        ("2026-12-31", true),
        ("2028-02-29", true),
        ("2026-02-29", false),
        ("1999-12-31", false),
        ("2026-12-31T00:00", false),
        ("+2026-12-3", false),
        ("", false),
    ] {
        assert_eq!(day(text).is_some(), is_day, "{text}");
    }
}

#[test]
fn a_draft_has_what_was_done_once_and_of_too_much_the_first_and_the_last() {
    use sos_protocol::case::TimelineEntry;
    use sos_protocol::limits::REPORT_LINES_MAX;
    use sos_protocol::report::DraftedPart;
    use sos_protocol::{Actor, NoteId, Seq};
    let by = || Actor::Staff { staff_id: lan().id, name: "Lan".to_owned() };
    let entry =
        |seq: i64, event| TimelineEntry { seq: Seq(seq), at_ms: UnixMs(seq * 1000), actor: by(), event };
    let rang = || CaseEvent::Rang { alert_ids: vec![] };
    let mut timeline = vec![entry(1, rang()), entry(2, CaseEvent::Claimed {}), entry(3, rang())];
    timeline.push(entry(4, CaseEvent::Delivered { message_ids: vec![] }));
    timeline.push(entry(5, closed()));
    timeline.push(entry(6, CaseEvent::ReportSubmitted {}));
    let (lines, left_out) = draft(&timeline);
    let told: Vec<_> = lines.iter().map(|line| (line.part, line.entry.seq.0)).collect();
    let course = DraftedPart::Course;
    assert_eq!(told, [(course, 1), (course, 2), (course, 5), (DraftedPart::Disposition, 5)]);
    assert_eq!(left_out, 0);
    let note = || CaseEvent::Note { note_id: NoteId(Uuid::nil()), text: "ghi".to_owned() };
    timeline.extend((7..1007).map(|seq| entry(seq, note())));
    let (lines, left_out) = draft(&timeline);
    assert_eq!((lines.len(), left_out), (REPORT_LINES_MAX, 1004 - REPORT_LINES_MAX));
    assert_eq!((lines[0].entry.seq.0, lines[REPORT_LINES_MAX - 1].entry.seq.0), (1, 1006));
}
