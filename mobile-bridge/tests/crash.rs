//! A phone killed at any instant: this test starts itself again as a child that works on an outbox, kills it with
//! SIGKILL while it works, and looks at what is left.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use sos_mobile_bridge::outbox::{Outbox, Write};
use sos_protocol::ambient::{Entropy, SeededEntropy, SystemEntropy};
use sos_protocol::{Alert, AlertId, Receipt, Seq, Stage, UnixMs};

/// Set for the child: the file to work on.
const CHILD: &str = "SOS_TEST_CRASH_OUTBOX";
const KILLS: u64 = 25;

/// What the child said about an alert last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    /// "I am going to press": it may be there or not.
    Pressing,
    /// The press returned: it must be there.
    Pressed,
    /// "I am going to keep its record": it may be there or not.
    Recording,
    /// That returned: it must be gone for good.
    Recorded,
}

#[test]
fn an_acknowledged_press_survives_any_kill_and_a_recorded_one_never_comes_back() {
    if let Some(path) = std::env::var_os(CHILD) {
        work_until_killed(Path::new(&path));
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.db");
    let entropy = SeededEntropy::new(11);
    let mut said = BTreeMap::new();
    for _ in 0..KILLS {
        run_and_kill(&path, 1 + entropy.below(60), &mut said);
        look(&path, &said);
    }
    assert!(said.values().any(|s| *s == Said::Recorded) && said.values().any(|s| *s == Said::Pressed));
}

/// Lets the child work until it has said `lines` things, kills it wherever it is then, and takes down all it said.
fn run_and_kill(path: &Path, lines: u64, said: &mut BTreeMap<AlertId, Said>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "an_acknowledged_press_survives_any_kill_and_a_recorded_one_never_comes_back",
        ])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut counted = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some((word, id)) = line.strip_prefix("said ").and_then(|l| l.split_once(' ')) else { continue };
        let word = match word {
            "pressing" => Said::Pressing,
            "pressed" => Said::Pressed,
            "recording" => Said::Recording,
            _ => Said::Recorded,
        };
        said.insert(id.parse().unwrap(), word);
        counted += 1;
        if counted == lines {
            child.kill().unwrap();
        }
    }
    assert!(counted >= lines, "the child ended by itself");
    child.wait().unwrap();
}

fn look(path: &Path, said: &BTreeMap<AlertId, Said>) {
    let outbox = Outbox::open(path).unwrap();
    let waiting: Vec<_> = outbox.queue().unwrap().alerts.into_iter().map(|a| a.alert.alert_id).collect();
    for (id, word) in said {
        match word {
            Said::Pressing | Said::Recording => {}
            Said::Pressed => assert!(waiting.contains(id), "an acknowledged press was lost"),
            Said::Recorded => assert!(!waiting.contains(id), "a recorded alert came back"),
        }
    }
}

fn say(word: &str, id: AlertId) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "said {word} {id}").unwrap();
    out.flush().unwrap();
}

fn work_until_killed(path: &Path) -> ! {
    let mut outbox = Outbox::open(path).unwrap();
    loop {
        let id = AlertId(SystemEntropy.uuid_v7(UnixMs(1_700_000_000_000)));
        say("pressing", id);
        outbox.press(&alert(id), UnixMs(1)).unwrap();
        say("pressed", id);
        let waiting = outbox.queue().unwrap().alerts;
        if waiting.len() > 3 {
            let first = waiting[0].alert.alert_id;
            say("recording", first);
            outbox.apply(&Write::Receipt(recorded(first))).unwrap();
            say("recorded", first);
        }
    }
}

fn alert(alert_id: AlertId) -> Alert {
    Alert {
        alert_id,
        device_time_ms: None,
        waited_ms: None,
        position: None,
        trigger: None,
        kind: None,
        text: None,
        battery_pct: None,
        drill: false,
    }
}

fn recorded(alert_id: AlertId) -> Receipt {
    Receipt {
        case_no: None,
        alert_id,
        stage: Stage::Recorded,
        at_ms: UnixMs(1),
        case_id: None,
        desk_name: None,
        by: None,
        disposition: None,
        seq: Some(Seq(1)),
    }
}
