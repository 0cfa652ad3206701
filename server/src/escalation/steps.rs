//! The steps that are due: any node takes them, each is taken once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use sos_core::cover::{self, CaseFacts, Channel, Cover, Fired, Policy, Reach, RotaId, Target, Tell};
use sos_core::recording::{By, CaseRecord, Changes, Draft};
use sos_protocol::cover::{Recipient, StepTaken};
use sos_protocol::{CaseEvent, DeskId, UnixMs};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Escalating, Loops, Share, backoff, policy_of, recipients};
use crate::store::escalations::{self as rows, Kept};
use crate::store::notifications::{self, Cause};
use crate::store::{StoreError, Tx, USE_WITHIN};

/// Steps taken in one transaction: it holds up what commits behind it.
const STEPS_MAX: usize = 200;
/// Longest sleep: a step that another node put there is found by then, and time that somebody moved is noticed.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// After one transaction, what is due next is gathered for this long: each holds up what commits behind it.
const GATHER_FOR: Duration = Duration::from_millis(100);
/// Shortest one: what is due and not followed up to its case's last entry, or in somebody's hands, is ready in a moment.
const AGAIN_AFTER: Duration = Duration::from_millis(25);

pub(super) async fn run(loops: Arc<Loops>, stop: CancellationToken) {
    let (mut pause, mut share) = (backoff(), Share::new(STEPS_MAX));
    while !stop.is_cancelled() {
        match take_and_sleep(&loops, share.now, &stop).await {
            Ok(()) => {
                pause.reset();
                share.reset();
            }
            Err(error) => {
                tracing::warn!(%error, "steps that are due cannot be taken");
                share.lessen();
                pause.pause(&stop).await;
            }
        }
    }
}

async fn take_and_sleep(loops: &Loops, limit: usize, stop: &CancellationToken) -> Result<(), StoreError> {
    let taken = loops.with.take_due(limit).await?;
    if taken == limit {
        return Ok(());
    }
    if taken > 0 {
        stop.run_until_cancelled(tokio::time::sleep(GATHER_FOR)).await;
    }
    let next = loops.with.store.next_escalation_due().await?;
    let ms = next.map_or(i64::MAX, |next| next.since_ms(loops.with.clock.now()));
    let sleep = Duration::from_millis(u64::try_from(ms).unwrap_or(0)).clamp(AGAIN_AFTER, LOOK_EVERY);
    tokio::select! {
        () = loops.kept.notified() => {}
        () = tokio::time::sleep(sleep) => {}
        () = stop.cancelled() => {}
    }
    Ok(())
}

/// A step that is taken now.
struct Taken {
    kept: Kept,
    case: CaseRecord,
    fired: Fired,
}

impl Escalating {
    /// Takes at most `limit` steps that are due: how many.
    async fn take_due(&self, limit: usize) -> Result<usize, StoreError> {
        let ministry = self.ministry()?;
        let taken = self.store.within(USE_WITHIN, self.take_due_in_one(&ministry, limit)).await?;
        if !taken.is_empty() {
            self.committed.notify_one();
            taken.iter().for_each(note);
        }
        Ok(taken.len())
    }

    /// All of it in one transaction; the ledger's head is locked last.
    async fn take_due_in_one(&self, ministry: &DeskId, limit: usize) -> Result<Vec<Taken>, StoreError> {
        let now = self.clock.now();
        let (mut tx, due) = self.store.lock_due_escalations(now, limit).await?;
        if due.is_empty() {
            // Some may have been put off.
            tx.commit().await?;
            return Ok(vec![]);
        }
        let cover = rows::read(&mut tx, ministry, &rotas(&due), now).await?;
        let (mut taken, mut kept) = (vec![], vec![]);
        for (mut row, case) in begun_anew(&mut tx, due, ministry, &cover, now).await? {
            let fired = row.escalation.as_ref().and_then(|running| cover::due(running, &cover, now));
            if let Some(fired) = fired {
                row.set(Some(fired.next.clone()));
                taken.push(Taken { kept: row.clone(), case, fired });
            }
            kept.push(row);
        }
        rows::keep(&mut tx, &kept).await?;
        let names = rows::names(&mut tx, &told(&taken)).await?;
        let told: Vec<_> = taken.iter().flat_map(|taken| recipients_of(&taken.fired)).collect();
        notifications::add(&mut tx, &told, now).await?;
        let changes = changes(&taken, &names, now);
        if changes.drafts.is_empty() {
            tx.commit().await?;
        } else {
            self.store.commit(tx, changes, now).await?;
        }
        Ok(taken)
    }
}

