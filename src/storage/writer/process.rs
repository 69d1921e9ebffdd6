//! One group of jobs in one transaction: lock, drop what is known, decide in time order, write, number.
//!
//! Knows no database: everything it needs comes from a [`UnitOfWork`]; the decisions are those of `alerts`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    clock::Clock,
    domain::{OrganizationId, Rule, Timestamp, UnitId},
    events::{LogEntry, LogItem, Resource},
    storage::{StoreError, rules, statements::Statements},
};

use super::{
    decisions::{Decided, Decisions, Task, What},
    job::{Acknowledged, Edited, Job, RuleEdit, RuleWrite, Stored, UnitBecomes, UnitEdit, Uplink},
    unit_of_work::{Claim, Frame, Locked, Patience, UnitOfWork},
};

/// What became of one job.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// Of an uplink.
    Uplink(Stored),
    /// Its device hangs on this unit now, which the group has not locked: to the next group.
    Moved(UnitId),
    /// Of a deadline.
    Done,
    /// Of an acknowledgement.
    Acknowledged(Acknowledged),
    /// Of an edit.
    Edited(Edited),
    /// Of statements: rows touched by each.
    Rows(Vec<usize>),
}

/// What a committed group leaves to tell.
#[derive(Debug)]
pub(super) struct Processed {
    /// One for each job, in order.
    pub(super) outcomes: Vec<Outcome>,
    /// The log rows that were written.
    pub(super) entries: Vec<(OrganizationId, LogEntry)>,
    /// The earliest deadline of the units concerned.
    pub(super) earliest_deadline: Option<Timestamp>,
}

/// Runs `jobs` in one transaction and commits it.
///
/// # Errors
/// Whatever the backend says; nothing is stored then, but for a commit whose answer was lost.
pub(super) async fn process<U: UnitOfWork>(
    uow: &mut U,
    jobs: &[Job],
    patience: Patience,
    clock: &Clock,
) -> Result<Processed, StoreError> {
    uow.begin(patience).await?;
    let processed = in_transaction(uow, jobs, clock).await?;
    uow.commit().await?;
    Ok(processed)
}

async fn in_transaction<U: UnitOfWork>(
    uow: &mut U,
    jobs: &[Job],
    clock: &Clock,
) -> Result<Processed, StoreError> {
    let claim = claim(uow, jobs).await?;
    let mut group = Group::new(uow.lock(&claim).await?);
    let mut fresh = group.new_frames(uow, jobs).await?.into_iter();
    let mut outcomes = Vec::with_capacity(jobs.len());
    for (index, job) in jobs.iter().enumerate() {
        outcomes.push(match job {
            Job::Uplink { uplink, .. } => group.uplink(uplink, &mut fresh),
            Job::Due(due, _) => {
                group.tasks.push(Task {
                    unit_id: due.unit_id,
                    at: due.now,
                    what: What::Confirm,
                });
                Outcome::Done
            }
            Job::Acknowledge(acknowledgement, _) => {
                let task = What::Acknowledge {
                    job: index,
                    acknowledgement,
                };
                group.tasks.push(Task {
                    unit_id: acknowledgement.unit_id,
                    at: acknowledgement.now,
                    what: task,
                });
                // Unless the task finds the alert open.
                Outcome::Acknowledged(Acknowledged::Resolved)
            }
            Job::Rule(edit, _) => group.rule(uow, edit).await?,
            Job::Unit(edit, _) => group.unit(uow, edit).await?,
            Job::Statements(statements, _) => {
                Outcome::Rows(group.statements(uow, statements).await?)
            }
        });
    }
    let Group {
        decisions, tasks, ..
    } = group;
    let Decided {
        changes,
        acknowledged,
        earliest_deadline,
    } = decisions.run(tasks, clock);
    for (job, alert) in acknowledged {
        outcomes[job] = Outcome::Acknowledged(Acknowledged::Alert(alert));
    }
    let at = clock.unskewed();
    let numbers = uow.apply(&changes, at).await?;
    let entries = changes.log.into_iter().zip(numbers);
    let entries = entries
        .map(|((organization, items), seq)| (organization, LogEntry { seq, at, items }))
        .collect();
    Ok(Processed {
        outcomes,
        entries,
        earliest_deadline,
    })
}

/// What the jobs concern.
async fn claim<U: UnitOfWork>(uow: &mut U, jobs: &[Job]) -> Result<Claim, StoreError> {
    let (mut units, mut devices, mut organizations) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for job in jobs {
        match job {
            Job::Uplink { uplink, .. } => {
                units.insert(uplink.unit_id);
                devices.insert(uplink.device_id);
            }
            Job::Due(due, _) => {
                units.insert(due.unit_id);
            }
            Job::Acknowledge(acknowledgement, _) => {
                units.insert(acknowledgement.unit_id);
            }
            Job::Rule(edit, _) => {
                let (scope, id) = edit.write.scope();
                units.extend(uow.units_in_scope(edit.organization_id, scope, id).await?);
            }
            Job::Unit(edit, _) => {
                units.insert(edit.unit_id);
            }
            Job::Statements(..) => {}
        }
        organizations.extend(job.organization());
    }
    Ok(Claim {
        units: units.into_iter().collect(),
        devices: devices.into_iter().collect(),
        organizations: organizations.into_iter().collect(),
    })
}

/// Where an uplink belongs, by what was read under the lock.
enum Home {
    /// Where it was thought to.
    Here,
    /// To another unit.
    Elsewhere(UnitId),
    /// Nowhere.
    Nowhere,
}

