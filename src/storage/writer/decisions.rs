//! The decisions of one group, in time order on the locked states. No IO.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    alerts::{self, Input, Output},
    clock::Clock,
    domain::{
        Alert, AlertId, AlertTransition, DeviceId, EffectiveRule, OrganizationId, Reading, Rule,
        Timestamp, UnitId,
    },
    events::{Audience, Event, LogItem, UnitStatusChange},
    storage::rules,
};

use super::{
    job::{Acknowledgement, NewReading, Uplink, WatchedUnit},
    unit_of_work::{AlertRow, Changes, DeadlineRow, LockedDevice, LockedUnit, ReadingRow},
};

/// A device's first reading this far behind its arrival is late, milliseconds.
const LATE_FIRST_READING_MS: i64 = 5 * 60 * 1000;

/// Something that concerns one unit, at its time.
pub(super) struct Task<'a> {
    pub(super) unit_id: UnitId,
    pub(super) at: Timestamp,
    pub(super) what: What<'a>,
}

/// What it is.
pub(super) enum What<'a> {
    Reading {
        uplink: &'a Uplink,
        reading: &'a NewReading,
    },
    Confirm,
    RuleChanged,
    Removed,
    Acknowledge {
        job: usize,
        acknowledgement: &'a Acknowledgement,
    },
}

/// What the group does to the database, and tells.
pub(super) struct Decided {
    pub(super) changes: Changes,
    /// The alerts of the acknowledgements that found theirs open, by job.
    pub(super) acknowledged: Vec<(usize, Box<Alert>)>,
    /// The earliest deadline that was set.
    pub(super) earliest_deadline: Option<Timestamp>,
}

/// The locked states while the group's tasks run over them.
pub(super) struct Decisions {
    units: BTreeMap<UnitId, LockedUnit>,
    devices: BTreeMap<DeviceId, LockedDevice>,
    rules: BTreeMap<OrganizationId, Vec<Rule>>,
    deadlines: BTreeMap<UnitId, Option<Timestamp>>,
    touched_units: BTreeSet<UnitId>,
    touched_devices: BTreeSet<DeviceId>,
    log: BTreeMap<OrganizationId, Vec<LogItem>>,
    acknowledged: Vec<(usize, Box<Alert>)>,
    pub(super) changes: Changes,
}

impl Decisions {
    pub(super) fn new(
        units: Vec<LockedUnit>,
        devices: Vec<LockedDevice>,
        rules: BTreeMap<OrganizationId, Vec<Rule>>,
    ) -> Self {
        Self {
            deadlines: units
                .iter()
                .map(|unit| (unit.state.unit.id, alerts::deadline(&unit.state)))
                .collect(),
            units: units
                .into_iter()
                .map(|unit| (unit.state.unit.id, unit))
                .collect(),
            devices: devices
                .into_iter()
                .map(|device| (device.id, device))
                .collect(),
            rules,
            touched_units: BTreeSet::new(),
            touched_devices: BTreeSet::new(),
            log: BTreeMap::new(),
            acknowledged: Vec::new(),
            changes: Changes::default(),
        }
    }

    /// The device, if it is this organization's.
    pub(super) fn device(
        &self,
        organization: OrganizationId,
        device: DeviceId,
    ) -> Option<&LockedDevice> {
        self.devices
            .get(&device)
            .filter(|found| found.organization_id == organization)
    }

    /// The rules in force, to change them.
    pub(super) fn rules_mut(&mut self, organization: OrganizationId) -> &mut Vec<Rule> {
        self.rules.entry(organization).or_default()
    }

    /// From now on the unit is judged as this.
    pub(super) fn watch(&mut self, unit: UnitId, watched: &WatchedUnit) {
        if let Some(unit) = self.units.get_mut(&unit) {
            unit.state.unit.site_id = watched.site_id;
            unit.state.unit.name.clone_from(&watched.name);
            unit.kind = watched.kind;
            unit.primary_device_id = watched.primary_device_id;
        }
    }

