//! Embeds `socket.io-client` for the page, if npm has installed it under `dashboard/`; without it the server has no
//! such route, and the page says so.

use std::{env, error::Error, fs, path::PathBuf};

const INSTALLED: &str = "dashboard/node_modules/socket.io-client/dist/socket.io.min.js";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let is_installed = fs::exists(INSTALLED)?;
    let expression = if is_installed {
        fs::copy(INSTALLED, out.join("socket.io.min.js"))?;
        r#"Some(include_bytes!(concat!(env!("OUT_DIR"), "/socket.io.min.js")) as &[u8])"#
    } else {
        "None"
    };
    fs::write(out.join("client_bundle.rs"), expression)?;
    // A path that is not there would run this, and build everything again, each time.
    let watched = if is_installed { INSTALLED } else { "dashboard" };
    println!("cargo::rerun-if-changed={watched}");
    Ok(())
}
