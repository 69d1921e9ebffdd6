//! The program as an operator meets it: exit status, and what is told where.

use crate::support::{freshtrack, printed};

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
        &["user"],
        &["user", "add", "--org", "Corner"],
        &[
            "user", "add", "--org", "Corner", "--email", "a@b", "--role", "chef",
        ],
        &[
            "user", "add", "--org", "Corner", "--email", "nobody", "--role", "owner",
        ],
        &["webhook-key", "add", "--org", "Corner"],
        &["token", "--email", "a@b", "--ttl", "31d"],
    ] {
        let output = freshtrack(folder.path(), arguments, &[], "");
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
    for arguments in [
        &["check-config"][..],
        &["serve", "--demo"],
        &["migrate"],
        &["token", "--email", "a@b"],
    ] {
        let output = freshtrack(folder.path(), arguments, &variables, "");
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
    let output = freshtrack(folder.path(), &["check-config"], &[], "");
    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout);
    assert!(shown.contains("[server]\n"), "{shown}");
    assert!(
        shown.contains("bind = \"127.0.0.1:3000\" # default\n"),
        "{shown}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_a_chore_refuses_is_told_and_exits_1() {
    let folder = tempfile::tempdir().unwrap();
    let user = |organization, email, role, password| {
        let arguments = [
            "user",
            "add",
            "--org",
            organization,
            "--email",
            email,
            "--role",
            role,
        ];
        freshtrack(folder.path(), &arguments, &[], password)
    };
    let made = user("Corner", "owner@corner.example", "owner", "correct horse\n");
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let run = |arguments: &[&str]| freshtrack(folder.path(), arguments, &[], "");
    for (output, told) in [
        (
            user("Corner", "a@b", "staff", "sevench\n"),
            "must be 8 to 1024 characters",
        ),
        (
            user("Corner", "a@b", "staff", ""),
            "must be 8 to 1024 characters",
        ),
        (
            user("Corner", "OWNER@corner.example", "staff", "correct horse\n"),
            "has this e-mail address already",
        ),
        (
            user("corner", "a@b", "staff", "correct horse\n"),
            "no organization has this id or name",
        ),
        (
            run(&["webhook-key", "add", "--org", "Other", "--name", "ttn"]),
            "no organization has this id or name",
        ),
        (
            run(&["token", "--email", "a@b"]),
            "nobody has this e-mail address",
        ),
    ] {
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(text(&output.stderr).contains(told), "{output:?}");
        assert_eq!(text(&output.stdout), "", "{told}");
    }
}

#[test]
fn a_chore_prints_what_it_made_and_logs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let add = [
        "user",
        "add",
        "--org",
        "Corner Café",
        "--email",
        "Owner@corner.example",
        "--role",
        "owner",
        "--name",
        "Olga",
    ];
    let user = freshtrack(folder.path(), &add, &[], "correct horse\r\n");
    let organization = printed(&user, "organization-id");
    for (name, value) in [
        ("organization", "Corner Café"),
        ("email", "owner@corner.example"),
        ("name", "Olga"),
        ("role", "owner"),
        ("made", "organization and user"),
    ] {
        assert_eq!(printed(&user, name), value);
    }
    let add = [
        "webhook-key",
        "add",
        "--org",
        &organization,
        "--name",
        "ttn",
    ];
    let key = freshtrack(folder.path(), &add, &[], "");
    assert_eq!(printed(&key, "organization"), "Corner Café");
    let secret = printed(&key, "secret");
    assert_eq!(secret.len(), 43, "{secret}");
    let token = ["token", "--email", "owner@corner.example", "--ttl", "1h"];
    let token = freshtrack(folder.path(), &token, &[], "");
    assert_eq!(text(&token.stdout).matches('.').count(), 2);
    for output in [&user, &key, &token] {
        assert_eq!(
            (output.status.code(), text(&output.stderr)),
            (Some(0), String::new())
        );
        assert!(!text(&output.stdout).contains("correct horse"));
    }
    let database = std::fs::read(folder.path().join("data/freshtrack.db")).unwrap();
    assert!(!text(&database).contains(&secret), "only its hash is kept");
}