    /// Adds to what onlookers of this organization are told.
    pub(super) fn tell(&mut self, organization: OrganizationId, item: LogItem) {
        self.log.entry(organization).or_default().push(item);
    }

    /// The network heard this device.
    pub(super) fn seen(&mut self, uplink: &Uplink) {
        if let Some(device) = self
            .devices
            .get_mut(&uplink.device_id)
            .filter(|_| !uplink.simulated)
        {
            device.state.last_seen_at = device.state.last_seen_at.max(Some(uplink.seen_at));
            self.touched_devices.insert(uplink.device_id);
        }
    }

    /// Runs all tasks in time order; those of one moment in the order they came.
    pub(super) fn run(mut self, mut tasks: Vec<Task<'_>>, clock: &Clock) -> Decided {
        tasks.sort_by_key(|task| task.at);
        for task in tasks {
            let new_alert = AlertId(clock.new_id());
            match task.what {
                What::Reading { uplink, reading } => self.reading(uplink, reading, new_alert),
                What::Confirm => {
                    // Its row is written anew, so that a deadline that means nothing any more goes.
                    self.touched_units.insert(task.unit_id);
                    self.deadlines.remove(&task.unit_id);
                    self.decide(task.unit_id, Input::Confirm { now: task.at });
                }
                What::RuleChanged => self.decide(
                    task.unit_id,
                    Input::RuleChanged {
                        now: task.at,
                        new_alert,
                    },
                ),
                What::Removed => self.decide(task.unit_id, Input::Removed { now: task.at }),
                What::Acknowledge {
                    job,
                    acknowledgement,
                } => self.acknowledge(job, acknowledgement),
            }
        }
        self.finish()
    }

    /// Everything that changed.
    fn finish(self) -> Decided {
        let mut changes = self.changes;
        let is_touched = |unit: &LockedUnit| self.touched_units.contains(&unit.state.unit.id);
        changes.units = self.units.into_values().filter(is_touched).collect();
        changes.deadlines = changes
            .units
            .iter()
            .map(|unit| DeadlineRow {
                organization_id: unit.state.unit.organization_id,
                unit_id: unit.state.unit.id,
                due_at: alerts::deadline(&unit.state),
            })
            .filter(|row| self.deadlines.get(&row.unit_id) != Some(&row.due_at))
            .collect();
        changes.devices = self
            .devices
            .into_values()
            .filter(|device| self.touched_devices.contains(&device.id))
            .collect();
        changes.log = self.log.into_iter().collect();
        let earliest_deadline = changes.deadlines.iter().filter_map(|row| row.due_at).min();
        Decided {
            changes,
            acknowledged: self.acknowledged,
            earliest_deadline,
        }
    }

    fn reading(&mut self, uplink: &Uplink, reading: &NewReading, new_alert: AlertId) {
        let (Some(unit), Some(device)) = (
            self.units.get_mut(&uplink.unit_id),
            self.devices.get_mut(&uplink.device_id),
        ) else {
            return;
        };
        let late = is_late(device.state.newest_at, uplink.arrived_at, reading);
        let interval_seconds = device.interval_seconds;
        let sets_temperature = unit
            .primary_device_id
            .is_none_or(|primary| primary == device.id);
        let site_id = unit.state.unit.site_id;
        let live = !late && !reading.simulated;
        if !reading.simulated {
            device.state.newest_at = device.state.newest_at.max(Some(reading.measured_at));
            self.touched_devices.insert(device.id);
        }
        if live {
            device.state.battery_percent = reading.battery_percent.or(device.state.battery_percent);
            device.state.battery_volts = reading.battery_volts.or(device.state.battery_volts);
            device.state.signal = reading.signal.or(device.state.signal);
            let newest = unit.latest.is_none_or(|(at, _)| at <= reading.measured_at);
            if sets_temperature && newest {
                unit.latest = Some((reading.measured_at, reading.frame_key));
                self.touched_units.insert(uplink.unit_id);
            }
        }
        self.changes.readings.push(ReadingRow {
            organization_id: uplink.organization_id,
            unit_id: uplink.unit_id,
            device_id: uplink.device_id,
            reading: reading.clone(),
            late,
            received_at: uplink.arrived_at,
        });
        if !reading.simulated {
            let item = LogItem::Reading {
                unit_id: uplink.unit_id,
                site_id,
                reading: as_sent(uplink.device_id, reading, late),
            };
            self.tell(uplink.organization_id, item);
        }
        if live {
            let celsius = reading.temperature.filter(|_| sets_temperature);
            self.decide(
                uplink.unit_id,
                Input::Reading {
                    at: reading.measured_at,
                    celsius,
                    interval_seconds,
                    new_alert,
                },
            );
        }
    }

