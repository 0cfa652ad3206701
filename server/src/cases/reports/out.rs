//! A report for other systems: without names.

use sos_core::access::Officer;
use sos_core::lifecycle::Refusal;
use sos_protocol::CaseId;
use sos_protocol::api_v1::{AskedQuestion, CourseLine, MeasureState, ReportOut, StepDone};
use sos_protocol::case::WorkerProfile;
use sos_protocol::report::{ReportLanguage, ReportView};

use crate::cases::{CaseError, Cases};

/// In place of what is left out.
const LEFT_OUT: &str = "[…]";
/// Shorter names are in too many words.
const NAME_CHARS_MIN: usize = 3;

impl Cases {
    /// The report of a case for somebody who sees it, without names; of a case that is held by another desk, not even that it
    /// is there.
    ///
    /// # Errors
    /// As [`Self::visible`].
    pub async fn report_out(
        &self,
        officer: &Officer,
        id: CaseId,
        language: ReportLanguage,
    ) -> Result<ReportOut, CaseError> {
        let case = self.visible(officer, id).await?.record;
        if officer.desk.as_ref().is_some_and(|desk| *desk != case.desk_id) {
            return Err(CaseError::Refused(Refusal::Hidden, None));
        }
        let worker = match case.worker_id {
            Some(worker) => self.store.worker(worker).await?,
            None => None,
        };
        Ok(without_names(self.report(officer, id, language).await?, worker.as_ref()))
    }
}

fn without_names(view: ReportView, worker: Option<&WorkerProfile>) -> ReportOut {
    let hidden: Vec<&str> = worker.map_or_else(Vec::new, |worker| {
        let all = [Some(worker.name.as_str()), worker.phone.as_deref()];
        all.into_iter().flatten().filter(|word| word.chars().count() >= NAME_CHARS_MIN).collect()
    });
    let clean = |text: &str| hidden.iter().fold(text.to_owned(), |text, word| leave_out(&text, word));
    ReportOut {
        case_id: view.case_id,
        case_no: view.case_no,
        desk_id: view.desk_id,
        state: view.state,
        version: view.version,
        required: view.required,
        due_ms: view.due_ms,
        overdue: view.overdue,
        times: view.drafted.times,
        times_said: view.drafted.times_said,
        language: view.drafted.language,
        course: view
            .drafted
            .lines
            .into_iter()
            .map(|line| CourseLine { part: line.part, kind: line.kind, seq: line.seq, at_ms: line.at_ms })
            .collect(),
        left_out: view.drafted.left_out,
        cause: clean(&view.cause),
        done: clean(&view.done),
        lessons: clean(&view.lessons),
        measures: view
            .measures
            .into_iter()
            .map(|measure| MeasureState {
                measure_id: measure.plan.measure_id,
                text: clean(&measure.text),
                due: measure.plan.due,
                done_at_ms: measure.done_at_ms,
                overdue: measure.overdue,
            })
            .collect(),
        questions: view
            .questions
            .into_iter()
            .map(|asked| AskedQuestion {
                question: asked.question,
                at_ms: asked.at_ms,
                text: clean(&asked.text),
                answer: clean(&asked.answer),
            })
            .collect(),
        steps: view
            .steps
            .into_iter()
            .map(|step| StepDone { did: step.did, at_ms: step.at_ms, version: step.version })
            .collect(),
    }
}

/// `text` without `word`, in whatever case it is written.
fn leave_out(text: &str, word: &str) -> String {
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let letters: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while at < letters.len() {
        let end = (at + word.len()).min(letters.len());
        let is_it = letters[at..end].iter().flat_map(|letter| letter.to_lowercase()).eq(word.iter().copied());
        if is_it {
            out.push_str(LEFT_OUT);
            at = end;
        } else {
            out.push(letters[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_left_out_in_any_case_and_nothing_else_is() {
        assert_eq!(leave_out("Chị LÝ THỊ KÝ và bạn, Lý Thị Ký.", "Lý Thị Ký"), "Chị […] và bạn, […].");
        assert_eq!(leave_out("Lý Thị", "Lý Thị Ký"), "Lý Thị");
        assert_eq!(leave_out("", "Ký"), "");
    }
}
