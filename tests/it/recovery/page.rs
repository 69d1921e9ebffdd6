//! A page of `recorder.mjs`, in a Node process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use actix_web::rt::time::timeout;
use tokio::sync::watch;

use crate::support::DEADLINE;

/// See the module; killed when dropped.
pub(super) struct Page {
    child: Child,
    input: Option<ChildStdin>,
    lines: Arc<Mutex<Vec<String>>>,
    /// How many there are; closed with the output.
    count: watch::Receiver<usize>,
}

impl Page {
    /// Opens it, and waits until it is connected.
    pub(super) async fn open(
        server: SocketAddr,
        token: &str,
        transport: &str,
        units: &[&str],
    ) -> Self {
        let script =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/clients/recorder.mjs");
        let url = format!("http://{server}");
        let mut child = Command::new("node")
            .arg(script)
            .args([url.as_str(), token, transport])
            .args(units)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let input = child.stdin.take();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (counted, count) = watch::channel(0);
        let kept = Arc::clone(&lines);
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let count = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(line);
                    kept.len()
                };
                counted.send_replace(count);
            }
        });
        let page = Self {
            child,
            input,
            lines,
            count,
        };
        page.wait_for("connect").await;
        page
    }

    /// Waits for a line that holds this text.
    pub(super) async fn wait_for(&self, text: &str) {
        self.wait_for_lines(text, 1).await;
    }

    /// Waits for so many of them.
    pub(super) async fn wait_for_lines(&self, text: &str, most: usize) {
        let mut count = self.count.clone();
        let there = count.wait_for(|_| {
            let lines = self.lines();
            lines.iter().filter(|line| line.contains(text)).count() >= most
        });
        let came = timeout(2 * DEADLINE, there).await;
        let shown = || {
            self.lines()
                .iter()
                .rev()
                .take(5)
                .cloned()
                .collect::<Vec<_>>()
        };
        assert!(
            matches!(came, Ok(Ok(_))),
            "{text} did not come: {:?}",
            shown()
        );
    }

    /// Closes it; everything that it wrote down.
    pub(super) async fn end(mut self) -> Vec<String> {
        drop(self.input.take());
        let mut count = self.count.clone();
        let ended = async { while count.changed().await.is_ok() {} };
        timeout(DEADLINE, ended).await.unwrap();
        self.lines()
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
