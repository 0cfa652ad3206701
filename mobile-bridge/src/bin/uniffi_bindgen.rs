//! Makes the Kotlin, Swift and Python side of the library; of the same version as the library's own side, because it is
//! the same dependency. See `ops/bindings`.

fn main() {
    uniffi::uniffi_bindgen_main();
}
