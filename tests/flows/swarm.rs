//! Many phones and consoles that keep logs, against the real service.

use std::time::Duration;

use sos_ops::swarm::{Consoles, ConsolesConfig, Swarm, SwarmConfig, enrol};
use sos_protocol::Stage;
use sos_tests::service::PASSWORD;
use sos_tests::{Service, until};

const PHONES: usize = 24;
const ENROLLED: usize = 8;
const BURST: usize = 60;
const LIMIT: Duration = Duration::from_secs(60);

#[tokio::test]
async fn every_press_of_a_swarm_is_one_entry_and_rings_over_a_storm_and_two_nodes() {
    let service = Service::start().await;
    let other = service.another_node().await;
    let gateways = vec![service.address, other.address];
    let mut codes = vec![];
    for number in 0..ENROLLED {
        codes.push(service.worker(&format!("worker {number}"), "TW").await.1);
    }
    let identities = enrol(service.address, codes).await.expect("phones are enrolled");
    let logins = ["bo", "lan"].map(|login| (login.to_owned(), PASSWORD.to_owned())).to_vec();
    let config = ConsolesConfig { gateways: gateways.clone(), origin: None, logins, report_rang: true };
    let consoles = Consoles::start(config).await.expect("consoles with a feed");
    let config = SwarmConfig { gateways, phones: PHONES, identities, connects_per_s: 200.0, seed: 7 };
    let swarm = Swarm::start(config).await.expect("all phones are welcomed");

    swarm.burst(BURST).await;
    swarm.reconnect_all();
    swarm.burst(BURST).await;
    let pressed = 2 * BURST + usize::try_from(swarm.press_at(50.0).until(20).await).unwrap();
    assert!(swarm.settle(LIMIT).await, "{:?}", swarm.counts());
    until("the ministry's console has rung for all", async || {
        (consoles.each(|log| log.rung.len())[0] == pressed).then_some(())
    })
    .await;
    until("a phone heard that it rang", async || {
        swarm
            .alerts()
            .iter()
            .any(|alert| alert.stages.iter().any(|(stage, _)| *stage == Stage::Rang))
            .then_some(())
    })
    .await;
    assert!(swarm.until(LIMIT, |counts| counts.connected == PHONES as u64).await);
    let counts = swarm.counts();
    assert!(counts.reconnects >= PHONES as u64, "{counts:?}");
    assert_eq!(counts.unknown, 0);

    let (alerts, logs) = (swarm.stop().await, consoles.stop().await);
    assert_eq!(alerts.len(), pressed);
    let told_right = |alert: &&sos_ops::swarm::AlertLog| {
        alert.case_ids.len() == 1 && alert.sends >= 1 && alert.received_at <= alert.recorded_at
    };
    assert_eq!(alerts.iter().filter(told_right).count(), pressed);
    for log in logs {
        assert_eq!((log.out_of_order, log.repeated, log.in_two_cases.len()), (0, 0, 0), "{}", log.login);
        assert!(log.rang_reported > 0, "{}", log.login);
    }
    let entries = "SELECT count(*) FROM ledger WHERE kind IN ('opened', 'pressed_again')";
    assert_eq!(service.count(entries).await, i64::try_from(pressed).unwrap());
}

#[tokio::test]
async fn a_frozen_console_reads_on_where_it_was() {
    let service = Service::start().await;
    let logins = vec![("bo".to_owned(), PASSWORD.to_owned())];
    let config = ConsolesConfig { gateways: vec![service.address], origin: None, logins, report_rang: false };
    let consoles = Consoles::start(config).await.expect("a console with a feed");
    let config = SwarmConfig {
        gateways: vec![service.address],
        phones: 2,
        identities: vec![],
        connects_per_s: 100.0,
        seed: 1,
    };
    let swarm = Swarm::start(config).await.expect("all phones are welcomed");
    consoles.freeze(0);
    swarm.burst(10).await;
    assert!(swarm.settle(LIMIT).await, "{:?}", swarm.counts());
    assert_eq!(consoles.each(|log| log.rung.len()), [0]);
    consoles.thaw(0);
    until("it has read all of it", async || (consoles.each(|log| log.rung.len()) == [10]).then_some(()))
        .await;
    assert_eq!(consoles.stop().await[0].connections, 1);
}
