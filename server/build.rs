//! Watches what is built into the binary. Never runs npm: a release without the two front ends is refused, a debug
//! build reads their files when it serves.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    for (name, page, folder) in [
        ("console", "console/dist/index.html", "server/console"),
        ("worker's app", "../mobile-bridge/app/dist/index.html", "mobile-bridge/app"),
    ] {
        println!("cargo:rerun-if-changed={page}");
        assert!(
            !release || Path::new(page).exists(),
            "the {name} is not built: run `npm ci && npm run build` in {folder} before a release build"
        );
    }
}
