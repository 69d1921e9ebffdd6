//! Events that clients answer: *ask* -> queue -> client -> session -> the [`Waiter`] -> who asked.
//! Bounds: an answer per socket asked; who asks names a time limit; a session keeps [`WAITING`] waiters.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::socket::EmitError;

/// Answers that one session may owe at once; what it is asked beyond them is not sent.
pub(crate) const WAITING: usize = 1024;

/// What a client answered: the arguments of its ack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Binary ones are [`crate::placeholder`]s that number [`Answer::attachments`].
    pub args: Vec<Value>,
    /// The binary arguments.
    pub attachments: Vec<Bytes>,
}

/// What came of asking many.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// In the order of arrival.
    pub answers: Vec<Answer>,
    /// Sockets that were asked and did not answer: they were too late, or left.
    pub missing: usize,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum AskError {
    /// The event could not be sent.
    #[error(transparent)]
    Emit(#[from] EmitError),
    /// The client did not answer in time.
    #[error("the client did not answer in time")]
    Timeout,
    /// The client left before it answered.
    #[error("the client left before it answered")]
    Left,
}

/// The ids of all acks that are asked for in a namespace; one for all receivers of an event.
#[derive(Debug, Default)]
pub(crate) struct AskIds(AtomicU64);

impl AskIds {
    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Whoever may still answer holds one; when none is left, who asked stops waiting.
#[derive(Clone, Debug)]
pub(crate) struct Waiter {
    pub(crate) id: u64,
    answers: mpsc::UnboundedSender<Answer>,
    asked: Arc<AtomicUsize>,
}

/// The side that asked.
pub(crate) struct Inquiry {
    answers: mpsc::UnboundedReceiver<Answer>,
    asked: Arc<AtomicUsize>,
}

pub(crate) fn open(id: u64) -> (Waiter, Inquiry) {
    // Unbounded, but each socket asked sends once.
    let (sender, answers) = mpsc::unbounded_channel();
    let asked = Arc::<AtomicUsize>::default();
    let waiter = Waiter {
        id,
        answers: sender,
        asked: Arc::clone(&asked),
    };
    (waiter, Inquiry { answers, asked })
}

impl Waiter {
    /// One more socket has been asked.
    pub(crate) fn count(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn answer(self, answer: Answer) {
        let _late = self.answers.send(answer);
    }

    /// Nobody waits any more.
    pub(crate) fn is_over(&self) -> bool {
        self.answers.is_closed()
    }
}

impl Inquiry {
    pub(crate) async fn one(mut self, limit: Duration) -> Result<Answer, AskError> {
        match tokio::time::timeout(limit, self.answers.recv()).await {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(AskError::Left),
            Err(_) => Err(AskError::Timeout),
        }
    }

    /// Ready when all have answered or left, at the latest at the limit.
    pub(crate) async fn all(mut self, limit: Duration) -> Answers {
        let mut answers = Vec::new();
        let collect = async {
            while let Some(answer) = self.answers.recv().await {
                answers.push(answer);
            }
        };
        let _late = tokio::time::timeout(limit, collect).await;
        let missing = self
            .asked
            .load(Ordering::Relaxed)
            .saturating_sub(answers.len());
        Answers { answers, missing }
    }
}
