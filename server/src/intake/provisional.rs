//! Alerts that ring although they cannot be recorded: the store is away, the desk must not wait for it.

use sos_protocol::CaseId;
use sos_protocol::feed::ProvisionalAlert;

use super::{Inbound, Item};
use crate::dispatch::Dispatch;

/// The alerts of `batch` as consoles are shown them until they are recorded. The ministry is always among those who
/// see them. None before the desks were read once.
#[must_use]
pub fn alerts(batch: &[Inbound], dispatch: &Dispatch) -> Vec<ProvisionalAlert> {
    batch.iter().filter_map(|inbound| alert(inbound, dispatch)).collect()
}

fn alert(inbound: &Inbound, dispatch: &Dispatch) -> Option<ProvisionalAlert> {
    let Item::Alert { alert, .. } = &inbound.item else { return None };
    let origin = &inbound.origin;
    let (routing, _) = dispatch.desk_for(alert.position.as_ref(), origin.contract_country)?;
    let mut watchers = routing.watchers;
    watchers.extend(
        dispatch.ministry().filter(|ministry| *ministry != routing.desk && !watchers.contains(ministry)),
    );
    Some(ProvisionalAlert {
        case_id: CaseId::of_alert(origin.device_id, alert.alert_id),
        alert: alert.clone(),
        received_at_ms: inbound.received_at,
        desk_id: routing.desk,
        watchers,
        routing: routing.view,
        unverified: origin.unverified,
    })
}
