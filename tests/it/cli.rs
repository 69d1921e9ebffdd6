//! The program as an operator meets it: exit status, and what is told where.

use std::path::Path;
use std::process::{Command, Output};

fn freshtrack(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_freshtrack"))
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn wrong_usage_exits_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &[][..],
        &["fly"],
        &["serve", "--no-sensors"],
        &["serve", "--config"],
        &["check-config", "--demo"],
        &["simulate", "--rate", "0"],
        &["simulate", "--scenario", "fire"],
        &["simulate", "--url", "127.0.0.1:3000"],
        &["simulate", "--dev-eui", "A84041"],
        &["simulate", "--units", "2", "--dev-eui", "A840410000000001"],
    ] {
        let output = freshtrack(folder.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains("--help"), "{arguments:?}");
    }
}

#[test]
fn a_refused_configuration_exits_1_and_tells_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("FRESHTRACK__SERVER__BIND", "0.0.0.0:0"),
        ("FRESHTRACK__SERVER__NODEID", "a"),
    ];
    for arguments in [&["check-config"][..], &["serve", "--demo"], &["migrate"]] {
        let output = freshtrack(folder.path(), arguments, &variables);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = text(&output.stderr);
        assert!(
            told.contains("auth.jwt_secret = \"\" (default): must be"),
            "{told}"
        );
        assert!(
            told.contains("nearest known one is FRESHTRACK__SERVER__NODE_ID"),
            "{told}"
        );
        assert_eq!(
            told.contains("--demo"),
            arguments.contains(&"--demo"),
            "{told}"
        );
        assert_eq!(text(&output.stdout), "");
    }
}

#[test]
fn checking_a_configuration_prints_it_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = freshtrack(folder.path(), &["check-config"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout);
    assert!(shown.contains("[server]\n"), "{shown}");
    assert!(
        shown.contains("bind = \"127.0.0.1:3000\" # default\n"),
        "{shown}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