    fn acknowledge(&mut self, job: usize, acknowledgement: &Acknowledgement) {
        let Acknowledgement {
            organization_id,
            unit_id,
            alert_id,
            by,
            note,
            now,
        } = acknowledgement.clone();
        let open = |decisions: &Self| {
            let unit = decisions
                .units
                .get(&unit_id)
                .filter(|unit| unit.state.unit.organization_id == organization_id)?;
            unit.state
                .excursion
                .as_ref()
                .map(|excursion| &excursion.alert)
                .filter(|alert| alert.id == alert_id)
                .cloned()
        };
        if open(self).is_some() {
            self.decide(
                unit_id,
                Input::Acknowledge {
                    alert: alert_id,
                    now,
                    by,
                    note,
                },
            );
            self.acknowledged
                .extend(open(self).map(|alert| (job, Box::new(alert))));
        }
    }

    /// Judges one input and keeps what comes of it.
    fn decide(&mut self, unit_id: UnitId, input: Input) {
        let Some(unit) = self.units.get_mut(&unit_id) else {
            return;
        };
        let identity = unit.state.unit.clone();
        let rules = self
            .rules
            .get(&identity.organization_id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let rule = EffectiveRule::resolve(
            unit.kind,
            rules::in_scope(rules, identity.organization_id, identity.site_id, unit_id),
        );
        let (state, outputs) = alerts::decide(unit.state.clone(), &rule, input);
        if state != unit.state {
            unit.state = state;
            self.touched_units.insert(unit_id);
        }
        for output in outputs {
            let event = match output {
                Output::Status {
                    previous,
                    status,
                    since,
                } => Event::UnitStatus(UnitStatusChange {
                    unit_id,
                    site_id: identity.site_id,
                    status,
                    since,
                    previous,
                }),
                Output::Alert { transition, alert } => {
                    self.changes.alerts.push(AlertRow {
                        organization_id: identity.organization_id,
                        transition,
                        alert: Alert::clone(&alert),
                        rule,
                    });
                    match transition {
                        AlertTransition::Triggered => Event::AlertTriggered(alert),
                        AlertTransition::Updated => Event::AlertUpdated(alert),
                        AlertTransition::Acknowledged => Event::AlertAcknowledged(alert),
                        AlertTransition::Resolved => Event::AlertResolved(alert),
                    }
                }
            };
            self.tell(
                identity.organization_id,
                LogItem::Event {
                    audience: Audience::Organization,
                    event,
                },
            );
        }
    }
}

fn is_late(newest: Option<Timestamp>, arrived_at: Timestamp, reading: &NewReading) -> bool {
    reading.history
        || match newest {
            Some(newest) => reading.measured_at < newest,
            None => arrived_at.millis_since(reading.measured_at) > LATE_FIRST_READING_MS,
        }
}

fn as_sent(device_id: DeviceId, reading: &NewReading, late: bool) -> Reading {
    Reading {
        id: reading.id,
        device_id,
        temperature: reading.temperature,
        humidity: reading.humidity,
        door_open: reading.door_open,
        battery: reading.battery_percent,
        battery_volts: reading.battery_volts,
        signal: reading.signal,
        late,
        fault: reading.fault,
        simulated: reading.simulated,
        timestamp: reading.measured_at,
    }
}
