//! The ledger is signed every hour; whoever kept a checkpoint finds whatever is changed in it later.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sos_core::ledger::{self, Row};
use sos_protocol::ambient::{Clock as _, ManualClock, SystemClock, SystemEntropy};
use sos_protocol::http::PostNote;
use sos_protocol::ledger::{Checkpoint, LedgerKey};
use sos_protocol::{CaseId, NoteId, Seq, Stage, UnixMs};
use sos_server::admin::proofs::{CaseArg, ExitCodes, Proofs, VerifyProof};
use sos_server::app::Ambient;
use sos_server::auth::secret::{Secret, hex};
use sos_server::auth::signing::Signer;
use sos_server::checkpoints::proof::ProofFile;
use sos_server::checkpoints::{Checkpoints, EVERY_MS, key};
use sos_tests::phone::new_id;
use sos_tests::{Phone, Service, until};
use sqlx::Row as _;

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));
/// More than one block of the tree, whose subtrees are kept.
const NOTES: usize = 300;

/// A service and a folder of what somebody elsewhere keeps.
struct Story {
    service: Service,
    elsewhere: tempfile::TempDir,
}

impl Story {
    async fn begins() -> Self {
        Self { service: Service::start().await, elsewhere: tempfile::tempdir().expect("a folder") }
    }

    async fn press(&self) -> CaseId {
        press(&self.service).await
    }

    fn file(&self, name: &str) -> PathBuf {
        self.elsewhere.path().join(name)
    }

    /// A checkpoint of all there is, kept under `name`.
    async fn keep(&self, name: &str) -> Checkpoint {
        let out = self.file(name);
        self.run(Proofs::Checkpoint { now: true, out: out.clone() }).await.expect("a checkpoint");
        serde_json::from_slice(&std::fs::read(out).expect("as it was set up")).expect("as it was set up")
    }

    async fn run(&self, command: Proofs) -> Result<(), String> {
        let ambient = Ambient { clock: self.service.clock.clone(), entropy: Arc::new(SystemEntropy) };
        let done = command.run(&self.service.config, &self.service.store, &ambient).await;
        done.map_err(|error| format!("{error:#}"))
    }

    async fn is_that_of(&self, name: &str) -> Result<(), String> {
        self.run(Proofs::VerifyCheckpoint { file: self.file(name), key: vec![] }).await
    }

    async fn prove_growth(&self, from: &str, name: &str) -> Result<(), String> {
        self.run(Proofs::ProveGrowth { from: self.file(from), out: self.file(name) }).await
    }

    async fn prove_case(&self, case: CaseArg, name: &str) -> Result<(), String> {
        self.run(Proofs::ProveCase { case, out: self.file(name) }).await
    }

    /// The public key, as anybody gets it.
    async fn key(&self) -> PathBuf {
        let key = self
            .service
            .get("/api/ledger/key")
            .await
            .expect("an answer")
            .bytes()
            .await
            .expect("as it was set up");
        std::fs::write(self.file("key.json"), key).expect("kept");
        self.file("key.json")
    }

