//! Writes `protocol/ts/protocol.ts`. That it is what the Rust types say is checked by a test.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ts/protocol.ts");
    std::fs::write(path, sos_protocol::schema::typescript())
}
