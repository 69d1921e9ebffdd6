// The line of a unit's last hour in a box of VIEW_WIDTH by VIEW_HEIGHT. Pure; `tiles` draws it.

export const VIEW_WIDTH = 240;
export const VIEW_HEIGHT = 56;
const HOUR = 60 * 60 * 1000;
/** A unit that has just begun fills the box within this time. */
const SHORTEST = 2 * 60 * 1000;
/** The least height of the box, °C: noise must not look like an event. */
const LEAST_SPAN = 4;
const MARGIN = 4;
/** Between two points that lie further apart than this many usual distances nothing is known. */
const GAP_FACTOR = 4;
/** Never called a gap. */
const LEAST_GAP = 60 * 1000;

/**
 * What to draw at `now`: `lines` (one path each; a silence of the sensor is a gap), `limits` (heights of
 * the limits that lie in the box), `last` (the newest point), and `windowMs`, the time that the box holds.
 * `undefined` where there is nothing.
 */
export function trend(points, { minTemperature: min, maxTemperature: max } = {}, now) {
  const recent = points.filter((point) => point.at > now - HOUR);
  if (!recent.length) return undefined;
  const windowMs = Math.min(HOUR, Math.max(SHORTEST, now - recent[0].at));
  const [low, high] = span(recent.map((point) => point.celsius), [min, max]);
  const x = (time) => rounded(VIEW_WIDTH - MARGIN - ((now - time) / windowMs) * (VIEW_WIDTH - 2 * MARGIN));
  const y = (celsius) => rounded(MARGIN + ((high - celsius) / (high - low)) * (VIEW_HEIGHT - 2 * MARGIN));
  const drawn = recent.map((point) => ({ at: point.at, x: x(point.at), y: y(point.celsius) }));
  const isInside = (limit) => limit !== undefined && limit >= low && limit <= high;
  return {
    lines: pieces(drawn).map(path),
    limits: [min, max].filter(isInside).map(y),
    last: drawn.at(-1),
    windowMs,
  };
}

const rounded = (value) => Math.round(value * 10) / 10;

/** The lowest and the highest value of the box; it holds a limit that is near. */
function span(values, limits) {
  const near = (limit) => limit !== undefined && limit > Math.min(...values) - LEAST_SPAN && limit < Math.max(...values) + LEAST_SPAN;
  const held = [...values, ...limits.filter(near)];
  const [low, high] = [Math.min(...held), Math.max(...held)];
  const missing = Math.max(0, LEAST_SPAN - (high - low)) / 2;
  return [low - missing, high + missing];
}

function pieces(points) {
  const distances = points.slice(1).map((point, index) => point.at - points[index].at);
  const usual = [...distances].sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0;
  const gap = Math.max(LEAST_GAP, usual * GAP_FACTOR);
  const found = [[]];
  points.forEach((point, index) => {
    if (index && distances[index - 1] > gap) found.push([]);
    found.at(-1).push(point);
  });
  return found;
}

function path(points) {
  const kept = thinned(points);
  const [first, ...rest] = kept.map(({ x, y }) => `${x} ${y}`);
  // A round cap makes a dot of a line without length.
  return rest.length ? `M${first}L${rest.join(" ")}` : `M${first}h0`;
}

/** Of the points in one column of the box only the first, the extremes and the last are seen. */
function thinned(points) {
  if (points.length <= VIEW_WIDTH) return points;
  const columns = new Map();
  for (const point of points) {
    const column = Math.floor(point.x);
    columns.set(column, [...(columns.get(column) ?? []), point]);
  }
  return [...columns.values()].flatMap((column) => {
    const byHeight = [...column].sort((a, b) => a.y - b.y);
    const seen = new Set([column[0], byHeight[0], byHeight.at(-1), column.at(-1)]);
    return column.filter((point) => seen.has(point));
  });
}
