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
    let scopes = scopes(uow, jobs).await?;
    let mut locked = uow.begin(&claim(jobs, &scopes), patience).await?;
    let mut fresh = std::mem::take(&mut locked.fresh).into_iter();
    let mut group = Group::new(locked);
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
            Job::Rule(edit, _) => group.rule(uow, edit, &scopes[&index]).await?,
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
    let numbers = uow.commit(&changes, at).await?;
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

/// The units that each rule edit concerns, by job.
type Scopes = BTreeMap<usize, Vec<UnitId>>;

async fn scopes<U: UnitOfWork>(uow: &mut U, jobs: &[Job]) -> Result<Scopes, StoreError> {
    let mut scopes = Scopes::new();
    for (index, job) in jobs.iter().enumerate() {
        if let Job::Rule(edit, _) = job {
            let (scope, id) = edit.write.scope();
            let units = uow.units_in_scope(edit.organization_id, scope, id).await?;
            scopes.insert(index, units);
        }
    }
    Ok(scopes)
}

/// What the jobs concern.
fn claim(jobs: &[Job], scopes: &Scopes) -> Claim {
    let mut units: BTreeSet<UnitId> = scopes.values().flatten().copied().collect();
    let (mut devices, mut frames) = (BTreeSet::new(), Vec::new());
    for job in jobs {
        match job {
            Job::Uplink { uplink, .. } => {
                units.insert(uplink.unit_id);
                devices.insert(uplink.device_id);
                frames.extend(frames_of(uplink));
            }
            Job::Due(due, _) => {
                units.insert(due.unit_id);
            }
            Job::Acknowledge(acknowledgement, _) => {
                units.insert(acknowledgement.unit_id);
            }
            Job::Unit(edit, _) => {
                units.insert(edit.unit_id);
            }
            Job::Rule(..) | Job::Statements(..) => {}
        }
    }
    let organizations: BTreeSet<_> = jobs.iter().filter_map(Job::organization).collect();
    Claim {
        units: units.into_iter().collect(),
        devices: devices.into_iter().collect(),
        organizations: organizations.into_iter().collect(),
        frames,
    }
}

fn frames_of(uplink: &Uplink) -> impl Iterator<Item = Frame> {
    uplink.readings.iter().map(|reading| Frame {
        organization_id: uplink.organization_id,
        unit_id: uplink.unit_id,
        device_id: uplink.device_id,
        frame_key: reading.frame_key,
        seen_key: reading.seen_key,
        received_at: uplink.arrived_at,
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

    /// Takes what is said of this uplink's frames from `fresh`.
    fn uplink(&mut self, uplink: &'a Uplink, fresh: &mut impl Iterator<Item = bool>) -> Outcome {
        // Also of one that goes elsewhere: the next uplink's come after it.
        let new: Vec<_> = uplink
            .readings
            .iter()
            .zip(fresh)
            .filter_map(|(reading, fresh)| fresh.then_some(reading))
            .collect();
        match self.home(uplink) {
            Home::Here => {}
            Home::Elsewhere(unit) => return Outcome::Moved(unit),
            Home::Nowhere => return Outcome::Uplink(Stored::UnknownDevice),
        }
        self.decisions.seen(uplink);
        let stored = new.len();
        self.tasks.extend(new.into_iter().map(|reading| Task {
            unit_id: uplink.unit_id,
            at: reading.measured_at,
            what: What::Reading { uplink, reading },
        }));
        Outcome::Uplink(Stored::Readings {
            stored,
            duplicates: uplink.readings.len() - stored,
        })
    }

    async fn rule<U: UnitOfWork>(
        &mut self,
        uow: &mut U,
        edit: &'a RuleEdit,
        units: &[UnitId],
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
        self.tasks.extend(units.iter().map(|unit_id| Task {
            unit_id: *unit_id,
            at: edit.now,
            what: What::RuleChanged,
        }));
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
