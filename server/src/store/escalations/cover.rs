//! Who is there and how they can be told, as the rows say at this moment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sos_core::cover::{Cover, DeskStaff, Policy, Rota, RotaId};
use sos_protocol::{DeskId, StaffId, UnixMs, WebhookId};
use uuid::Uuid;

use crate::store::desks::AWAY_AFTER_MS;
use crate::store::{StoreError, Tx};

/// Who is signed in at which desk.
pub(crate) async fn signed_in(
    tx: &mut Tx,
    now: UnixMs,
) -> Result<BTreeMap<DeskId, Vec<StaffId>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT s.desk_id, s.staff_id FROM shifts s JOIN staff t USING (staff_id)
         WHERE s.ended_ms IS NULL AND s.seen_ms > $1 AND NOT t.disabled ORDER BY s.desk_id, s.started_ms",
        now.plus_ms(-AWAY_AFTER_MS).0
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut desks: BTreeMap<DeskId, Vec<StaffId>> = BTreeMap::new();
    for row in rows {
        desks.entry(DeskId(row.desk_id)).or_default().push(StaffId(row.staff_id));
    }
    Ok(desks)
}

/// The cover of all desks, with these rotas.
pub(crate) async fn read(
    tx: &mut Tx,
    ministry: &DeskId,
    rotas: &[RotaId],
    now: UnixMs,
) -> Result<Cover, StoreError> {
    let mut desks: BTreeMap<DeskId, DeskStaff> = BTreeMap::new();
    for (desk, signed_in) in signed_in(tx, now).await? {
        desks.entry(desk).or_default().signed_in = signed_in;
    }
    let rows = sqlx::query!(
        "SELECT staff_id, role, desk_id FROM staff
         WHERE role IN ('supervisor', 'duty_officer') AND NOT disabled ORDER BY staff_id"
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        let desk = if row.role == "duty_officer" { None } else { row.desk_id };
        let desk = desk.map_or_else(|| ministry.clone(), DeskId);
        desks.entry(desk).or_default().supervisors.push(StaffId(row.staff_id));
    }
    let personal = sqlx::query_scalar!(
        "SELECT DISTINCT c.staff_id FROM staff_channels c JOIN staff t USING (staff_id) WHERE NOT t.disabled"
    )
    .fetch_all(&mut **tx)
    .await?;
    let webhooks =
        sqlx::query_scalar!("SELECT webhook_id FROM webhooks WHERE enabled AND removed_ms IS NULL")
            .fetch_all(&mut **tx)
            .await?;
    Ok(Cover {
        ministry: ministry.clone(),
        desks,
        rotas: read_rotas(tx, rotas).await?,
        personal: personal.into_iter().map(StaffId).collect(),
        webhooks: webhooks.into_iter().map(WebhookId).collect(),
    })
}

/// One that cannot be read is as if nobody were on call by it: the step goes on to whom it means besides.
async fn read_rotas(tx: &mut Tx, ids: &[RotaId]) -> Result<BTreeMap<RotaId, Rota>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows =
        sqlx::query!("SELECT rota_id, rota FROM rotas WHERE rota_id = ANY($1) AND removed_ms IS NULL", &ids)
            .fetch_all(&mut **tx)
            .await?;
    let read = rows.into_iter().filter_map(|row| match serde_json::from_value(row.rota) {
        Ok(rota) => Some((RotaId(row.rota_id), rota)),
        Err(error) => {
            tracing::error!(rota = %row.rota_id, %error, "a rota cannot be read");
            None
        }
    });
    Ok(read.collect())
}

/// The policies of those of these desks that were given one.
pub(crate) async fn policies(
    tx: &mut Tx,
    desks: &BTreeSet<DeskId>,
) -> Result<HashMap<DeskId, Policy>, StoreError> {
    let desks: Vec<String> = desks.iter().map(|desk| desk.as_str().to_owned()).collect();
    let rows = sqlx::query!("SELECT desk_id, policy FROM policies WHERE desk_id = ANY($1)", &desks)
        .fetch_all(&mut **tx)
        .await?;
    let read = rows.into_iter().filter_map(|row| match serde_json::from_value(row.policy) {
        Ok(policy) => Some((DeskId(row.desk_id), policy)),
        Err(error) => {
            tracing::error!(desk = %row.desk_id, %error, "a policy cannot be read: the desk is as without one");
            None
        }
    });
    Ok(read.collect())
}

/// Names of officers and webhooks to show, by id.
pub(crate) async fn names(tx: &mut Tx, of: &[Uuid]) -> Result<HashMap<Uuid, String>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT staff_id AS "id!", name AS "name!" FROM staff WHERE staff_id = ANY($1)
           UNION ALL SELECT webhook_id, name FROM webhooks WHERE webhook_id = ANY($1)"#,
        of
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
