//! From the ledger to what every case waits for: one node at a time goes through it for all.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use sos_core::cover::{self, CaseFacts, Cover, DeskStaff, Policy};
use sos_core::recording::CaseRecord;
use sos_protocol::{CaseEvent, CaseId, CaseState, DeskId, StaffId, UnixMs};
use tokio_util::sync::CancellationToken;

use super::{Escalating, Loops, Share, backoff, policy_of, recipients};
use crate::store::escalations::{self as rows, Followed, Kept, UNREADABLE_AGAIN_MS};
use crate::store::notifications::{self, Cause, To};
use crate::store::{StoreError, Tx, USE_WITHIN};

/// How often the ledger is looked at when nothing tells of new entries: another node's reach this one by it, and so does
/// the end of the last shift at a desk.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// After one transaction, what comes next is gathered for this long: in a burst recording and ringing go first.
const GATHER_FOR: Duration = Duration::from_millis(100);
/// Entries gone through in one transaction.
const ENTRIES_MAX: usize = 500;
/// Unclaimed cases of deserted desks that are hastened at a time. The others keep the times that they have.
const HASTENED_MAX: usize = 5_000;

pub(super) async fn run(loops: Arc<Loops>, stop: CancellationToken) {
    let (mut pause, mut share) = (backoff(), Share::new(ENTRIES_MAX));
    while !stop.is_cancelled() {
        match loops.with.follow(share.now).await {
            Ok(followed) => {
                let is_all = followed < share.now;
                pause.reset();
                share.reset();
                if followed > 0 {
                    loops.kept.notify_one();
                }
                if is_all {
                    wait_for_more(&loops, followed > 0, &stop).await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the ledger cannot be followed for escalations");
                share.lessen();
                pause.pause(&stop).await;
            }
        }
    }
}

async fn wait_for_more(loops: &Loops, is_busy: bool, stop: &CancellationToken) {
    if is_busy {
        stop.run_until_cancelled(tokio::time::sleep(GATHER_FOR)).await;
    }
    tokio::select! {
        () = loops.with.relayed.notified() => {}
        () = tokio::time::sleep(LOOK_EVERY) => {}
        () = stop.cancelled() => {}
    }
}

/// What one transaction goes by and changes.
struct Following {
    cases: HashMap<CaseId, CaseRecord>,
    kept: HashMap<CaseId, Kept>,
    policies: HashMap<DeskId, Policy>,
    ministry: DeskId,
    cover: Cover,
}

impl Escalating {
    /// Goes on from the cursor by at most `limit` entries: how much there was to do. Nothing, while another node is at it.
    async fn follow(&self, limit: usize) -> Result<usize, StoreError> {
        let ministry = self.ministry()?;
        self.store
            .within(USE_WITHIN, async {
                let Some((mut tx, cursor)) = self.store.lock_escalation_cursor().await? else {
                    return Ok(0);
                };
                let now = self.clock.now();
                let entries = match cursor.seq < cursor.head {
                    true => rows::entries_after(&mut tx, cursor.seq, limit).await?,
                    false => vec![],
                };
                let signed_in = rows::signed_in(&mut tx, now).await?;
                let attended: BTreeSet<DeskId> = signed_in.keys().cloned().collect();
                if entries.is_empty() && attended == cursor.attended {
                    return Ok(0);
                }
                let deserted: Vec<&DeskId> = cursor.attended.difference(&attended).collect();
                let hasten = rows::unclaimed(&mut tx, &deserted, HASTENED_MAX).await?;
                let mut following = Following::read(&mut tx, ministry, signed_in, &entries, &hasten).await?;
                following.entries(&entries, now);
                following.hasten(&hasten, now);
                let told = following.told(&mut tx, &entries, now).await?;
                rows::keep(&mut tx, &following.into_rows()).await?;
                notifications::add(&mut tx, &told, now).await?;
                let last = entries.last().map_or(cursor.seq, |entry| entry.seq);
                rows::move_cursor(&mut tx, last, &attended).await?;
                tx.commit().await?;
                Ok(entries.len().max(1))
            })
            .await
    }
}

impl Following {
    async fn read(
        tx: &mut Tx,
        ministry: DeskId,
        signed_in: BTreeMap<DeskId, Vec<StaffId>>,
        entries: &[Followed],
        hasten: &[CaseId],
    ) -> Result<Self, StoreError> {
        let of: BTreeSet<CaseId> =
            entries.iter().map(|entry| entry.case_id).chain(hasten.iter().copied()).collect();
        let of: Vec<CaseId> = of.into_iter().collect();
        // Locked before the cases are read: whoever takes a step holds both, and is done then.
        let kept = rows::lock_kept(tx, &of).await?;
        let cases = rows::cases(tx, &of).await?;
        let desks: BTreeSet<DeskId> = cases.values().map(|case| case.desk_id.clone()).collect();
        let policies = rows::policies(tx, &desks).await?;
        let staff = |signed_in| DeskStaff { signed_in, supervisors: vec![] };
        let cover = Cover {
            ministry: ministry.clone(),
            desks: signed_in.into_iter().map(|(desk, there)| (desk, staff(there))).collect(),
            rotas: BTreeMap::new(),
            personal: BTreeSet::new(),
            webhooks: BTreeSet::new(),
        };
        Ok(Self { cases, kept, policies, ministry, cover })
    }

    /// Follows the entries with the cases as they are now, which may be later than an entry: whatever changed them has an
    /// entry of its own behind it, and no step is taken before that one was followed as well.
    fn entries(&mut self, entries: &[Followed], now: UnixMs) {
        for entry in entries {
            let kept = self.kept.entry(entry.case_id).or_insert_with(|| Kept::new(entry.case_id));
            let case = self.cases.get(&entry.case_id);
            if case.is_none() {
                kept.put_off(now.plus_ms(UNREADABLE_AGAIN_MS));
            }
            if let (Some(case), Some(event)) = (case, &entry.event) {
                let policy = policy_of(&case.desk_id, &self.policies, &self.ministry);
                let facts = CaseFacts::of(&case.case(), kept.runs);
                let running = kept.escalation.as_ref();
                let next = cover::follow(running, event, entry.by, &facts, &policy, &self.cover, entry.at);
                kept.set(next);
            }
            kept.followed = kept.followed.max(entry.seq);
        }
    }

    /// The last one who heard the consoles of their desk has left.
    fn hasten(&mut self, cases: &[CaseId], now: UnixMs) {
        for case_id in cases {
            let is_open = self.cases.get(case_id).is_some_and(|case| case.state == CaseState::Open);
            let Some(kept) = self.kept.get_mut(case_id).filter(|_| is_open) else { continue };
            if let Some(running) = &kept.escalation {
                kept.escalation = Some(running.hastened(now));
            }
        }
    }

    /// Who is told of an entry by itself, as long as it still holds: after a long pause nobody is asked for what is done.
    async fn told(
        &self,
        tx: &mut Tx,
        entries: &[Followed],
        now: UnixMs,
    ) -> Result<Vec<(Cause, To)>, StoreError> {
        let asks: Vec<_> = entries.iter().filter_map(|entry| self.asks(entry)).collect();
        if asks.is_empty() {
            return Ok(vec![]);
        }
        let cover = rows::read(tx, &self.ministry, &[], now).await?;
        let told = asks.into_iter().flat_map(|(entry, event, case)| {
            let key = format!("entry/{}", entry.seq.0);
            let cause = Cause { key, case_id: Some(entry.case_id), run: 0, round: 0, step: 0 };
            recipients(&cause, &cover::told_of(event, &case.desk_id, &cover)).collect::<Vec<_>>()
        });
        Ok(told.collect())
    }

    fn asks<'a>(&'a self, entry: &'a Followed) -> Option<(&'a Followed, &'a CaseEvent, &'a CaseRecord)> {
        let (event, case) = (entry.event.as_ref()?, self.cases.get(&entry.case_id)?);
        let holds = match event {
            CaseEvent::Assigned { to, .. } => case.assigned_id == Some(*to),
            CaseEvent::Offered { to, .. } => case.offered_to.as_ref() == Some(to),
            _ => false,
        };
        holds.then_some((entry, event, case))
    }

    fn into_rows(self) -> Vec<Kept> {
        self.kept.into_values().collect()
    }
}
