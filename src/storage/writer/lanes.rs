//! Jobs of organizations that another node holds locked: they wait here, so that nobody else waits behind them.
//!
//! Bounds: [`MOST`] jobs in all, over it a job is refused; a lane is tried [`TRIES`] times, one lane each [`PAUSE`].

use std::{collections::VecDeque, time::Duration};

use crate::domain::OrganizationId;

use super::job::Job;

/// Jobs that may wait here.
const MOST: usize = 1024;

/// How often a lane is tried before its jobs are refused.
const TRIES: u8 = 12;

/// Between two tries.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// What waits for one organization; statements, which are of none, wait alone.
pub(super) struct Lane {
    organization: Option<OrganizationId>,
    pub(super) jobs: Vec<Job>,
    tries: u8,
}

/// All that wait.
#[derive(Default)]
pub(super) struct Lanes {
    lanes: VecDeque<Lane>,
    /// When one was last tried, by the monotonic clock.
    tried_at: Duration,
}

/// Groups of one organization each; statements alone.
pub(super) fn by_organization(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut parts: Vec<(Option<OrganizationId>, Vec<Job>)> = Vec::new();
    for job in jobs {
        let organization = job.organization();
        let same = |part: &&mut (Option<OrganizationId>, Vec<Job>)| {
            organization.is_some() && part.0 == organization
        };
        match parts.iter_mut().find(same) {
            Some((_, part)) => part.push(job),
            None => parts.push((organization, vec![job])),
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

impl Lanes {
    pub(super) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Lets jobs of one organization wait; those that find no place.
    pub(super) fn park(&mut self, mut jobs: Vec<Job>) -> Vec<Job> {
        let waiting: usize = self.lanes.iter().map(|lane| lane.jobs.len()).sum();
        let refused = jobs.split_off(jobs.len().min(MOST.saturating_sub(waiting)));
        let Some(organization) = jobs.first().map(Job::organization) else {
            return refused;
        };
        match self.of(organization) {
            Some(lane) => lane.jobs.extend(jobs),
            None => self.lanes.push_back(Lane {
                organization,
                jobs,
                tries: 1,
            }),
        }
        refused
    }

    /// Takes those out of `jobs` whose organization waits already: they wait behind the others; those that find no place.
    pub(super) fn divert(&mut self, jobs: &mut Vec<Job>) -> Vec<Job> {
        if self.is_empty() {
            return Vec::new();
        }
        let (waiting, rest) = std::mem::take(jobs)
            .into_iter()
            .partition(|job| self.of(job.organization()).is_some());
        *jobs = rest;
        let parts: Vec<Job> = waiting;
        by_organization(parts)
            .into_iter()
            .flat_map(|part| self.park(part))
            .collect()
    }

    /// The lane that is to be tried now, if one is.
    pub(super) fn due(&mut self, now: Duration) -> Option<Lane> {
        if now.saturating_sub(self.tried_at) < PAUSE {
            return None;
        }
        self.tried_at = now;
        self.lanes.pop_front()
    }

    /// A lane after a try in vain; its jobs, if that was the last.
    pub(super) fn back(&mut self, mut lane: Lane) -> Vec<Job> {
        lane.tries += 1;
        if lane.tries > TRIES {
            return lane.jobs;
        }
        self.lanes.push_back(lane);
        Vec::new()
    }

    /// Everything that waits.
    pub(super) fn drain(&mut self) -> Vec<Job> {
        self.lanes.drain(..).flat_map(|lane| lane.jobs).collect()
    }

    fn of(&mut self, organization: Option<OrganizationId>) -> Option<&mut Lane> {
        organization?;
        self.lanes
            .iter_mut()
            .find(|lane| lane.organization == organization)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::{Timestamp, UnitId},
        storage::{statements::Statements, writer::job::Due},
    };

    fn due(organization: u128) -> Job {
        let due = Due {
            organization_id: OrganizationId(Uuid::from_u128(organization)),
            unit_id: UnitId(Uuid::nil()),
            now: Timestamp::MIN,
        };
        Job::Due(due, tokio::sync::oneshot::channel().0)
    }

    fn statements() -> Job {
        Job::Statements(Statements::new(), tokio::sync::oneshot::channel().0)
    }

    #[test]
    fn a_group_falls_apart_by_organization_and_keeps_its_order() {
        let parts = by_organization(vec![due(1), due(2), statements(), due(1), statements()]);
        let sizes: Vec<usize> = parts.iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1, 1, 1]);
    }

    #[test]
    fn jobs_of_a_waiting_organization_wait_behind_it() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.park(vec![due(1)]).len(), 0);
        let mut jobs = vec![due(1), due(2), statements()];
        assert_eq!(lanes.divert(&mut jobs).len(), 0);
        assert_eq!(jobs.len(), 2);
        let lane = lanes.due(PAUSE).expect("waits");
        assert_eq!(lane.jobs.len(), 2);
        assert!(lanes.is_empty());
    }

    #[test]
    fn what_finds_no_place_is_refused() {
        let mut lanes = Lanes::default();
        let jobs = (0..MOST + 3).map(|_| due(1)).collect();
        assert_eq!(lanes.park(jobs).len(), 3);
        assert_eq!(lanes.park(vec![due(2)]).len(), 1);
    }

    #[test]
    fn a_lane_is_tried_at_intervals_and_not_for_ever() {
        let mut lanes = Lanes::default();
        lanes.park(vec![due(1)]);
        assert!(lanes.due(PAUSE / 2).is_none(), "too early");
        let mut now = PAUSE;
        let mut tries = 0;
        while let Some(lane) = lanes.due(now) {
            assert!(lanes.due(now).is_none(), "one at a time");
            tries += 1;
            now += PAUSE;
            let given_up = lanes.back(lane);
            assert_eq!(given_up.len(), usize::from(lanes.is_empty()));
        }
        // The group in which it was blocked first counts as one.
        assert_eq!(tries, TRIES);
    }
}
