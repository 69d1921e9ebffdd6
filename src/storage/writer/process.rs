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
    unit_of_work::{Frame, UnitOfWork},
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
    clock: &Clock,
) -> Result<Processed, StoreError> {
    uow.begin().await?;
    let processed = in_transaction(uow, jobs, clock).await?;
    uow.commit().await?;
    Ok(processed)
}

async fn in_transaction<U: UnitOfWork>(
    uow: &mut U,
    jobs: &[Job],
    clock: &Clock,
) -> Result<Processed, StoreError> {
    let mut group = Group::lock(uow, jobs).await?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    for (index, job) in jobs.iter().enumerate() {
        outcomes.push(match job {
            Job::Uplink { uplink, .. } => group.uplink(uow, uplink).await?,
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

/// What the group has locked, and what is to be done with it.
struct Group<'a> {
    decisions: Decisions,
    tasks: Vec<Task<'a>>,
}

impl<'a> Group<'a> {
    async fn lock<U: UnitOfWork>(uow: &mut U, jobs: &'a [Job]) -> Result<Self, StoreError> {
        let (mut units, mut devices, mut organizations) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for job in jobs {
            match job {
                Job::Uplink { uplink, .. } => {
                    units.insert(uplink.unit_id);
                    devices.insert(uplink.device_id);
                    organizations.insert(uplink.organization_id);
                }
                Job::Due(due, _) => {
                    units.insert(due.unit_id);
                    organizations.insert(due.organization_id);
                }
                Job::Acknowledge(acknowledgement, _) => {
                    units.insert(acknowledgement.unit_id);
                    organizations.insert(acknowledgement.organization_id);
                }
                Job::Rule(edit, _) => {
                    let (scope, id) = edit.write.scope();
                    units.extend(uow.units_in_scope(edit.organization_id, scope, id).await?);
                    organizations.insert(edit.organization_id);
                }
                Job::Unit(edit, _) => {
                    units.insert(edit.unit_id);
                    organizations.insert(edit.organization_id);
                }
                Job::Statements(..) => {}
            }
        }
        let units = uow.lock(&Vec::from_iter(units)).await?;
        let devices = uow.devices(&Vec::from_iter(devices)).await?;
        let mut rules: BTreeMap<OrganizationId, Vec<Rule>> = BTreeMap::new();
        for (organization, rule) in uow.rules(&Vec::from_iter(organizations)).await? {
            rules.entry(organization).or_default().push(rule);
        }
        Ok(Self {
            decisions: Decisions::new(units, devices, rules),
            tasks: Vec::new(),
        })
    }

    async fn uplink<U: UnitOfWork>(
        &mut self,
        uow: &mut U,
        uplink: &'a Uplink,
    ) -> Result<Outcome, StoreError> {
        let device = self
            .decisions
            .device(uplink.organization_id, uplink.device_id);
        let Some(unit_id) = device.and_then(|device| device.unit_id) else {
            return Ok(Outcome::Uplink(Stored::UnknownDevice));
        };
        if unit_id != uplink.unit_id {
            return Ok(Outcome::Moved(unit_id));
        }
        let frames: Vec<Frame> = uplink
            .readings
            .iter()
            .map(|reading| Frame {
                device_id: uplink.device_id,
                frame_key: reading.frame_key,
                seen_key: reading.seen_key,
                received_at: uplink.arrived_at,
            })
            .collect();
        let fresh = uow.new_frames(&frames).await?;
        let new = uplink
            .readings
            .iter()
            .zip(&fresh)
            .filter(|(_, fresh)| **fresh);
        self.tasks.extend(new.map(|(reading, _)| Task {
            unit_id,
            at: reading.measured_at,
            what: What::Reading { uplink, reading },
        }));
        self.decisions.seen(uplink);
        let stored = fresh.iter().filter(|fresh| **fresh).count();
        Ok(Outcome::Uplink(Stored::Readings {
            stored,
            duplicates: fresh.len() - stored,
        }))
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
