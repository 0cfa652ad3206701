//! Holds the SQLite store to the contract that the web app's IndexedDB store is held to as well; what the steps
//! mean is told in `contract/README.md`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sos_mobile_bridge::outbox::{
    CancelState, DeskMessage, Identity, Outbox, OutboxError, QueuedMessage, Write,
};
use sos_protocol::http::Enrolled;
use sos_protocol::{AlertId, CaseId, Fix, FixId, MessageId, Receipt, Seq, Stage, UnixMs};
use uuid::Uuid;

const CONTRACT: &str = include_str!("../contract/outbox.json");

type Step = Map<String, Value>;

fn member<T: DeserializeOwned>(step: &Step, name: &str) -> T {
    let value = step.get(name).unwrap_or_else(|| panic!("{name} is missing in {step:?}"));
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{name} in {step:?}: {error}"))
}

fn number(step: &Step, name: &str) -> u64 {
    member(step, name)
}

fn numbered(n: u64) -> Uuid {
    Uuid::from_u128(n.into())
}

/// A message, of the worker or of the desk: the members that both have, and the step's own.
fn message(step: &Step) -> Step {
    member(step, "message")
}

struct World {
    path: PathBuf,
    outbox: Option<Outbox>,
}

impl World {
    fn outbox(&mut self) -> &mut Outbox {
        self.outbox.as_mut().unwrap()
    }

    fn reopen(&mut self) {
        self.outbox = None;
        self.outbox = Some(Outbox::open(&self.path).unwrap());
    }

    fn step(&mut self, step: &Step) {
        match step.get("do").and_then(Value::as_str) {
            Some(what) if what.ends_with("_many") || what == "receipts_of" => self.many(what, step),
            Some(what) => self.act(what, step),
            None => self.expect(&member::<String>(step, "expect"), step),
        }
    }

    fn act(&mut self, what: &str, step: &Step) {
        let outbox = self.outbox();
        match what {
            "press" => {
                let given = outbox.press(&member(step, "alert"), member(step, "at_ms")).unwrap();
                assert_eq!(given, member::<AlertId>(step, "gives"));
            }
            "cancel" => {
                let pin = step.get("pin").map(|pin| serde_json::from_value(pin.clone()).unwrap());
                let changes =
                    outbox.cancel(member(step, "alert_id"), pin.as_ref(), member(step, "at_ms")).unwrap();
                assert_eq!(changes, member::<bool>(step, "changes"));
            }
            "write" => {
                let written = outbox.write_message(&queued_message(&message(step)));
                match step.get("refused") {
                    Some(_) => assert!(matches!(written, Err(OutboxError::Full))),
                    None => written.unwrap(),
                }
            }
            "fixes" => {
                let fixes: Vec<Fix> = member(step, "fixes");
                outbox.add_fixes(member(step, "alert_id"), &fixes).unwrap();
            }
            "identity" => {
                let enrolled: Enrolled = member(step, "identity");
                outbox.set_identity(&Identity::from(enrolled)).unwrap();
            }
            "reopen" => self.reopen(),
            _ => assert_eq!(outbox.apply(&said(what, step)).unwrap(), member::<bool>(step, "news")),
        }
    }

