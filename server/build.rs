//! Watches what is built into the binary. Never runs npm: a release without the console is refused, a debug build
//! reads the console's files when it serves.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=console/dist/index.html");
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    assert!(
        !release || Path::new("console/dist/index.html").exists(),
        "the console is not built: run `npm ci && npm run build` in server/console before a release build"
    );
}
