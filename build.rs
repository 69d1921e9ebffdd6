//! Embeds the bundles of `socket.io-client`, if npm has installed it under `dashboard/`; without them the server has no
//! such routes, and the page says so.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

const INSTALLED: &str = "dashboard/node_modules/socket.io-client";
const BUNDLES: [&str; 3] = [
    "socket.io.min.js",
    "socket.io.esm.min.js",
    "socket.io.msgpack.min.js",
];

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let is_installed = fs::exists(INSTALLED)?;
    let expression = if is_installed {
        bundles(&out)?
    } else {
        "None".to_owned()
    };
    fs::write(out.join("client_bundles.rs"), expression)?;
    // A path that is not there would run this, and build everything again, each time.
    let watched = if is_installed { INSTALLED } else { "dashboard" };
    println!("cargo::rerun-if-changed={watched}");
    Ok(())
}

/// Copies the bundles; the expression of the version and the files.
fn bundles(out: &Path) -> Result<String, Box<dyn Error>> {
    let installed = Path::new(INSTALLED);
    let manifest = fs::read_to_string(installed.join("package.json"))?;
    let version = version(&manifest).ok_or("socket.io-client has no version")?;
    let mut files = String::new();
    for name in BUNDLES {
        fs::copy(installed.join("dist").join(name), out.join(name))?;
        files += &format!(
            r#"({name:?}, include_bytes!(concat!(env!("OUT_DIR"), "/", {name:?})) as &[u8]),"#
        );
    }
    Ok(format!("Some(({version:?}, &[{files}]))"))
}

/// Of `"version": "4.8.4"`, as npm writes it.
fn version(manifest: &str) -> Option<&str> {
    let (_, rest) = manifest.split_once(r#""version": ""#)?;
    rest.split('"').next()
}
