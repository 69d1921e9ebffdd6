//! The writer's task: takes jobs, forms groups, isolates what fails, answers.

use std::{sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use crate::{
    clock::Clock,
    storage::{Hooks, StoreError, quarantine},
};

use super::{
    Message, TRIES,
    job::{Job, Reply, Stored, Uplink},
    lanes::{self, Lanes},
    process::{Outcome, Processed, process},
    unit_of_work::{Patience, UnitOfWork},
};

/// How often an uplink follows its device to another unit before it is refused as unavailable.
const MOVES: u8 = 3;

/// Runs until it is told to stop or nobody can submit any more.
pub(in crate::storage) async fn run<U: UnitOfWork>(
    uow: U,
    mut messages: mpsc::Receiver<Message>,
    group: usize,
    clock: Clock,
    hooks: Hooks,
) {
    let mut writer = Writing {
        uow,
        clock,
        hooks,
        next: Vec::new(),
        lanes: Lanes::default(),
    };
    let mut stop = None;
    while stop.is_none() {
        let mut jobs = std::mem::take(&mut writer.next);
        if jobs.is_empty() {
            match writer.wait(&mut messages).await {
                Waited::For(Message::Job(job)) => jobs.push(job),
                Waited::For(Message::Stop(done)) => stop = Some(done),
                Waited::LongEnough => {}
                Waited::InVain => break,
            }
        }
        while stop.is_none() && jobs.len() < group {
            match messages.try_recv() {
                Ok(Message::Job(job)) => jobs.push(job),
                Ok(Message::Stop(done)) => stop = Some(done),
                Err(_) => break,
            }
        }
        writer.settle(jobs).await;
        writer.try_lane().await;
    }
    writer.finish().await;
    if let Some(done) = stop {
        answer(done, ());
    }
}

/// What a wait for messages brought.
enum Waited {
    /// This one.
    For(Message),
    /// A lane may be tried again.
    LongEnough,
    /// Nobody can submit any more.
    InVain,
}

struct Writing<U> {
    uow: U,
    clock: Clock,
    hooks: Hooks,
    /// Uplinks whose device was found moved: first in the next group.
    next: Vec<Job>,
    /// What waits for another node's lock.
    lanes: Lanes,
}

impl<U: UnitOfWork> Writing<U> {
    async fn wait(&self, messages: &mut mpsc::Receiver<Message>) -> Waited {
        let limit = if self.lanes.is_empty() {
            Duration::MAX
        } else {
            lanes::PAUSE
        };
        match tokio::time::timeout(limit, messages.recv()).await {
            Ok(Some(message)) => Waited::For(message),
            Ok(None) => Waited::InVain,
            Err(_) => Waited::LongEnough,
        }
    }

    /// Commits the jobs, together if that is possible, and answers each.
    async fn settle(&mut self, mut jobs: Vec<Job>) {
        let refused = self.lanes.divert(&mut jobs);
        self.refuse_all(refused, &no_place()).await;
        let mut parts = vec![jobs];
        while let Some(mut part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            match self.attempt(&part, Patience::Usual).await {
                Ok(processed) => self.committed(part, processed),
                Err(error) if error.is_data_fault() && part.len() > 1 => {
                    let rest = part.split_off(part.len() / 2);
                    parts.extend([rest, part]);
                }
                Err(error @ StoreError::Blocked(_)) => {
                    let mut divided = lanes::by_organization(part);
                    if divided.len() > 1 {
                        parts.append(&mut divided);
                        continue;
                    }
                    log::warn!(error:% = error; "an organization is locked by another node, its jobs wait");
                    let blocked = divided.pop().unwrap_or_default();
                    let refused = self.lanes.park(blocked);
                    self.refuse_all(refused, &no_place()).await;
                }
                Err(error) => self.refuse_all(part, &error).await,
            }
        }
    }

    /// Tries what waits for another node's lock, if it is time.
    async fn try_lane(&mut self) {
        let Some(lane) = self.lanes.due(self.clock.monotonic()) else {
            return;
        };
        match self.attempt(&lane.jobs, Patience::Brief).await {
            Ok(processed) => self.committed(lane.jobs, processed),
            Err(error @ StoreError::Blocked(_)) => {
                let given_up = self.lanes.back(lane);
                self.refuse_all(given_up, &error).await;
            }
            // Free again: what is wrong with it is found in the usual way.
            Err(_) => self.settle(lane.jobs).await,
        }
    }

    /// Does what is left before the end.
    async fn finish(&mut self) {
        let waiting = self.lanes.drain();
        self.settle(waiting).await;
        while !self.next.is_empty() {
            let moved = std::mem::take(&mut self.next);
            self.settle(moved).await;
        }
        let waiting = self.lanes.drain();
        self.refuse_all(waiting, &no_place()).await;
    }

    /// Runs the group, again if a repetition may help.
    async fn attempt(&mut self, jobs: &[Job], patience: Patience) -> Result<Processed, StoreError> {
        let mut tries = 1;
        loop {
            match process(&mut self.uow, jobs, patience, &self.clock).await {
                Ok(processed) => return Ok(processed),
                Err(error) => {
                    self.uow.rollback().await;
                    if !matches!(error, StoreError::Unavailable(_)) || tries == TRIES {
                        return Err(error);
                    }
                    log::warn!(attempt = tries, jobs = jobs.len(), error:% = error; "group not committed, trying again");
                    tries += 1;
                }
            }
        }
    }

    async fn refuse_all(&mut self, jobs: Vec<Job>, error: &StoreError) {
        for job in jobs {
            self.refuse(job, error).await;
        }
    }

    fn committed(&mut self, jobs: Vec<Job>, processed: Processed) {
        for (organization, entry) in processed.entries {
            (self.hooks.entry)(organization, Arc::new(entry));
        }
        if let Some(due) = processed.earliest_deadline {
            (self.hooks.deadline)(due);
        }
        for (job, outcome) in jobs.into_iter().zip(processed.outcomes) {
            match (job, outcome) {
                (
                    Job::Uplink {
                        mut uplink,
                        moves,
                        reply,
                    },
                    Outcome::Moved(unit),
                ) if moves < MOVES => {
                    uplink.unit_id = unit;
                    self.next.push(Job::Uplink {
                        uplink,
                        moves: moves + 1,
                        reply,
                    });
                }
                (job, outcome) => respond(job, outcome),
            }
        }
    }

    /// Tells the asker of a job that could not be done; an uplink whose data was refused goes to quarantine.
    async fn refuse(&mut self, job: Job, error: &StoreError) {
        match job {
            Job::Uplink { uplink, reply, .. } if error.is_data_fault() => {
                log::warn!(device_id:% = uplink.device_id, error:% = error; "uplink refused by the database, kept in quarantine");
                let kept = self.quarantine(*uplink).await;
                answer(reply, kept.map(|()| Stored::Quarantined));
            }
            job => {
                log::error!(error:% = error; "job not done");
                fail(job, error);
            }
        }
    }

    async fn quarantine(&mut self, uplink: Uplink) -> Result<(), StoreError> {
        // The answer is this function's, not the channel's.
        let (reply, _) = oneshot::channel();
        let row = quarantine::NewRow {
            organization_id: uplink.organization_id,
            received_at: uplink.arrived_at,
            reason: quarantine::Reason::Undecodable,
            message: uplink.message,
        };
        self.attempt(
            &[Job::Statements(quarantine::insert(row), reply)],
            Patience::Usual,
        )
        .await
        .map(drop)
    }
}

fn no_place() -> StoreError {
    StoreError::Blocked("too much waits for another node's lock".to_owned())
}

/// Answers; whoever asked may have gone.
fn answer<T>(reply: oneshot::Sender<T>, value: T) {
    drop(reply.send(value));
}

fn respond(job: Job, outcome: Outcome) {
    match (job, outcome) {
        (Job::Uplink { reply, .. }, Outcome::Uplink(stored)) => answer(reply, Ok(stored)),
        (Job::Uplink { reply, .. }, Outcome::Moved(_)) => {
            answer(
                reply,
                Err(StoreError::Unavailable(
                    "the device keeps moving between units".to_owned(),
                )),
            );
        }
        (Job::Due(_, reply), Outcome::Done) => answer(reply, Ok(())),
        (Job::Acknowledge(_, reply), Outcome::Acknowledged(acknowledged)) => {
            answer(reply, Ok(acknowledged));
        }
        (Job::Rule(_, reply) | Job::Unit(_, reply), Outcome::Edited(written)) => {
            answer(reply, Ok(written));
        }
        (Job::Statements(_, reply), Outcome::Rows(rows)) => answer(reply, Ok(rows)),
        (job, outcome) => {
            log::error!(outcome:? = outcome; "outcome of another kind of job");
            fail(
                job,
                &StoreError::Unavailable("the writer lost count".to_owned()),
            );
        }
    }
}

fn fail(job: Job, error: &StoreError) {
    fn tell<T>(reply: Reply<T>, error: &StoreError) {
        answer(reply, Err(error.clone()));
    }
    match job {
        Job::Uplink { reply, .. } => tell(reply, error),
        Job::Due(_, reply) => tell(reply, error),
        Job::Acknowledge(_, reply) => tell(reply, error),
        Job::Rule(_, reply) | Job::Unit(_, reply) => tell(reply, error),
        Job::Statements(_, reply) => tell(reply, error),
    }
}