    /// Changes what nobody may change, as somebody does who has the database.
    async fn forge(&self, sql: &'static str) {
        let mut conn = self.service.db.acquire().await.expect("a connection");
        let triggers = |word: &str| {
            format!(
                "SET sos.scope = '*'; ALTER TABLE ledger {word} TRIGGER ledger_append_only;
                 ALTER TABLE ledger_nodes {word} TRIGGER ledger_nodes_append_only;
                 ALTER TABLE checkpoints {word} TRIGGER checkpoints_append_only"
            )
        };
        for sql in [triggers("DISABLE").as_str(), sql, triggers("ENABLE").as_str()] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut *conn).await.expect("forged");
        }
    }

    /// Writes the ledger anew as a whole: every hash after the rows as they are now.
    async fn rehash(&self) {
        let mut conn = self.service.db.acquire().await.expect("a connection");
        sqlx::raw_sql("SET sos.scope = '*'; ALTER TABLE ledger DISABLE TRIGGER ledger_append_only")
            .execute(&mut *conn)
            .await
            .expect("forged");
        let rows = sqlx::query("SELECT * FROM ledger ORDER BY seq")
            .fetch_all(&mut *conn)
            .await
            .expect("as it was set up");
        let mut prev = ledger::GENESIS;
        for row in &rows {
            prev = ledger::hash(&prev, &read(row));
            let update = sqlx::query("UPDATE ledger SET hash = $2 WHERE seq = $1");
            update
                .bind(read(row).seq.0)
                .bind(prev.as_slice())
                .execute(&mut *conn)
                .await
                .expect("as it was set up");
        }
        sqlx::query("UPDATE ledger_head SET hash = $1")
            .bind(prev.as_slice())
            .execute(&mut *conn)
            .await
            .expect("as it was set up");
        sqlx::raw_sql("ALTER TABLE ledger ENABLE TRIGGER ledger_append_only")
            .execute(&mut *conn)
            .await
            .expect("as it was set up");
    }
}

fn read(row: &sqlx::postgres::PgRow) -> Row {
    Row {
        seq: Seq(row.get("seq")),
        at: UnixMs(row.get("at_ms")),
        case_id: CaseId(row.get("case_id")),
        desk: row.get::<String, _>("desk_id").as_str().into(),
        actor: row.get("actor"),
        actor_id: row.get("actor_id"),
        kind: row.get("kind"),
        ref_id: row.get("ref_id"),
        facts: row.get("facts"),
        sealed: row.get("sealed"),
    }
}

async fn press(service: &Service) -> CaseId {
    let mut phone = Phone::connect(service).await;
    let alert_id = phone.press(TAIPEI).await;
    phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case")
}

async fn notes(service: &Service, case: CaseId, count: usize) {
    let lan = service.officer("lan").await;
    for _ in 0..count {
        let note = PostNote { note_id: NoteId(new_id()), text: "đã gọi lại".to_owned() };
        lan.command(case, "notes", &note).await.expect("noted");
    }
}

async fn latest(service: &Service) -> Option<Checkpoint> {
    service.get("/api/ledger/checkpoint").await.ok()?.error_for_status().ok()?.json().await.ok()
}

fn verify(file: &Path, key: &Path) -> Result<(), (bool, String)> {
    let checked = VerifyProof { file: file.to_owned(), key: vec![key.to_owned()] }.verify();
    checked.map_err(|error| {
        let is_broken = ExitCodes::Check.of(&error) == std::process::ExitCode::FAILURE;
        (is_broken, format!("{error:#}"))
    })
}