    fn many(&mut self, what: &str, step: &Step) {
        let outbox = self.outbox();
        let count = number(step, "count");
        let first = step.get("first").and_then(Value::as_u64).unwrap_or(0);
        let of = |step: &Step| member::<AlertId>(step, "alert_id");
        if what == "fixes_many" {
            let fix =
                |n| serde_json::from_value(json!({"fix_id": numbered(n), "lat": 25, "lon": 121})).unwrap();
            let fixes: Vec<Fix> = (first..first + count).map(fix).collect();
            return outbox.add_fixes(of(step), &fixes).unwrap();
        }
        for n in 0..count {
            let id = numbered(first + n);
            let seq = Seq(i64::try_from(n + 1).unwrap());
            match what {
                "press_many" => {
                    let alert = serde_json::from_value(json!({"alert_id": id})).unwrap();
                    outbox.press(&alert, UnixMs(1)).unwrap();
                }
                "write_many" => {
                    let words =
                        json!({"message_id": id, "alert_id": of(step), "text": "x", "device_time_ms": 1});
                    outbox.write_message(&queued_message(words.as_object().unwrap())).unwrap();
                }
                "messages_many" => {
                    let message = DeskMessage {
                        seq,
                        case_id: CaseId(numbered(1)),
                        alert_id: of(step),
                        message_id: MessageId(id),
                        text: "x".into(),
                        from: "Lan".into(),
                        at_ms: UnixMs(1),
                    };
                    outbox.apply(&Write::Message(message)).unwrap();
                }
                "receipts_many" => drop(outbox.apply(&recorded(AlertId(id), seq)).unwrap()),
                "receipts_of" => {
                    let seq = Seq(i64::try_from(number(step, "first_seq") + n).unwrap());
                    outbox.apply(&recorded(of(step), seq)).unwrap();
                }
                _ => panic!("no such step: {what}"),
            }
        }
    }

    fn expect(&mut self, what: &str, step: &Step) {
        match what {
            "queue" => assert_has(&self.queue(), step),
            "sizes" => {
                let queue = self.queue();
                let size = |list: &Value| json!(list.as_array().map_or(0, Vec::len));
                assert_has(&queue.iter().map(|(name, list)| (name.clone(), size(list))).collect(), step);
            }
            "alert" => self.alert(step),
            "fixes_kept" => self.fixes_kept(step),
            _ => {
                let seen = self.view(what, step);
                let wanted = match what {
                    "bodies" => step["alerts"].clone(),
                    "history" => json!([step["count"], step["first_seq"]]),
                    _ => step["is"].clone(),
                };
                assert_eq!(seen, wanted, "{step:?}");
            }
        }
    }

    fn view(&mut self, what: &str, step: &Step) -> Value {
        let outbox = self.outbox();
        match what {
            "bodies" => {
                json!(outbox.queue().unwrap().alerts.into_iter().map(|a| a.alert).collect::<Vec<_>>())
            }
            "known" => json!(outbox.alert_state(member(step, "alert_id")).unwrap().is_some()),
            "history" => {
                let history = outbox.alert_state(member(step, "alert_id")).unwrap().unwrap().history;
                json!([history.len(), history[0].seq])
            }
            "alerts" => {
                let count_max = u32::try_from(number(step, "count_max")).unwrap();
                json!(outbox.alerts(count_max).unwrap())
            }
            "cancel_pin" => {
                let of: AlertId = member(step, "alert_id");
                let cancels = outbox.queue().unwrap().cancels;
                json!(cancels.into_iter().find(|c| c.alert_id == of).and_then(|c| c.pin))
            }
            "open_alert" => json!(outbox.open_alert().unwrap()),
            "last_seq" => json!(outbox.last_seq().unwrap()),
            "credential" => json!(outbox.identity().unwrap().map(|identity| identity.credential)),
            "first_mark" => json!(outbox.queue().unwrap().delivered.first().map(|(mark, _)| *mark)),
            "messages" => {
                let line = |m: sos_mobile_bridge::ChatMessage| {
                    json!([m.message_id, m.from_officer, m.text, m.at_ms, m.accepted_at_ms])
                };
                Value::Array(outbox.messages().unwrap().into_iter().map(line).collect())
            }
            _ => panic!("no such step: {what}"),
        }
    }

    fn queue(&mut self) -> Step {
        let queue = self.outbox().queue().unwrap();
        let view = json!({
            "enrolled": queue.enrolled,
            "alerts": queue.alerts.iter().map(|a| json!([a.alert.alert_id, a.received])).collect::<Vec<_>>(),
            "cancels": queue.cancels.iter().map(|c| json!([c.alert_id, c.device_time_ms])).collect::<Vec<_>>(),
            "messages": queue.messages.iter().map(|m| m.message_id).collect::<Vec<_>>(),
            "fixes": queue.fixes.iter().map(|f| f.fix.fix_id).collect::<Vec<_>>(),
            "delivered": queue.delivered,
            "open": queue.open,
        });
        view.as_object().unwrap().clone()
    }

