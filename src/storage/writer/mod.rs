//! The only way into the database: jobs in, answers out after the commit.
//!
//! `ingest`, `operations` and `jobs` submit; one task takes a job, drains what else waits, and runs the group in
//! one transaction. Bounds: the queue holds `queue` jobs, over it a submitter waits [`QUEUE_WAIT`] and is then
//! refused as unavailable; a group holds `group` jobs; what another node's lock blocks waits in bounded `lanes`. A group whose data is refused is halved until the job at
//! fault stands alone: an uplink goes to quarantine, anything else is answered with the error. What a
//! repetition may cure is tried [`TRIES`] times.

mod decisions;
mod group;
pub mod job;
mod lanes;
pub(super) mod postgres;
mod process;
pub(super) mod sqlite;
pub(super) mod unit_of_work;
mod write;

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use self::job::{
    Acknowledged, Acknowledgement, Due, Edited, Job, RuleEdit, Stored, UnitEdit, Uplink,
};
use super::{StoreError, statements::Statements};

pub(super) use group::run;

/// How long a submitter waits for a place in the queue.
const QUEUE_WAIT: Duration = Duration::from_secs(1);

/// How often a group is tried when the database is busy or away.
const TRIES: usize = 3;

/// A message to the writer's task.
pub(super) enum Message {
    /// Do it, and answer.
    Job(Job),
    /// Do what was asked before, and end.
    Stop(oneshot::Sender<()>),
}

/// The handle that others submit by; cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Message>,
}

impl Writer {
    /// A writer and the end that its task reads; `capacity` jobs may wait.
    pub(super) fn channel(capacity: usize) -> (Self, mpsc::Receiver<Message>) {
        let (queue, jobs) = mpsc::channel(capacity);
        (Self { queue }, jobs)
    }

    /// Whether no further job finds a place just now.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.queue.capacity() == 0
    }

    /// Stores an uplink's readings and decides on them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it could not be made durable.
    pub async fn store(&self, uplink: Uplink) -> Result<Stored, StoreError> {
        self.submit(|reply| Job::Uplink {
            uplink: Box::new(uplink),
            moves: 0,
            reply,
        })
        .await
    }

    /// Looks at a deadline that may be due.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database cannot be asked.
    pub async fn due(&self, due: Due) -> Result<(), StoreError> {
        self.submit(|reply| Job::Due(due, reply)).await
    }

    /// Takes an alert on in somebody's name.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it could not be made durable.
    pub async fn acknowledge(
        &self,
        acknowledgement: Acknowledgement,
    ) -> Result<Acknowledged, StoreError> {
        self.submit(|reply| Job::Acknowledge(Box::new(acknowledgement), reply))
            .await
    }

    /// Makes or changes a rule and judges every unit in its scope anew.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses the values or is unavailable.
    pub async fn write_rule(&self, edit: RuleEdit) -> Result<Edited, StoreError> {
        self.submit(|reply| Job::Rule(Box::new(edit), reply)).await
    }

    /// Changes or archives a unit under its lock.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses the values or is unavailable.
    pub async fn edit_unit(&self, edit: UnitEdit) -> Result<Edited, StoreError> {
        self.submit(|reply| Job::Unit(Box::new(edit), reply)).await
    }

    /// Runs statements that need no decision in one transaction; the rows touched by each.
    ///
    /// # Errors
    /// [`StoreError`] if the database refuses the values or is unavailable; nothing is written then.
    pub async fn run(&self, statements: Statements) -> Result<Vec<usize>, StoreError> {
        self.submit(|reply| Job::Statements(statements, reply))
            .await
    }

    /// Ends the writer after what was submitted before; later jobs are refused as unavailable.
    pub async fn stop(&self) {
        let (done, ended) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            // An error means that the task ended by itself.
            ended.await.unwrap_or_default();
        }
    }

    async fn submit<T>(&self, job: impl FnOnce(job::Reply<T>) -> Job) -> Result<T, StoreError> {
        let place = tokio::time::timeout(QUEUE_WAIT, self.queue.reserve())
            .await
            .map_err(|_| StoreError::Unavailable("the writer's queue is full".to_owned()))?
            .map_err(|_| stopped())?;
        let (reply, answer) = oneshot::channel();
        place.send(Message::Job(job(reply)));
        answer.await.map_err(|_| stopped())?
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable("the writer has stopped".to_owned())
}
