use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;

const STRONG: &str = "Jmb9cGx0m1vQqkW8yT4uZr2nLhE7sAfD";

fn environment(variables: &[(&str, &str)]) -> Source {
    let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    Source {
        environment: variables.iter().map(owned).collect(),
        ..Source::default()
    }
}

fn file(text: &str) -> (tempfile::TempDir, Source) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fresh.toml");
    std::fs::write(&path, text).unwrap();
    let source = Source {
        file: Some(path),
        ..Source::default()
    };
    (folder, source)
}

/// What is refused of each mistake: key and start of what is allowed.
fn refused(source: &Source) -> Vec<(String, String)> {
    Config::load(source)
        .unwrap_err()
        .mistakes
        .into_iter()
        .map(|mistake| (mistake.key, mistake.allowed))
        .collect()
}

#[test]
fn without_any_layer_it_is_a_local_server_on_sqlite() {
    let config = Config::load(&Source::default()).unwrap();
    assert_eq!(config.server.bind, "127.0.0.1:3000".parse().unwrap());
    assert!(config.server.node_id.as_str().starts_with("node-"));
    assert_eq!(
        config.server.allowed_origins,
        AllowedOrigins::Listed(vec![])
    );
    let path = PathBuf::from("data/freshtrack.db");
    assert_eq!(config.database, Database::Sqlite { path });
    let secret = PathBuf::from("data/jwt.secret");
    assert_eq!(config.auth.jwt_secret, JwtSecret::Kept(secret));
    assert_eq!(config.auth.access_ttl, Duration::from_secs(900));
    assert_eq!(config.socket.max_payload, 1_000_000);
    assert_eq!(config.quarantine.max_age, Duration::from_secs(30 * 86_400));
    assert_eq!(config.clock.offset_file, None);
    assert_eq!(config.log.level, log::LevelFilter::Info);
    assert_eq!(config.demo, Demo::Off);
}

#[test]
fn every_key_of_the_default_file_is_read() {
    let (raw, mistakes) = RawConfig::layered(&Source::default());
    assert_eq!(mistakes, []);
    let mut checker = Checker::new(&raw, mistakes);
    check_sections(&mut checker, Demo::Off).unwrap();
    let known: Vec<_> = raw.keys().collect();
    let read: Vec<_> = checker.read.iter().map(String::as_str).collect();
    assert_eq!(read, known);
}

#[test]
fn every_key_of_the_default_file_has_a_comment_above_it() {
    let lines: Vec<_> = raw::DEFAULT.lines().collect();
    let bare: Vec<_> = lines
        .windows(2)
        .filter(|pair| pair[1].contains(" = ") && !pair[1].starts_with('#'))
        .filter(|pair| !pair[0].starts_with('#'))
        .collect();
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let (_folder, mut source) = file(
        "[server]\nbind = \"127.0.0.1:4000\"\nallowed_origins = [\"http://a:1\"]\n[ingest]\ngroup = 8\n",
    );
    source.environment = environment(&[
        ("FRESHTRACK__SERVER__BIND", "[::1]:5000"),
        (
            "FRESHTRACK__SERVER__ALLOWED_ORIGINS",
            " http://b:1, https://c ,",
        ),
        ("FRESHTRACK__SOCKET__PING_INTERVAL_MS", " 300 "),
        ("FRESHTRACK__STORAGE__DATA_DIR", "/srv/fresh"),
        ("FRESHTRACK_OTHER", "not ours"),
    ])
    .environment;
    let config = Config::load(&source).unwrap();
    assert_eq!(config.server.bind, "[::1]:5000".parse().unwrap());
    let origins = vec!["http://b:1".to_owned(), "https://c".to_owned()];
    assert_eq!(
        config.server.allowed_origins,
        AllowedOrigins::Listed(origins)
    );
    assert_eq!(config.ingest.group, 8);
    assert_eq!(config.socket.ping_interval, Duration::from_millis(300));
    let path = PathBuf::from("/srv/fresh/freshtrack.db");
    assert_eq!(config.database, Database::Sqlite { path });
}

