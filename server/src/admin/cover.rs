//! Cover: rotas, policies, webhooks, holidays.

use std::collections::BTreeSet;

use serde_json::json;
use sos_core::access::{self, Officer};
use sos_core::cover::{check, gaps, local_day, shifts, unset, validate};
use sos_protocol::ambient::Entropy;
use sos_protocol::cover::{
    Change as Exception, CoverView, Holiday, Holidays, Plan, Policy, PutPolicy, PutRota, Rota, RotaView,
    ShiftView, Target, Turns,
};
use sos_protocol::limits::{HOLIDAYS_MAX, ROTA_DAYS_SHOWN};
use sos_protocol::{DeskId, PolicyId, RotaId, StaffId, UnixMs, WebhookId};
use sqlx::PgConnection;

use super::cover_fields::{of_policy, of_rota};
use super::error::{AdminError, ensure, label, using};
use crate::store::Store;
use crate::store::administration::By;
use crate::store::cover::{
    Document, can_be_on_call, document, policies, policy, remove_rota, rota, write_document, write_policy,
    write_rota,
};
use crate::store::desks::known_desks;

/// A day in milliseconds.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Whether the cover of `desk` (none: of all desks) is `officer`'s to change.
pub(super) fn is_own(officer: &Officer, desk: Option<&DeskId>) -> bool {
    access::cover_of(officer).is_none_or(|own| Some(own) == desk)
}

pub(super) fn own(officer: &Officer, desk: Option<&DeskId>) -> Result<(), AdminError> {
    if is_own(officer, desk) { Ok(()) } else { Err(AdminError::NotFound) }
}

/// What `officer` may see of cover, laid out from `now` on. `ministry` is its desk.
///
/// # Errors
/// When the store does not say.
pub async fn view(
    store: &Store,
    officer: &Officer,
    ministry: DeskId,
    now: UnixMs,
) -> Result<CoverView, AdminError> {
    let own = access::cover_of(officer);
    let (kept, mut webhooks) = (store.cover(now).await?, store.webhooks(own).await?);
    let arranges = access::may(officer, access::Action::ArrangeCover, None) == access::Access::Allowed;
    for webhook in &mut webhooks {
        if !arranges || !is_own(officer, webhook.desk.as_ref()) {
            webhook.url.clear();
        }
    }
    let is_seen = |desk: &DeskId| own.is_none_or(|own| own == desk);
    let rotas = kept.rotas.into_iter().filter(|(rota, _)| is_seen(&rota.desk));
    let to_all = |desk: &Option<DeskId>| desk.as_ref().is_none_or(is_seen);
    let mut holidays: Vec<Holiday> = kept.holidays.0.into_iter().filter(|day| to_all(&day.desk)).collect();
    next_ones_first(&mut holidays, now);
    Ok(CoverView {
        rotas: rotas.map(|(rota, version)| laid_out(rota, version, now)).collect(),
        policies: kept.policies.into_iter().filter(|policy| is_seen(&policy.desk)).collect(),
        unset: unset(own.cloned().unwrap_or_else(|| ministry.clone()), ministry),
        webhooks,
        colleagues: kept.colleagues.into_iter().filter(|officer| to_all(&officer.desk_id)).collect(),
        holidays,
        holidays_version: kept.holidays.1,
    })
}

fn laid_out(rota: Rota, version: u32, now: UnixMs) -> RotaView {
    let to = now.plus_ms(i64::from(ROTA_DAYS_SHOWN) * DAY_MS);
    let shifts = shifts(&rota, now, to).into_iter();
    let shifts = shifts.map(|shift| ShiftView { from_ms: shift.from, to_ms: shift.to, staff: shift.staff });
    RotaView { version, shifts: shifts.collect(), gaps: gaps(&rota, now, to), rota }
}

/// Days to come in their order, then those that are over, the latest first.
fn next_ones_first(holidays: &mut [Holiday], now: UnixMs) {
    // Somewhere it is still yesterday.
    let today = local_day("UTC", now.plus_ms(-DAY_MS / 2));
    holidays.sort_by(|a, b| {
        let is_over = |day: &Holiday| today.is_some_and(|today| day.day < today);
        let by_day = if is_over(a) { b.day.cmp(&a.day) } else { a.day.cmp(&b.day) };
        is_over(a).cmp(&is_over(b)).then(by_day).then_with(|| a.name.cmp(&b.name))
    });
}

