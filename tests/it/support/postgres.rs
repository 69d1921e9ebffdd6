//! PostgreSQL servers of the tests: one that all of them share, a database each, and own ones to stop and to restart.
//!
//! Nothing listens on the network. A server belongs to whoever holds a lock on its lock file: when the last process has
//! gone, however it went, a watchdog stops the server and removes its folder.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Where Debian keeps the servers, a folder per version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Of the server's own user where the tests run as root, which PostgreSQL refuses.
const SERVER_USER: &str = "postgres";

/// For tests that need no more than a stop keeps: nothing waits for the disk.
const FORGETFUL: &str = "-c fsync=off -c shared_buffers=64MB";

/// A database of its own on the shared server.
#[allow(dead_code, reason = "benches have servers of their own")]
pub(crate) struct TestDatabase {
    server: Server,
    name: String,
}

#[allow(dead_code, reason = "benches have servers of their own")]
impl TestDatabase {
    /// Makes an empty one; starts the server if this is the first.
    pub(crate) fn create() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let server = Server::shared();
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        server.sql("postgres", &format!("DROP DATABASE IF EXISTS {name}"));
        server.sql("postgres", &format!("CREATE DATABASE {name}"));
        Self { server, name }
    }

    /// As the configuration takes it.
    pub(crate) fn url(&self) -> String {
        self.server.url(&self.name)
    }

    /// The first column of the rows that a query gives.
    pub(crate) fn rows(&self, query: &str) -> Vec<String> {
        self.server.rows(&self.name, query)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // The server may have other plans at the end of a failed test; the folder goes anyway.
        let _ = self
            .server
            .psql(
                "postgres",
                &format!("DROP DATABASE {} WITH (FORCE)", self.name),
            )
            .status();
    }
}

/// A running server.
pub(crate) struct Server {
    folder: PathBuf,
    is_own: bool,
    /// `-c NAME=VALUE ...`, over the defaults.
    settings: &'static str,
    /// Held shared as long as the server is needed.
    _lock: File,
}

impl Server {
    #[allow(dead_code, reason = "benches have servers of their own")]
    fn shared() -> Self {
        let user = identity("-u");
        let folder = std::env::temp_dir().join(format!("freshtrack-postgres-{user}"));
        Self::in_folder(folder, false, FORGETFUL)
    }

    /// One that nobody else uses.
    #[allow(dead_code, reason = "not all who share this file restart a server")]
    pub(crate) fn own() -> Self {
        Self::in_own_folder(FORGETFUL)
    }

    /// One that nobody else uses, whose commits reach the disk.
    #[allow(dead_code, reason = "only the benches measure")]
    pub(crate) fn durable() -> Self {
        Self::in_own_folder("-c shared_buffers=512MB -c max_wal_size=4GB")
    }

    fn in_own_folder(settings: &'static str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("freshtrack-postgres-{}-{number}", std::process::id());
        Self::in_folder(std::env::temp_dir().join(name), true, settings)
    }

    fn in_folder(folder: PathBuf, is_own: bool, settings: &'static str) -> Self {
        let lock = open(&folder.with_extension("lock"));
        lock.lock_shared().unwrap();
        let starting = open(&folder.with_extension("starting"));
        starting.lock().unwrap();
        let server = Self {
            folder,
            is_own,
            settings,
            _lock: lock,
        };
        if !server.is_up() {
            server.make();
            server.start();
            server.watch();
        }
        starting.unlock().unwrap();
        server
    }

    /// As the configuration takes it, for this database.
    pub(crate) fn url(&self, database: &str) -> String {
        format!(
            "postgres:///{database}?host={}&user={SERVER_USER}",
            self.folder.display()
        )
    }

    fn is_up(&self) -> bool {
        let ready = program("pg_isready")
            .args(["-q", "-h"])
            .arg(&self.folder)
            .status();
        ready.is_ok_and(|status| status.success())
    }

    fn make(&self) {
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir(&self.folder).unwrap();
        if identity("-u") == "0" {
            let owner = format!("{SERVER_USER}:");
            done(Command::new("chown").arg(owner).arg(&self.folder));
        }
        done(
            as_server("initdb")
                .args(["-A", "trust", "-U", SERVER_USER, "--no-sync"])
                .args(["--no-locale", "--encoding=UTF8", "-D"])
                .arg(self.data()),
        );
    }

