//! libFuzzer around the targets of `sos-fuzz`; `FUZZ_TARGET` names the one to run. Started by `ops/fuzz`.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static TARGET: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    match sos_fuzz::TARGETS.iter().find(|(name, _)| *name == wanted) {
        Some((_, target)) => *target,
        None => panic!("FUZZ_TARGET: there is no target {wanted:?}"),
    }
});

fuzz_target!(|data: &[u8]| TARGET(data));