/// Writes a rota.
///
/// # Errors
/// [`AdminError`].
pub async fn put_rota(
    store: &Store,
    officer: &Officer,
    by: By,
    id: RotaId,
    put: PutRota,
) -> Result<(), AdminError> {
    let PutRota { version, mut rota } = put;
    own(officer, Some(&rota.desk))?;
    ensure(rota.id == id && !id.0.is_nil(), "id", "the id of the address")?;
    if let Err(problems) = check(&rota)
        && let Some(problem) = problems.first()
    {
        return Err(AdminError::invalid(of_rota(&rota, problem), problem.fault));
    }
    rota.name = label(&rota.name, "name")?;
    using(store, async {
        let mut change = store.change(by).await?;
        let before = self::rota(&mut change.tx, id).await?;
        if before.as_ref().map_or(0, |(_, version)| *version) != version {
            // Whoever may not know of it is not told that it is there either.
            let hidden = before.is_some_and(|(before, _)| !is_own(officer, Some(&before.desk)));
            return Err(if hidden { AdminError::NotFound } else { AdminError::Stale });
        }
        if let Some((before, _)) = &before {
            own(officer, Some(&before.desk))?;
            ensure(before.desk == rota.desk, "desk", "a rota stays with its desk")?;
        }
        desks_exist(&mut change.tx, [("desk".to_owned(), &rota.desk)]).await?;
        officers_exist(&mut change.tx, &named_in_rota(&rota)).await?;
        if !write_rota(&mut change.tx, &rota, version).await? {
            return Err(AdminError::Stale);
        }
        change.note("rota", &id.to_string(), &serde_json::to_value(&rota).unwrap_or_default()).await?;
        Ok(change.commit().await?)
    })
    .await
}

/// Takes a rota out of use, unless a policy goes by it.
///
/// # Errors
/// [`AdminError`].
pub async fn remove_a_rota(
    store: &Store,
    officer: &Officer,
    by: By,
    id: RotaId,
    version: u32,
) -> Result<(), AdminError> {
    using(store, async {
        let mut change = store.change(by).await?;
        let (before, kept) = rota(&mut change.tx, id).await?.ok_or(AdminError::NotFound)?;
        own(officer, Some(&before.desk))?;
        if kept != version {
            return Err(AdminError::Stale);
        }
        named_nowhere(&mut change.tx, &Target::OnCall { rota: id }).await?;
        remove_rota(&mut change.tx, id, by.at).await?;
        change.note("rota", &id.to_string(), &json!({ "desk": before.desk, "removed": true })).await?;
        Ok(change.commit().await?)
    })
    .await
}

/// Writes the policy of a desk.
///
/// # Errors
/// [`AdminError`].
pub async fn put_policy(
    store: &Store,
    officer: &Officer,
    by: By,
    entropy: &dyn Entropy,
    desk: DeskId,
    put: PutPolicy,
) -> Result<(), AdminError> {
    let mut policy = put.policy;
    own(officer, Some(&desk))?;
    ensure(policy.desk == desk, "desk", "the desk of the address")?;
    if let Err(problems) = validate(&policy)
        && let Some(problem) = problems.first()
    {
        return Err(AdminError::invalid(of_policy(problem), problem.fault));
    }
    let webhooks: BTreeSet<WebhookId> =
        store.webhooks(Some(&desk)).await?.into_iter().map(|webhook| webhook.webhook_id).collect();
    using(store, async {
        let mut change = store.change(by).await?;
        let before = self::policy(&mut change.tx, &desk).await?;
        if before.as_ref().map_or(0, |before| before.version) != policy.version {
            return Err(AdminError::Stale);
        }
        desks_exist(&mut change.tx, [("desk".to_owned(), &desk)]).await?;
        targets_exist(&mut change.tx, &policy, &webhooks).await?;
        let made = |id: PolicyId| if id.0.is_nil() { PolicyId(entropy.uuid_v7(by.at)) } else { id };
        policy.id = before.map_or_else(|| made(policy.id), |before| before.id);
        policy.version += 1;
        write_policy(&mut change.tx, &policy).await?;
        let facts = serde_json::to_value(&policy).unwrap_or_default();
        change.note("policy", desk.as_str(), &facts).await?;
        Ok(change.commit().await?)
    })
    .await
}

/// Writes the holidays; of a supervisor's only those of the own desk.
///
/// # Errors
/// [`AdminError`].
pub async fn put_holidays(
    store: &Store,
    officer: &Officer,
    by: By,
    holidays: Holidays,
) -> Result<(), AdminError> {
    using(store, async {
        let mut change = store.change(by).await?;
        let (before, kept) =
            document::<Vec<Holiday>>(&mut change.tx, Document::Holidays).await?.unwrap_or_default();
        if kept != holidays.version {
            return Err(AdminError::Stale);
        }
        let mut days: Vec<Holiday> =
            before.iter().filter(|day| !is_own(officer, day.desk.as_ref())).cloned().collect();
        for (mut day, at) in holidays.days.into_iter().zip(0..) {
            if is_own(officer, day.desk.as_ref()) {
                day.name = label(&day.name, format!("days[{at}].name"))?;
                if let Some(desk) = &day.desk {
                    desks_exist(&mut change.tx, [(format!("days[{at}].desk"), desk)]).await?;
                }
                days.push(day);
            } else if !before.contains(&day) {
                return Err(AdminError::NotFound);
            }
            if days.len() > HOLIDAYS_MAX {
                return Err(AdminError::TooMany { field: "days", most: HOLIDAYS_MAX });
            }
        }
        days.sort_by(|a, b| (a.day, &a.desk, &a.name).cmp(&(b.day, &b.desk, &b.name)));
        days.dedup();
        write_document(&mut change.tx, Document::Holidays, &days, kept).await?;
        let word = Document::Holidays.word();
        change.note(word, word, &json!({ "days": days })).await?;
        Ok(change.commit().await?)
    })
    .await
}