/// Those whose row cannot be read begin anew: their case is still unanswered.
async fn begun_anew(
    tx: &mut Tx,
    mut due: Vec<(Kept, CaseRecord)>,
    ministry: &DeskId,
    cover: &Cover,
    now: UnixMs,
) -> Result<Vec<(Kept, CaseRecord)>, StoreError> {
    let unreadable = due.iter().filter(|(kept, _)| kept.escalation.is_none());
    let desks: BTreeSet<DeskId> = unreadable.map(|(_, case)| case.desk_id.clone()).collect();
    if desks.is_empty() {
        return Ok(due);
    }
    let given: HashMap<DeskId, Policy> = rows::policies(tx, &desks).await?;
    for (kept, case) in due.iter_mut().filter(|(kept, _)| kept.escalation.is_none()) {
        let policy = policy_of(&case.desk_id, &given, ministry);
        kept.set(cover::start(&policy, &CaseFacts::of(&case.case(), kept.runs), cover, now));
    }
    Ok(due)
}

/// The rotas that the plans of these name.
fn rotas(due: &[(Kept, CaseRecord)]) -> Vec<RotaId> {
    let plans = due.iter().filter_map(|(kept, _)| Some(kept.escalation.as_ref()?.plan()));
    let targets = plans.flat_map(|plan| plan.steps.iter().flat_map(|step| &step.targets));
    let rotas: BTreeSet<RotaId> = targets
        .filter_map(|target| match target {
            Target::OnCall { rota } => Some(*rota),
            _ => None,
        })
        .collect();
    rotas.into_iter().collect()
}

/// Everybody whose name is shown.
fn told(taken: &[Taken]) -> Vec<Uuid> {
    let all: BTreeSet<Uuid> = taken.iter().flat_map(|taken| &taken.fired.tell).filter_map(id).collect();
    all.into_iter().collect()
}

const fn id(tell: &Tell) -> Option<Uuid> {
    match tell {
        Tell::Staff { staff, .. } => Some(staff.0),
        Tell::Desk { .. } => None,
        Tell::Webhook { webhook } => Some(webhook.0),
    }
}

fn recipients_of(fired: &Fired) -> Vec<(Cause, notifications::To)> {
    let (case, run, at) = (fired.key.case, fired.key.run, fired.key.at);
    let key = format!("step/{case}/{run}/{}/{}", at.round, at.step);
    let cause = Cause { key, case_id: Some(case), run, round: at.round, step: at.step };
    recipients(&cause, &fired.tell).collect()
}

/// What is written of these; nothing of one that came to nobody because those before it have only just been told.
fn changes(taken: &[Taken], names: &HashMap<Uuid, String>, now: UnixMs) -> Changes {
    let mut changes = Changes::default();
    for taken in taken.iter().filter(|taken| taken.fired.reach != Reach::Later) {
        let mut case = taken.case.clone();
        let event = CaseEvent::Escalated { step: step(taken, names) };
        case.apply(&event, None, now);
        let (case_id, desk, subject) = (case.case_id, case.desk_id.clone(), case.subject.clone());
        changes.drafts.push(Draft { case_id, desk, subject, by: By::Service, event });
        changes.cases.push(case);
    }
    changes.cases.sort_unstable_by_key(|case| case.case_id);
    changes
}

fn step(Taken { fired, .. }: &Taken, names: &HashMap<Uuid, String>) -> StepTaken {
    let name = |id: Uuid| names.get(&id).cloned().unwrap_or_default();
    let recipient = |tell: &Tell| match tell {
        Tell::Staff { staff, channel } => Recipient::Staff {
            staff_id: *staff,
            name: name(staff.0),
            personal: *channel == Channel::Personal,
        },
        Tell::Desk { desk } => Recipient::Desk { desk_id: desk.clone() },
        Tell::Webhook { webhook } => Recipient::Webhook { webhook_id: *webhook, name: name(webhook.0) },
    };
    StepTaken {
        run: fired.key.run,
        round: fired.key.at.round,
        step: fired.key.at.step,
        claimed: fired.next.owner.is_some(),
        reach: fired.reach,
        told: fired.tell.iter().map(recipient).collect(),
        is_past_repeats: fired.is_past_repeats,
    }
}

/// After the commit: figures, and a word to whoever runs the service where nobody at all can be told.
#[allow(clippy::cast_precision_loss, reason = "a figure")]
fn note(Taken { kept, fired, .. }: &Taken) {
    let reach = match fired.reach {
        Reach::Later => return,
        Reach::Targets => "targets",
        Reach::Ministry => "ministry",
        Reach::Nobody => "nobody",
    };
    metrics::counter!("sos_escalation_steps_total", "reach" => reach).increment(1);
    metrics::histogram!("sos_escalation_late_seconds").record(fired.late_ms as f64 / 1e3);
    if fired.reach == Reach::Nobody {
        metrics::counter!("sos_escalation_nobody_total").increment(1);
        tracing::error!(
            case = %kept.case_id,
            "NOBODY CAN BE TOLD: no officer is signed in or can be reached, at the desk or at the ministry"
        );
    }
}
