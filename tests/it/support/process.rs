//! The server as a process of its own, for tests that kill it.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use actix_web::rt::time::timeout;
use actix_web::web::block;

use super::{DATABASE_URL, DEADLINE, Http, database_url};

/// `freshtrack serve --demo`; killed when dropped.
pub(crate) struct ServerProcess {
    /// Calls it.
    pub(crate) http: Http,
    /// Where it listens.
    pub(crate) addr: SocketAddr,
    process: Process,
}

/// Killed when dropped.
struct Process(Child);

impl ServerProcess {
    /// Starts on a free port with its data in `data`, without sensors, and waits until it listens.
    pub(crate) fn start(data: &Path) -> Self {
        Self::serve(data, &["--demo", "--no-sensors"])
    }

    /// The same, with the demo's sensors.
    pub(crate) fn start_playing(data: &Path) -> Self {
        Self::serve(data, &["--demo"])
    }

    fn serve(data: &Path, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_freshtrack"))
            .arg("serve")
            .args(options)
            .env("FRESHTRACK__SERVER__BIND", "127.0.0.1:0")
            .env("FRESHTRACK__STORAGE__DATA_DIR", data)
            .envs(database_url().map(|url| (DATABASE_URL, url)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = child.stderr.take().unwrap();
        let address = listening_address(log);
        Self {
            http: Http::new(format!("http://{address}")),
            addr: address.parse().unwrap(),
            process: Process(child),
        }
    }

    /// SIGTERM: the process stops in order.
    pub(crate) fn ask_to_stop(&self) {
        let pid = self.process.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(sent.success(), "{sent}");
    }

    /// Waits for its end; its exit status.
    pub(crate) async fn exit_code(self) -> Option<i32> {
        let mut process = self.process;
        let ended = block(move || process.0.wait().unwrap().code());
        timeout(DEADLINE, ended).await.unwrap().unwrap()
    }

    /// SIGKILL: the process gets no chance to write anything more.
    pub(crate) fn kill(mut self) {
        self.process.0.kill().unwrap();
        self.process.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The field `addr` of the first log line that has one. The rest of the log is read too, so that the server never waits for us.
fn listening_address(log: impl Read + Send + 'static) -> String {
    let (found, address) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(log).lines().map_while(Result::ok);
        let mut before = Vec::new();
        let told = lines.find_map(|line| {
            let address = line
                .split_once(" addr=")
                .and_then(|(_, rest)| rest.split(' ').next().map(str::to_owned));
            before.push(line);
            address
        });
        let _ = found.send(told.ok_or_else(|| before.join("\n")));
        lines.for_each(drop);
    });
    match address.recv_timeout(DEADLINE) {
        Ok(Ok(address)) => address,
        Ok(Err(log)) => panic!("the server ended before it listened:\n{log}"),
        Err(_) => panic!("the server did not listen in time"),
    }
}
