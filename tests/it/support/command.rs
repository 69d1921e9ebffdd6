//! Commands of the program, run to their end.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs `freshtrack` in `folder` with these arguments and variables, and `input` on its standard input.
pub(crate) fn freshtrack(
    folder: &Path,
    arguments: &[&str],
    variables: &[(&str, &str)],
    input: &str,
) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_freshtrack"))
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may have ended by now.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The value that a command printed under this name.
#[track_caller]
pub(crate) fn printed(output: &Output, name: &str) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let value = text.lines().find_map(|line| {
        let (known, value) = line.split_once(' ')?;
        (known == name).then(|| value.trim().to_owned())
    });
    value.unwrap_or_else(|| panic!("no {name} in {output:?}"))
}