/// What the group has locked, and what is to be done with it.
struct Group<'a> {
    decisions: Decisions,
    tasks: Vec<Task<'a>>,
}

impl<'a> Group<'a> {
    fn new(locked: Locked) -> Self {
        let mut rules: BTreeMap<OrganizationId, Vec<Rule>> = BTreeMap::new();
        for (organization, rule) in locked.rules {
            rules.entry(organization).or_default().push(rule);
        }
        Self {
            decisions: Decisions::new(locked.units, locked.devices, rules),
            tasks: Vec::new(),
        }
    }

    fn home(&self, uplink: &Uplink) -> Home {
        let device = self
            .decisions
            .device(uplink.organization_id, uplink.device_id);
        match device.and_then(|device| device.unit_id) {
            None => Home::Nowhere,
            Some(unit) if unit == uplink.unit_id => Home::Here,
            Some(unit) => Home::Elsewhere(unit),
        }
    }

    /// Notes the frames of all uplinks that can be stored, for all of them at once; in their order.
    async fn new_frames<U: UnitOfWork>(
        &self,
        uow: &mut U,
        jobs: &[Job],
    ) -> Result<Vec<bool>, StoreError> {
        let uplinks = jobs.iter().filter_map(|job| match job {
            Job::Uplink { uplink, .. } => Some(uplink),
            _ => None,
        });
        let frames: Vec<Frame> = uplinks
            .filter(|uplink| matches!(self.home(uplink), Home::Here))
            .flat_map(|uplink| {
                uplink.readings.iter().map(|reading| Frame {
                    device_id: uplink.device_id,
                    frame_key: reading.frame_key,
                    seen_key: reading.seen_key,
                    received_at: uplink.arrived_at,
                })
            })
            .collect();
        if frames.is_empty() {
            return Ok(Vec::new());
        }
        uow.new_frames(&frames).await
    }

    /// `fresh` goes on with this uplink's frames, if it can be stored.
    fn uplink(&mut self, uplink: &'a Uplink, fresh: &mut impl Iterator<Item = bool>) -> Outcome {
        match self.home(uplink) {
            Home::Here => {}
            Home::Elsewhere(unit) => return Outcome::Moved(unit),
            Home::Nowhere => return Outcome::Uplink(Stored::UnknownDevice),
        }
        let mut stored = 0;
        for (reading, fresh) in uplink.readings.iter().zip(fresh) {
            if fresh {
                stored += 1;
                self.tasks.push(Task {
                    unit_id: uplink.unit_id,
                    at: reading.measured_at,
                    what: What::Reading { uplink, reading },
                });
            }
        }
        self.decisions.seen(uplink);
        Outcome::Uplink(Stored::Readings {
            stored,
            duplicates: uplink.readings.len() - stored,
        })
    }

    async fn rule<U: UnitOfWork>(
        &mut self,
        uow: &mut U,
        edit: &'a RuleEdit,
    ) -> Result<Outcome, StoreError> {
        let (scope, scope_id) = edit.write.scope();
        let in_force = self.decisions.rules_mut(edit.organization_id);
        let place = in_force
            .iter()
            .position(|rule| rule.scope == scope && rule.scope_id == scope_id);
        match (&edit.write, place) {
            (RuleWrite::Create(new), None) => in_force.push(new.clone()),
            (RuleWrite::Replace { seen, new }, Some(place)) if in_force[place] == *seen => {
                in_force[place] = new.clone();
            }
            (RuleWrite::Delete { seen }, Some(place)) if in_force[place] == *seen => {
                in_force.remove(place);
                uow.run(&rules::delete(edit.organization_id, seen.id))
                    .await?;
            }
            _ => return Ok(Outcome::Edited(Edited::Conflict)),
        }
        let rule = edit.write.rule();
        if !matches!(edit.write, RuleWrite::Delete { .. }) {
            let written = (edit.organization_id, rule.clone(), edit.now);
            self.decisions.changes.rules.push(written);
        }
        self.decisions.tell(
            edit.organization_id,
            LogItem::data_updated(Resource::Rules, rule.id.0),
        );
        for unit_id in uow
            .units_in_scope(edit.organization_id, scope, scope_id)
            .await?
        {
            self.tasks.push(Task {
                unit_id,
                at: edit.now,
                what: What::RuleChanged,
            });
        }
        Ok(Outcome::Edited(Edited::Done))
    }

    async fn unit<U: UnitOfWork>(
        &mut self,
        uow: &mut U,
        edit: &'a UnitEdit,
    ) -> Result<Outcome, StoreError> {
        if self.statements(uow, &edit.statements).await? == [0] {
            return Ok(Outcome::Edited(Edited::Conflict));
        }
        let what = match &edit.becomes {
            UnitBecomes::Archived => What::Removed,
            UnitBecomes::Watched(unit) => {
                self.decisions.watch(edit.unit_id, unit);
                What::RuleChanged
            }
        };
        self.tasks.push(Task {
            unit_id: edit.unit_id,
            at: edit.now,
            what,
        });
        Ok(Outcome::Edited(Edited::Done))
    }

    /// Rows touched by each that ran.
    async fn statements<U: UnitOfWork>(
        &mut self,
        uow: &mut U,
        statements: &Statements,
    ) -> Result<Vec<usize>, StoreError> {
        let mut rows = Vec::new();
        for statement in statements.iter() {
            rows.push(uow.run(statement).await?);
            if statements.is_guarded() && rows == [0] {
                return Ok(rows);
            }
        }
        for (organization, item) in statements.told() {
            self.decisions.tell(*organization, item.clone());
        }
        Ok(rows)
    }
}