#[tokio::test]
async fn of_two_nodes_one_signs_the_ledger_every_hour_if_it_grew() {
    let clock = ManualClock::at(SystemClock::new().now());
    let one = Service::start_with(clock.clone()).await;
    let other = one.another_node().await;
    assert_eq!(one.get("/api/ledger/checkpoint").await.unwrap().status(), 404);
    press(&one).await;
    let first = until("the first checkpoint", async || latest(&one).await).await;
    clock.advance_ms(EVERY_MS / 2);
    press(&other).await;
    clock.advance_ms(EVERY_MS / 2);
    let second = until("the next one", async || {
        latest(&other).await.filter(|checkpoint| checkpoint.tree_size > first.tree_size)
    })
    .await;
    assert_eq!(second.at_ms.since_ms(first.at_ms), EVERY_MS);
    assert_eq!(second.log, first.log);
    clock.advance_ms(EVERY_MS);
    press(&one).await;
    until("one more", async || latest(&one).await.filter(|c| c.tree_size > second.tree_size)).await;
    let near = "SELECT count(*) FROM checkpoints a JOIN checkpoints b
        ON b.tree_size > a.tree_size AND b.at_ms < a.at_ms + 3600000";
    assert_eq!(one.count(near).await, 0);
    // Nothing new: what there is, is the latest.
    let making = Checkpoints::new(one.store.clone(), Signer::new(&one.config.secret).unwrap(), clock.clone());
    until("nothing happens any more", async || {
        let before = making.latest(true).await.expect("a checkpoint");
        clock.advance_ms(1);
        (making.latest(true).await.expect("a checkpoint") == before).then_some(())
    })
    .await;
    let key: LedgerKey = other.get("/api/ledger/key").await.unwrap().json().await.unwrap();
    assert_eq!(key, first.key);
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn one_byte_changed_in_a_row_is_found_and_named_and_nothing_is_signed_after_it() {
    let story = Story::begins().await;
    let case = story.press().await;
    notes(&story.service, case, 3).await;
    story.keep("kept.json").await;
    story.is_that_of("kept.json").await.expect("it is");
    story
        .forge("UPDATE ledger SET sealed = set_byte(sealed, 5, get_byte(sealed, 5) # 1) WHERE seq = 1")
        .await;
    let found = story.is_that_of("kept.json").await.expect_err("found");
    assert!(found.contains("ledger: root") && found.contains("entry 1 does not fit"), "{found}");
    let found = story.prove_case(CaseArg::Id(case), "case.json").await.expect_err("found");
    assert!(found.contains("entry "), "{found}");
    notes(&story.service, case, 1).await;
    let again = Proofs::Checkpoint { now: true, out: story.file("again.json") };
    let refused = story.run(again).await.expect_err("refused");
    assert!(refused.contains("not those that were signed"), "{refused}");
    assert!(!story.file("again.json").exists());
}

#[tokio::test]
async fn a_ledger_written_anew_as_a_whole_is_shown_by_a_checkpoint_that_was_kept_elsewhere() {
    let story = Story::begins().await;
    let case = story.press().await;
    notes(&story.service, case, NOTES).await;
    let kept = story.keep("kept.json").await;
    assert!(kept.tree_size > 256);
    notes(&story.service, case, 2).await;
    story.keep("later.json").await;
    story.prove_growth("kept.json", "growth.json").await.expect("it grew");
    verify(&story.file("growth.json"), &story.key().await).expect("whole");

    // One word, and then every hash, the tree and the checkpoints after it.
    story.forge("UPDATE ledger SET facts = facts || ' ' WHERE seq = 7").await;
    story.rehash().await;
    let found = story.is_that_of("kept.json").await.expect_err("found");
    assert!(found.contains("all hashes fit, but entries 1 to 256"), "{found}");
    story.forge("DELETE FROM checkpoints; DELETE FROM ledger_nodes; UPDATE ledger_tree SET size = 0").await;
    assert!(story.service.store.verify_ledger().await.unwrap().is_ok(), "the chain does not tell");
    let anew = story.keep("anew.json").await;
    assert!(anew.tree_size > kept.tree_size);
    story.is_that_of("anew.json").await.expect("it is signed as it is now");
    let found = story.is_that_of("kept.json").await.expect_err("found");
    assert!(found.contains("written anew as a whole"), "{found}");
    let found = story.prove_growth("kept.json", "no-growth.json").await.expect_err("found");
    assert!(found.contains("proof of growth"), "{found}");

    // And one that is shorter than it was.
    story.forge("DELETE FROM ledger WHERE seq > 200; UPDATE ledger_head SET seq = 200").await;
    let found = story.is_that_of("kept.json").await.expect_err("found");
    assert!(found.contains("it has 200 entries"), "{found}");
}

#[tokio::test]
async fn a_checkpoint_of_somebody_else_or_changed_in_any_byte_is_refused() {
    let story = Story::begins().await;
    story.press().await;
    let kept = story.keep("kept.json").await;
    let mut forged = kept.clone();
    forged.tree_size += 1;
    std::fs::write(story.file("forged.json"), serde_json::to_vec(&forged).unwrap()).unwrap();
    let found = story.is_that_of("forged.json").await.expect_err("found");
    assert!(found.contains("checkpoint: its signature"), "{found}");
    let secret = Secret::parse("Z4Zq0i7hJ3xW9sT1vB6nM2kL8yR5cD0eF3gH7aU1oQI");
    let other = Signer::new(&secret.unwrap()).unwrap();
    let other = key::sign(&other, kept.log, kept.tree_size, &[7; 32], kept.at_ms);
    std::fs::write(story.file("other.json"), serde_json::to_vec(&other).unwrap()).unwrap();
    let found = story.is_that_of("other.json").await.expect_err("found");
    assert!(found.contains("another key"), "{found}");
    let taken = Proofs::Checkpoint { now: false, out: story.file("kept.json") };
    assert!(story.run(taken).await.is_err(), "a file that is kept is not written over");
}

#[tokio::test]
async fn proof_files_are_whole_without_the_service_and_with_the_workers_key_erased() {
    let story = Story::begins().await;
    let key = story.key().await;
    let case = story.press().await;
    story.press().await;
    notes(&story.service, case, 4).await;
    story.keep("old.json").await;
    story.prove_case(CaseArg::Id(case), "old-case.json").await.expect("proved");
    sqlx::query("DELETE FROM subject_keys").execute(&story.service.db).await.expect("erased");
    story.is_that_of("old.json").await.expect("the ledger is what it was");
    notes(&story.service, case, 1).await;
    story.keep("new.json").await;
    story.prove_growth("old.json", "growth.json").await.expect("it grew");
    let number = story.service.count("SELECT max(case_no) FROM cases").await;
    story.prove_case(CaseArg::Number(number), "other-case.json").await.expect("proved");
    for name in ["old.json", "new.json", "growth.json", "old-case.json", "other-case.json"] {
        verify(&story.file(name), &key).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
    }
    let known: LedgerKey = serde_json::from_slice(&std::fs::read(&key).unwrap()).unwrap();
    for name in ["old.json", "growth.json", "other-case.json"] {
        every_byte_counts(&std::fs::read(story.file(name)).unwrap(), &known);
    }
}

/// Nothing stands in a file that is not checked.
fn every_byte_counts(file: &[u8], known: &LedgerKey) {
    let known = [known.clone()];
    let check = |bytes: &[u8]| ProofFile::read(bytes)?.verify(&known);
    check(file).expect("whole");
    for at in 0..file.len() - 1 {
        let mut changed = file.to_vec();
        changed[at] ^= 1;
        let fault = check(&changed).expect_err("refused").to_string();
        assert!(fault.starts_with("broken: ") || fault.starts_with("unreadable: "), "{fault}");
    }
}

#[tokio::test]
async fn what_is_changed_in_a_proof_is_named() {
    let story = Story::begins().await;
    let key = story.key().await;
    let case = story.press().await;
    notes(&story.service, case, 4).await;
    story.keep("old.json").await;
    notes(&story.service, case, 4).await;
    story.keep("new.json").await;
    story.prove_growth("old.json", "growth.json").await.expect("it grew");
    story.prove_case(CaseArg::Id(case), "case.json").await.expect("proved");
    let named = |file: &str, pointer: &str, to: &str| {
        let text = std::fs::read(story.file(file)).unwrap();
        let mut json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        *json.pointer_mut(pointer).expect(pointer) = serde_json::from_str(to).unwrap();
        std::fs::write(story.file("changed.json"), json.to_string()).unwrap();
        verify(&story.file("changed.json"), &key).expect_err(pointer)
    };
    let zeros = format!("\"{}\"", "0".repeat(64));
    let entry = "broken: entry ";
    for (file, pointer, to, wanted) in [
        ("case.json", "/entries/1/facts", "\"{}\"", vec![entry, "words, times or ids"]),
        ("case.json", "/entries/1/at_ms", "5", vec![entry, "words, times or ids"]),
        ("case.json", "/entries/1/leaf", &zeros, vec![entry, "leaf:"]),
        ("case.json", "/entries/1/proof/0", &zeros, vec![entry, "proof:"]),
        ("case.json", "/entries/1/seq", "1000", vec![entry, "seq:"]),
        ("case.json", "/entries/1/sealed", "\"*\"", vec![entry, "sealed:"]),
        ("case.json", "/case_id", "\"00000000-0000-0000-0000-000000000000\"", vec![entry, "case_id:"]),
        ("case.json", "/checkpoint/root", &zeros, vec!["broken: checkpoint", "signature"]),
        ("case.json", "/entries", "[]", vec!["broken: file"]),
        ("growth.json", "/proof/0", &zeros, vec!["broken: proof of growth", "root"]),
        ("growth.json", "/old/tree_size", "1", vec!["broken: old checkpoint", "signature"]),
        ("growth.json", "/new/at_ms", "1", vec!["broken: new checkpoint", "signature"]),
        ("growth.json", "/new/log", "\"00000000-0000-0000-0000-000000000000\"", vec!["new checkpoint"]),
    ] {
        let (is_broken, fault) = named(file, pointer, to);
        assert!(is_broken && wanted.iter().all(|part| fault.contains(part)), "{pointer}: {fault}");
    }
    let (is_broken, fault) = named("case.json", "/format", "\"sos-case-proof/9\"");
    assert!(!is_broken && fault.contains("format"), "{fault}");
    std::fs::write(story.file("changed.json"), "{").unwrap();
    assert!(!verify(&story.file("changed.json"), &key).unwrap_err().0);
    assert!(!verify(&story.file("nowhere.json"), &key).unwrap_err().0);
}

/// Rows behind those that are there, as many as it takes, which no chain holds together.
const MORE: &str = "SELECT 1 FROM cases ORDER BY case_id FOR UPDATE; SELECT 1 FROM ledger_head FOR UPDATE;
    INSERT INTO ledger SELECT h.seq + g, l.at_ms, l.case_id, l.desk_id, l.actor, l.actor_id, 'note',
        NULL, '{\"n\":' || g || '}', l.sealed, l.hash
    FROM ledger l, ledger_head h, generate_series(1, 5000) g WHERE l.seq = 1;
    UPDATE ledger_head SET seq = seq + 5000";

#[tokio::test]
async fn a_long_ledger_that_has_no_tree_yet_gets_it_in_parts_and_every_proof_of_it_holds() {
    let story = Story::begins().await;
    let key = story.key().await;
    // The rows below are none that the service could pass on: whoever is to be heard presses before.
    let (case, other) = (story.press().await, story.press().await);
    story.keep("first.json").await;
    story.forge(MORE).await;
    let middle = story.keep("middle.json").await;
    story.forge(MORE).await;
    let kept = story.keep("kept.json").await;
    assert!(kept.tree_size > middle.tree_size && middle.tree_size > 5_000);

    let mut conn = story.service.db.acquire().await.unwrap();
    sqlx::raw_sql("SET sos.scope = '*'").execute(&mut *conn).await.unwrap();
    let rows = sqlx::query("SELECT * FROM ledger ORDER BY seq LIMIT $1");
    let rows = rows.bind(i64::try_from(kept.tree_size).unwrap()).fetch_all(&mut *conn).await.unwrap();
    let leaves: Vec<_> = rows.iter().map(|row| sos_core::merkle::leaf(&read(row).entry())).collect();
    assert_eq!(kept.root, hex(&sos_core::merkle::root(&leaves)));

    for name in ["first.json", "middle.json", "kept.json"] {
        story.is_that_of(name).await.expect("it is");
        let growth = format!("growth-{name}");
        story.prove_growth(name, &growth).await.expect("it grew");
        verify(&story.file(&growth), &key).expect("whole");
    }
    for (case, name) in [(case, "case.json"), (other, "other.json")] {
        story.prove_case(CaseArg::Id(case), name).await.expect("proved");
        verify(&story.file(name), &key).expect("whole");
    }
}