#[test]
fn every_mistake_is_told_in_one_run() {
    let (folder, mut source) = file(
        "bnd = 1\n[server]\nbind = \"localhost\"\nnode_id = \"a b\"\n[sokcet]\nping_timeout_ms = 1\n[ingest]\ngroup = \"8\"\n",
    );
    source.environment = environment(&[
        ("FRESHTRACK__SOCKET__PING_INTERVAL", "300"),
        ("FRESHTRACK__SOCKET__PING_TIMEOUT_MS", "soon"),
        ("FRESHTRACK__DATABASE__URL", "mysql://me:word@db/fresh"),
        ("FRESHTRACK__LOG__LEVEL", "loud"),
    ])
    .environment;
    let path = folder.path().join("fresh.toml").display().to_string();
    let told = Config::load(&source).unwrap_err().to_string();
    let expected = [
        "configuration refused, 9 mistakes:".to_owned(),
        format!("  bnd = 1 ({path}): unknown key; the nearest known one is server.bind"),
        format!("  sokcet.ping_timeout_ms = 1 ({path}): unknown key; the nearest known one is socket.ping_timeout_ms"),
        "  FRESHTRACK__SOCKET__PING_INTERVAL = \"300\" (FRESHTRACK__SOCKET__PING_INTERVAL): unknown key; the nearest known one is FRESHTRACK__SOCKET__PING_INTERVAL_MS".to_owned(),
        format!("  server.bind = \"localhost\" ({path}): must be an IP address and a port, as 127.0.0.1:3000"),
        format!("  server.node_id = \"a b\" ({path}): must be 1 to 64 of A-Z a-z 0-9 . _ -, or empty"),
        "  database.url = \"mysql://me:********@db/fresh\" (FRESHTRACK__DATABASE__URL): must be postgres://USER:PASSWORD@HOST/DATABASE, sqlite://PATH with the path of a file, or empty".to_owned(),
        "  socket.ping_timeout_ms = \"soon\" (FRESHTRACK__SOCKET__PING_TIMEOUT_MS): must be a whole number from 100 to 600000".to_owned(),
        format!("  ingest.group = \"8\" ({path}): must be a whole number from 1 to 4096"),
        "  log.level = \"loud\" (FRESHTRACK__LOG__LEVEL): must be off, error, warn, info, debug or trace".to_owned(),
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_number_outside_its_range_is_refused() {
    for (name, key, value) in [
        (
            "FRESHTRACK__SOCKET__PING_INTERVAL_MS",
            "socket.ping_interval_ms",
            "99",
        ),
        ("FRESHTRACK__INGEST__QUEUE", "ingest.queue", "0"),
        ("FRESHTRACK__INGEST__QUEUE", "ingest.queue", "-1"),
        (
            "FRESHTRACK__INGEST__QUEUE",
            "ingest.queue",
            "99999999999999999999",
        ),
        (
            "FRESHTRACK__STORAGE__READ_CONNECTIONS",
            "storage.read_connections",
            "65",
        ),
        ("FRESHTRACK__SHUTDOWN__DRAIN_MS", "shutdown.drain_ms", "2.5"),
        ("FRESHTRACK__SHUTDOWN__DRAIN_MS", "shutdown.drain_ms", ""),
    ] {
        let mistakes = refused(&environment(&[(name, value)]));
        assert_eq!(mistakes.len(), 1, "{name}={value}");
        assert_eq!(mistakes[0].0, key);
        assert!(mistakes[0].1.starts_with("must be a whole number from "));
    }
}

#[test]
fn an_address_that_others_reach_needs_a_strong_secret_the_real_clock_and_no_demo() {
    for (bind, secret, offset_file, demo, expected) in [
        ("0.0.0.0:3000", STRONG, "", Demo::Off, vec![]),
        ("0.0.0.0:3000", "", "", Demo::Off, vec!["auth.jwt_secret"]),
        (
            "[::]:3000",
            "secret",
            "",
            Demo::Off,
            vec!["auth.jwt_secret"],
        ),
        (
            "10.0.0.1:80",
            STRONG,
            "offset",
            Demo::Off,
            vec!["clock.offset_file"],
        ),
        ("10.0.0.1:80", STRONG, "", Demo::Seeded, vec!["--demo"]),
        (
            "10.0.0.1:80",
            "",
            "offset",
            Demo::Played,
            vec!["auth.jwt_secret", "clock.offset_file", "--demo"],
        ),
        ("127.0.0.1:3000", "", "offset", Demo::Played, vec![]),
        ("[::ffff:127.0.0.1]:3000", "weak", "", Demo::Seeded, vec![]),
    ] {
        let source = Source {
            demo,
            ..environment(&[
                ("FRESHTRACK__SERVER__BIND", bind),
                ("FRESHTRACK__AUTH__JWT_SECRET", secret),
                ("FRESHTRACK__CLOCK__OFFSET_FILE", offset_file),
            ])
        };
        let keys: Vec<_> = match Config::load(&source) {
            Ok(config) => {
                assert_eq!(config.demo, demo);
                vec![]
            }
            Err(refused) => refused.mistakes.into_iter().map(|m| m.key).collect(),
        };
        assert_eq!(keys, expected, "{bind} {secret} {offset_file} {demo:?}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_mistake_that_shows_none_of_its_lines() {
    let missing = Source {
        file: Some(Path::new("/nowhere/fresh.toml").to_owned()),
        ..Source::default()
    };
    let mistakes = refused(&missing);
    assert_eq!(mistakes[0].0, "--config");
    assert!(mistakes[0].1.contains("No such file"), "{mistakes:?}");

    let (_folder, broken) = file("[auth]\njwt_secret = \"abc\n");
    let mistakes = refused(&broken);
    assert_eq!(mistakes[0].0, "--config");
    assert!(mistakes[0].1.contains("line 2"), "{mistakes:?}");
    assert!(!mistakes[0].1.contains("abc"), "{mistakes:?}");
}

#[test]
fn what_is_in_force_can_be_read_again_and_shows_no_secret() {
    let shown = effective(&environment(&[
        ("FRESHTRACK__AUTH__JWT_SECRET", STRONG),
        ("FRESHTRACK__INGEST__GROUP", "8"),
    ]))
    .unwrap();
    assert!(shown.contains("jwt_secret = \"********\" # FRESHTRACK__AUTH__JWT_SECRET\n"));
    assert!(shown.contains("bind = \"127.0.0.1:3000\" # default\n"));
    assert!(!shown.contains(STRONG));
    let (_folder, again) = file(&shown);
    assert_eq!(Config::load(&again).unwrap().ingest.group, 8);
}
