import assert from "node:assert/strict";
import test from "node:test";
import { VIEW_HEIGHT, VIEW_WIDTH, trend } from "../app/trend.js";

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const point = (minutesAgo, celsius) => ({ at: NOW - minutesAgo * MINUTE, celsius });
const every = (minutes, from, celsius = () => 3) =>
  Array.from({ length: Math.floor(from / minutes) + 1 }, (_, index) => point(from - index * minutes, celsius(index)));

const places = (line) => [...line.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

test("nothing within the hour is nothing to draw", () => {
  assert.equal(trend([], {}, NOW), undefined);
  assert.equal(trend([point(61, 3)], {}, NOW), undefined);
});

test("the box holds an hour, or less where there is less", () => {
  for (const [points, minutes] of [
    [every(10, 90), 50],
    [every(1, 12), 12],
    [[point(0, 3)], 2],
  ]) {
    assert.equal(trend(points, {}, NOW).windowMs, minutes * MINUTE);
  }
});

test("warmer is higher, newer is further right, and all of it lies in the box", () => {
  const { lines, last } = trend([point(10, 2), point(5, 9), point(0, 4)], {}, NOW);
  const drawn = places(lines[0]);
  const [[x1, y1], [x2, y2], [x3, y3]] = drawn;
  assert.ok(x1 < x2 && x2 < x3 && y2 < y3 && y3 < y1, lines[0]);
  assert.ok(drawn.every(([x, y]) => x >= 0 && x <= VIEW_WIDTH && y >= 0 && y <= VIEW_HEIGHT), lines[0]);
  assert.deepEqual([last.x, last.y], [x3, y3]);
});

test("limits are drawn where they are near", () => {
  const rule = { minTemperature: 0, maxTemperature: 5 };
  for (const [celsius, count] of [
    [3, 2],
    [6, 1],
    [20, 0],
  ]) {
    assert.equal(trend([point(0, celsius)], rule, NOW).limits.length, count, `${celsius} °C`);
  }
});

test("a silent sensor leaves a gap", () => {
  const silent = every(1, 50).filter(({ at }) => at < NOW - 30 * MINUTE || at > NOW - 20 * MINUTE);
  assert.equal(trend(silent, {}, NOW).lines.length, 2);
  assert.equal(trend(every(10, 50), {}, NOW).lines.length, 1, "one that reports every ten minutes is not silent");
});

test("a line has no more points than can be seen, and keeps its peak", () => {
  const points = every(1 / 60, 59, (index) => (index === 1700 ? 9 : 3));
  const { lines } = trend(points, {}, NOW);
  const heights = lines.flatMap(places).map(([, y]) => y);
  assert.ok(points.length > 3000 && heights.length < 4 * VIEW_WIDTH, `${heights.length} points`);
  assert.equal(Math.min(...heights), 4);
});
