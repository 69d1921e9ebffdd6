// What the page knows of its organization, and how an event changes it. Pure: a state goes in, a state comes out,
// the same object if nothing changed. `realtime` feeds it; `tiles` and `alerts` show it.
//
// An event may be older than the snapshot that it is applied to: readings count by their timestamp, alerts by
// their version, statuses by their `since`.
// Bounds: POINTS_PER_UNIT points of trend per unit, of one hour; CLEARED_KEPT alerts that are over.

/** One a second for an hour; over it the oldest leave. */
export const POINTS_PER_UNIT = 3600;
const CLEARED_KEPT = 20;
const TREND_MS = 60 * 60 * 1000;

export const EMPTY = Object.freeze({ organization: undefined, sites: [], units: new Map(), alerts: new Map() });

const at = (text) => Date.parse(text);
const isOver = (alert) => alert.status === "resolved";

/** The state of a snapshot. What a snapshot does not have is kept from before: trends, doors, alerts that are over. */
export function fromSnapshot({ organization, sites, units, alerts }, before = EMPTY) {
  const known = before.organization?.id === organization.id ? before : EMPTY;
  const kept = [...known.alerts.values()].filter(isOver).map((alert) => [alert.alertId, alert]);
  const unitOf = (unit) => {
    const { trend = [], door } = known.units.get(unit.id) ?? {};
    return [unit.id, withReading({ ...unit, trend, door }, unit.latestReading)];
  };
  return {
    organization,
    sites,
    units: new Map(units.map(unitOf)),
    alerts: new Map([...kept, ...alerts.map((alert) => [alert.alertId, alert])]),
  };
}

/** The state after an event of the server. */
export function apply(state, { name, payload }) {
  switch (name) {
    case "sensor:readings:batch":
      return withReadings(state, payload.unitId, payload.readings);
    case "unit:status":
      return withStatus(state, payload);
    case "alert:triggered":
    case "alert:updated":
    case "alert:acknowledged":
    case "alert:resolved":
      return withAlert(state, payload);
    default:
      return state;
  }
}

/** Takes readings of one unit, in any order: live ones, or those of the last hour. */
export function withReadings(state, unitId, readings) {
  const unit = state.units.get(unitId);
  if (!unit) return state;
  const changed = readings.reduce(withReading, unit);
  return changed === unit ? state : withUnit(state, changed);
}

const withUnit = (state, unit) => ({ ...state, units: new Map(state.units).set(unit.id, unit) });

function withReading(unit, reading) {
  if (!reading || reading.simulated) return unit;
  const changes = {
    ...(isNewest(unit, reading) && { latestReading: reading }),
    ...doorChange(unit, reading),
    ...trendChange(unit, reading),
  };
  return Object.keys(changes).length ? { ...unit, ...changes } : unit;
}

const isOfPrimary = ({ primaryDeviceId: primary }, { deviceId }) => primary === undefined || primary === deviceId;

function isNewest(unit, reading) {
  if (reading.late || !isOfPrimary(unit, reading)) return false;
  const { latestReading: latest } = unit;
  if (!latest || at(reading.timestamp) !== at(latest.timestamp)) {
    return !latest || at(reading.timestamp) > at(latest.timestamp);
  }
  // Of two of one time the later arrival counts: ids are made in that order.
  return reading.id > latest.id;
}

function doorChange({ door }, { doorOpen: open, timestamp }) {
  if (open === undefined || (door && at(timestamp) <= door.at)) return {};
  return { door: { open, at: at(timestamp) } };
}

function trendChange(unit, reading) {
  if (reading.temperature === undefined || !isOfPrimary(unit, reading)) return {};
  const point = { at: at(reading.timestamp), celsius: reading.temperature };
  const trend = withPoint(unit.trend, point);
  return trend === unit.trend ? {} : { trend };
}

function withPoint(points, point) {
  const later = points.findLastIndex((known) => known.at <= point.at) + 1;
  if (points[later - 1]?.at === point.at) return points;
  const inserted = [...points.slice(0, later), point, ...points.slice(later)];
  const oldest = inserted.at(-1).at - TREND_MS;
  const firstKept = Math.max(
    inserted.findIndex((known) => known.at >= oldest),
    inserted.length - POINTS_PER_UNIT,
  );
  return inserted.slice(firstKept);
}

function withStatus(state, { unitId, status, since }) {
  const unit = state.units.get(unitId);
  if (!unit || at(since) < at(unit.statusSince) || status === unit.status) return state;
  return withUnit(state, { ...unit, status, statusSince: since });
}

function withAlert(state, alert) {
  const known = state.alerts.get(alert.alertId);
  if (known && known.version >= alert.version) return state;
  const alerts = new Map(state.alerts);
  alerts.delete(alert.alertId);
  if (!alert.suppressed) alerts.set(alert.alertId, alert);
  const [oldest] = [...alerts.values()].filter(isOver);
  const over = [...alerts.values()].filter(isOver).length;
  if (over > CLEARED_KEPT) alerts.delete(oldest.alertId);
  return { ...state, alerts };
}

const SEVERITIES = ["critical", "warning", "info"];
const urgency = (alert) => (alert.status === "active" ? 0 : SEVERITIES.length) + SEVERITIES.indexOf(alert.severity);

/** The open alerts: what nobody has taken on first, then the worst, then the newest. */
export function openAlerts({ alerts }) {
  const open = [...alerts.values()].filter((alert) => !isOver(alert));
  return open.sort((a, b) => urgency(a) - urgency(b) || at(b.triggeredAt) - at(a.triggeredAt));
}

/** Those that ended within `withinMs` before `now`, the newest first. */
export function clearedAlerts({ alerts }, now, withinMs) {
  const recent = [...alerts.values()].filter((alert) => isOver(alert) && now - at(alert.resolvedAt) < withinMs);
  return recent.sort((a, b) => at(b.resolvedAt) - at(a.resolvedAt));
}

/** How many units there are of each status: `[["ok", 7], ["alarm", 1]]`, the worst first. */
export function statusCounts({ units }) {
  const order = ["alarm", "excursion", "offline", "restoring", "pending", "ok"];
  const counts = new Map();
  for (const { status } of units.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}