    /// Starts it, and waits until it takes connections.
    pub(crate) fn start(&self) {
        let options = format!(
            "-c listen_addresses= -c max_connections=200 {} -k {}",
            self.settings,
            self.folder.display()
        );
        done(
            as_server("pg_ctl")
                .args(["-w", "-D"])
                .arg(self.data())
                .arg("-l")
                .arg(self.folder.join("log"))
                .args(["-o", &options, "start"]),
        );
    }

    /// Stops it at once: connections are cut, and what had not been committed is lost.
    #[allow(dead_code, reason = "not all who share this file restart a server")]
    pub(crate) fn stop(&self) {
        done(
            as_server("pg_ctl")
                .args(["-w", "-m", "immediate", "-D"])
                .arg(self.data())
                .arg("stop"),
        );
    }

    /// Runs statements as the server's owner.
    pub(crate) fn sql(&self, database: &str, statements: &str) {
        done(&mut self.psql(database, statements));
    }

    /// The first column of the rows that a query gives.
    #[allow(
        dead_code,
        reason = "the storage suite shares this file and reads by its own connections"
    )]
    pub(crate) fn rows(&self, database: &str, query: &str) -> Vec<String> {
        let output = self.psql(database, query).args(["-A", "-t"]).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    fn psql(&self, database: &str, statements: &str) -> Command {
        let mut psql = program("psql");
        psql.args(["-q", "-X", "-v", "ON_ERROR_STOP=1", "-U", SERVER_USER, "-h"])
            .arg(&self.folder)
            .args(["-d", database, "-c", statements]);
        psql
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Leaves a process that ends the server once nobody holds its lock.
    #[expect(clippy::zombie_processes, reason = "it outlives this one")]
    fn watch(&self) {
        // The lock file, what is run under its lock, and what else goes.
        const SCRIPT: &str = r#"
            lock=$1 stop=$2; shift 2
            while sleep 2; do
                flock -x -n -E 75 "$lock" "$stop"
                [ $? -eq 75 ] || break
            done
            rm -f "$@""#;
        let mut watchdog = Command::new("setsid");
        watchdog.arg("sh").args(["-c", SCRIPT, "-"]);
        watchdog
            .arg(self.folder.with_extension("lock"))
            .arg(self.folder.join("stop"));
        if self.is_own {
            watchdog.args(["lock", "starting"].map(|end| self.folder.with_extension(end)));
        }
        let stop = format!(
            "#!/bin/sh\ncd /\n{} -w -m immediate -D '{}' stop\nrm -rf '{}'\n",
            as_server_line("pg_ctl").join(" "),
            self.data().display(),
            self.folder.display()
        );
        write_program(&self.folder.join("stop"), &stop);
        watchdog
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
    }
}

fn write_program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn open(path: &Path) -> File {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .unwrap()
}

fn done(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => {}
        other => panic!("{command:?}: {other:?}; is PostgreSQL installed (Debian: postgresql)?"),
    }
}

fn identity(option: &str) -> String {
    let output = Command::new("id").arg(option).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A program of the newest PostgreSQL that is installed.
fn path_of(name: &str) -> PathBuf {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path().join("bin").join(name))
        .filter(|path| path.exists())
        .max();
    newest.unwrap_or_else(|| PathBuf::from(name))
}

fn program(name: &str) -> Command {
    Command::new(path_of(name))
}

/// The same, as the user that a server may run as.
fn as_server_line(name: &str) -> Vec<String> {
    let program = path_of(name).display().to_string();
    if identity("-u") != "0" {
        return vec![program];
    }
    [
        "setpriv",
        "--reuid",
        SERVER_USER,
        "--regid",
        SERVER_USER,
        "--clear-groups",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([program])
    .collect()
}

fn as_server(name: &str) -> Command {
    let line = as_server_line(name);
    let mut command = Command::new(&line[0]);
    // A folder that the server's user may be in.
    command.args(&line[1..]).current_dir("/");
    command
}
