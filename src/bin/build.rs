//! How the programs are linked; nothing is generated.
//!
//! On Linux they are linked to a fixed address: a relocatable program has its 23,000 addresses
//! patched at each start, which costs a short command more than its work. What is read and kept
//! at run time (stack, heap, libraries) is placed at random as before.

#![expect(
    clippy::disallowed_methods,
    reason = "cargo tells the target by its environment"
)]

fn main() {
    let target = |name| std::env::var(name).unwrap_or_default();
    if target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    println!("cargo:rerun-if-changed=src/bin/build.rs");
}
