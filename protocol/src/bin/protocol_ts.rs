//! Writes `protocol/ts/protocol.ts`, or with `--check` fails if it is not what the Rust types say.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ts/protocol.ts");
    let wanted = sos_protocol::schema::typescript();
    if std::env::args().any(|arg| arg == "--check") {
        if std::fs::read_to_string(&path).is_ok_and(|found| found == wanted) {
            return ExitCode::SUCCESS;
        }
        eprintln!(
            "protocol/ts/protocol.ts is not what protocol/src says; write it anew with `ops/test ts --write`"
        );
        return ExitCode::FAILURE;
    }
    match std::fs::write(&path, wanted) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