    fn alert(&mut self, step: &Step) {
        let state = self.outbox().alert_state(member(step, "alert_id")).unwrap();
        if step.contains_key("is") {
            return assert!(state.is_none(), "{step:?}");
        }
        let state = state.unwrap();
        let view = json!({
            "alert_id": state.alert_id,
            "pressed_at_ms": state.pressed_at_ms,
            "queued": state.queued,
            "stage": state.receipt.map(|receipt| receipt.stage),
            "history": state.history.iter().map(|receipt| receipt.stage).collect::<Vec<_>>(),
            "cancel": match state.cancel {
                CancelState::None => "none",
                CancelState::Queued => "queued",
                CancelState::Accepted => "accepted",
            },
        });
        assert_has(view.as_object().unwrap(), step);
    }

    fn fixes_kept(&mut self, step: &Step) {
        let mut kept: Vec<FixId> = vec![];
        loop {
            let view: Vec<_> = self.outbox().queue().unwrap().fixes.iter().map(|f| f.fix.fix_id).collect();
            if view.is_empty() {
                break;
            }
            kept.extend(&view);
            self.outbox().apply(&Write::FixesAccepted(view)).unwrap();
        }
        assert_eq!(json!([kept.len(), kept.last()]), json!([step["is"], step["oldest"]]));
    }
}

/// Every member that the step names, but for those that say what it is about.
fn assert_has(seen: &Step, step: &Step) {
    for (name, wanted) in step.iter().filter(|(name, _)| *name != "expect") {
        assert_eq!(seen.get(name), Some(wanted), "{name} in {step:?}");
    }
}

fn queued_message(message: &Step) -> QueuedMessage {
    QueuedMessage {
        message_id: member(message, "message_id"),
        alert_id: member(message, "alert_id"),
        text: member(message, "text"),
        device_time_ms: member(message, "device_time_ms"),
    }
}

fn recorded(alert_id: AlertId, seq: Seq) -> Write {
    let receipt =
        Receipt { stage: Stage::Recorded, seq: Some(seq), ..Receipt::received(alert_id, UnixMs(1)) };
    Write::Receipt(receipt)
}

fn said(what: &str, step: &Step) -> Write {
    match what {
        "receipt" => Write::Receipt(member(step, "receipt")),
        "asked" => Write::Asked(member(step, "receipt")),
        "message" => {
            let message = message(step);
            Write::Message(DeskMessage {
                seq: member(&message, "seq"),
                case_id: member(&message, "case_id"),
                alert_id: member(&message, "alert_id"),
                message_id: member(&message, "message_id"),
                text: member(&message, "text"),
                from: member(&message, "from"),
                at_ms: member(&message, "at_ms"),
            })
        }
        "accepted" => Write::Accepted { id: member(step, "id"), at_ms: member(step, "at_ms") },
        "cancel_refused" => Write::CancelRefused(member(step, "alert_id")),
        "fixes_accepted" => Write::FixesAccepted(member(step, "fix_ids")),
        "delivered_read" => Write::DeliveredRead(member(step, "message_ids")),
        "credential" => Write::Credential(member(step, "credential")),
        _ => panic!("no such step: {what}"),
    }
}

#[test]
fn the_sqlite_outbox_keeps_the_contract() {
    let contract: Value = serde_json::from_str(CONTRACT).unwrap();
    for case in contract["cases"].as_array().unwrap() {
        let dir = tempfile::tempdir().unwrap();
        let mut world = World { path: dir.path().join("outbox.db"), outbox: None };
        world.reopen();
        println!("{}", case["name"]);
        for step in case["steps"].as_array().unwrap() {
            world.step(step.as_object().unwrap());
        }
    }
}
