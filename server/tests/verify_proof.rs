//! `sos-server admin verify-proof`, as somebody runs it who has nothing but the program, a file and a key.

use std::path::Path;
use std::process::{Command, Output};

use sos_core::merkle;
use sos_protocol::UnixMs;
use sos_server::auth::secret::Secret;
use sos_server::auth::signing::Signer;
use sos_server::checkpoints::proof::Growth;
use sos_server::checkpoints::{Part, key};
use uuid::Uuid;

const SECRET: &str = "p4Zq0i7hJ3xW9sT1vB6nM2kL8yR5cD0eF3gH7aU1oQI";

fn verify(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sos-server"));
    program.env_clear().current_dir(folder).args(["admin", "verify-proof"]).args(args);
    let Output { status, stdout, stderr } = program.output().expect("it runs");
    let said = [stdout, stderr].concat();
    (status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn it_needs_no_settings_and_tells_whole_broken_and_unreadable_apart() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
    let signer = Signer::new(&Secret::parse(SECRET).expect("a secret")).expect("a key");
    let leaves: Vec<_> = [b"a", b"b", b"c"].map(|entry| merkle::leaf(entry)).into();
    let sign = |size: usize| {
        let root = merkle::root(&leaves[..size]);
        key::sign(&signer, Uuid::from_u128(1), size as u64, &root, UnixMs(1_700_000_000_000))
    };
    assert!(key::verify(&sign(2), &[], Part::Checkpoint).is_ok());
    let growth = Growth::new(sign(2), sign(3), &[leaves[2]]);
    let text = serde_json::to_string_pretty(&growth).expect("JSON");
    write("growth.json", &text);
    write("changed.json", &text.replacen("1700000000000", "1700000000001", 1));
    write("cut.json", &text[..text.len() / 2]);
    write("key.json", &serde_json::to_string(signer.public()).expect("JSON"));

    let (code, said) = verify(folder, &["growth.json", "--key", "key.json"]);
    assert_eq!((code, said.as_str()), (Some(0), "whole: the ledger of 3 entries begins with the one of 2\n"));
    let (code, said) = verify(folder, &["growth.json"]);
    assert!(code == Some(0) && said.contains("whose it is was not checked"), "{said}");
    let (code, said) = verify(folder, &["changed.json", "--key", "key.json"]);
    assert!(code == Some(1) && said.contains("broken: old checkpoint: its signature"), "{said}");
    for args in [["cut.json", "--key", "key.json"], ["growth.json", "--key", "cut.json"]] {
        let (code, said) = verify(folder, &args);
        assert!(code == Some(2) && said.contains("unreadable"), "{said}");
    }
    assert_eq!(verify(folder, &["nowhere.json"]).0, Some(2));
}
