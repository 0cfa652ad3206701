//! Every input that is kept in a corpus of `tests/fuzz`, through the target it is kept for.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_input_of_every_corpus_keeps_the_promises() {
    let mut broken = vec![];
    for (name, target) in sos_fuzz::TARGETS {
        let folder = corpus().join(name);
        let inputs = names(&folder);
        assert!(!inputs.is_empty(), "{name} has no corpus");
        for input in inputs {
            let data = std::fs::read(folder.join(&input)).unwrap();
            if catch_unwind(|| target(&data)).is_err() {
                broken.push(format!("{name}/{input}"));
            }
        }
    }
    assert!(broken.is_empty(), "promises broken (each said above how): {broken:#?}");
}

#[test]
fn there_is_a_target_for_every_corpus() {
    let mut targets: Vec<_> = sos_fuzz::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    targets.sort_unstable();
    assert_eq!(names(&corpus()), targets);
}