async fn desks_exist<'a>(
    db: &mut PgConnection,
    named: impl IntoIterator<Item = (String, &'a DeskId)>,
) -> Result<(), AdminError> {
    let named: Vec<(String, &DeskId)> = named.into_iter().collect();
    let ids: Vec<DeskId> = named.iter().map(|(_, desk)| (*desk).clone()).collect();
    let known = known_desks(db, &ids).await?;
    match named.into_iter().find(|(_, desk)| !known.contains(desk)) {
        Some((field, _)) => Err(AdminError::invalid(field, "no such desk")),
        None => Ok(()),
    }
}

/// Officers, each with the place where it is named.
type Named = Vec<(String, StaffId)>;

async fn officers_exist(db: &mut PgConnection, named: &Named) -> Result<(), AdminError> {
    let ids: Vec<StaffId> = named.iter().map(|(_, staff)| *staff).collect();
    let known: BTreeSet<StaffId> = can_be_on_call(db, &ids).await?.into_iter().collect();
    match named.iter().find(|(_, staff)| !known.contains(staff)) {
        Some((field, _)) => Err(AdminError::invalid(field, "no officer who could be on call")),
        None => Ok(()),
    }
}

fn named_in_rota(rota: &Rota) -> Named {
    let mut named = vec![];
    let mut all = |place: String, staff: &[StaffId]| {
        named.extend(staff.iter().zip(0..).map(|(id, n): (_, usize)| (format!("{place}.staff[{n}]"), *id)));
    };
    for (layer, i) in rota.layers.iter().zip(0_usize..) {
        match &layer.turns {
            Turns::InTurn { staff, .. } => all(format!("layers[{i}]"), staff),
            Turns::Weekly { shifts } => {
                for (shift, j) in shifts.iter().zip(0_usize..) {
                    all(format!("layers[{i}].shifts[{j}]"), &shift.staff);
                }
            }
        }
    }
    for (exception, i) in rota.overrides.iter().zip(0_usize..) {
        // Who is away may have left for good.
        match exception.change {
            Exception::Instead { by, .. } => named.push((format!("overrides[{i}].by"), by)),
            Exception::Also { staff } => named.push((format!("overrides[{i}].staff"), staff)),
            Exception::Nobody => {}
        }
    }
    named
}

/// The plans of a policy, with their names.
fn plans(policy: &Policy) -> impl Iterator<Item = (&'static str, &Plan)> {
    let own = [("p1", policy.p1.as_ref()), ("p2", policy.p2.as_ref()), ("p3", policy.p3.as_ref())];
    let own = own.into_iter().filter_map(|(name, plan)| Some((name, plan?)));
    std::iter::once(("common", &policy.common)).chain(own)
}

/// All that a policy means, each with its place.
fn targets(policy: &Policy) -> impl Iterator<Item = (String, &Target)> {
    plans(policy).flat_map(|(name, plan)| {
        plan.steps.iter().zip(0_usize..).flat_map(move |(step, i)| {
            let place = move |j: usize| format!("{name}.steps[{i}].targets[{j}]");
            step.targets.iter().zip(0_usize..).map(move |(target, j)| (place(j), target))
        })
    })
}

async fn targets_exist(
    db: &mut PgConnection,
    policy: &Policy,
    webhooks: &BTreeSet<WebhookId>,
) -> Result<(), AdminError> {
    let (mut officers, mut desks) = (Named::new(), vec![]);
    for (field, target) in targets(policy) {
        match target {
            Target::Consoles | Target::Supervisors => {}
            Target::OnCall { rota: id } => {
                let is_there = rota(db, *id).await?.is_some();
                ensure(is_there, field, "no such rota")?;
            }
            Target::Staff { staff } => officers.push((field, *staff)),
            Target::Desk { desk } => desks.push((field, desk)),
            Target::Webhook { webhook } => {
                ensure(webhooks.contains(webhook), field, "no such webhook for this desk")?;
            }
        }
    }
    desks_exist(db, desks).await?;
    officers_exist(db, &officers).await
}

/// Refuses to take away what a policy goes by: the step would come to nobody.
pub(super) async fn named_nowhere(db: &mut PgConnection, target: &Target) -> Result<(), AdminError> {
    let all = policies(db).await?;
    let named = all.iter().find(|policy| targets(policy).any(|(_, other)| other == target));
    match named {
        Some(policy) => {
            Err(AdminError::invalid("version", format!("the policy of {} goes by it", policy.desk)))
        }
        None => Ok(()),
    }
}
