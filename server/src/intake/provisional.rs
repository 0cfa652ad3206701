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
    // A drill shows what works: this path rings for those who need it.
    if alert.drill {
        return None;
    }
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

#[cfg(test)]
mod tests {
    use sos_protocol::{Alert, AlertId, CountryCode, UnixMs};

    use super::*;
    use crate::intake::Origin;
    use crate::store::desks::DeskRow;

    fn ministry() -> DeskRow {
        DeskRow {
            desk_id: "ministry".into(),
            name: "Bộ".to_owned(),
            home: None,
            is_ministry: true,
            is_principal: false,
            countries: vec![],
            district: None,
            time_zone: None,
            lat: None,
            lon: None,
            claim_target_s: 20,
            answer_targets: vec![],
        }
    }

    fn press(n: u128, drill: bool) -> Inbound {
        let alert = Alert {
            alert_id: AlertId(uuid::Uuid::from_u128(n)),
            device_time_ms: None,
            waited_ms: None,
            position: None,
            trigger: None,
            kind: None,
            text: None,
            battery_pct: None,
            drill,
        };
        let item = Item::Alert { alert, dropped: vec![] };
        Inbound { received_at: UnixMs(1_790_000_000_000), origin: Origin::unknown(), item }
    }

    #[test]
    fn an_sos_rings_although_it_cannot_be_recorded_and_a_drill_does_not() {
        let dispatch = Dispatch::new(CountryCode::parse("VN").unwrap()).unwrap();
        assert!(alerts(&[press(1, false)], &dispatch).is_empty(), "no desks are known yet");
        dispatch.take(vec![ministry()]).unwrap();
        let rung = alerts(&[press(1, false), press(2, true)], &dispatch);
        let ids: Vec<u128> = rung.iter().map(|rung| rung.alert.alert_id.0.as_u128()).collect();
        assert_eq!(ids, [1]);
        assert_eq!(rung[0].desk_id.as_str(), "ministry");
    }
}
