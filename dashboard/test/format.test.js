import assert from "node:assert/strict";
import test from "node:test";
import { Scale, age, alertFigures, alertTitle, battery, degrees, duration, limits, words } from "../app/format.js";

const plain = (text) => text?.replaceAll("\u00a0", " ");

test("temperatures have one decimal, a true minus, and no negative zero", () => {
  for (const [celsius, inC, inF] of [
    [3.44, "3.4", "38.2"],
    [-18, "−18.0", "−0.4"],
    [-0.04, "0.0", "31.9"],
    [-17.8, "−17.8", "0.0"],
  ]) {
    assert.deepEqual([degrees(celsius, Scale.celsius), degrees(celsius, Scale.fahrenheit)], [inC, inF]);
  }
});

test("limits name the sides that are set", () => {
  for (const [rule, inC, inF] of [
    [{ minTemperature: 0, maxTemperature: 5 }, "0 to 5 °C", "32 to 41 °F"],
    [{ maxTemperature: -18 }, "at most −18 °C", "at most −0.4 °F"],
    [{ minTemperature: 57 }, "at least 57 °C", "at least 134.6 °F"],
    [{}, "", ""],
  ]) {
    assert.deepEqual([plain(limits(rule, Scale.celsius)), plain(limits(rule, Scale.fahrenheit))], [inC, inF]);
  }
});

test("durations have two units at most", () => {
  const [second, minute, hour] = [1000, 60_000, 3_600_000];
  for (const [length, text] of [
    [-5, "0 s"],
    [59.9 * second, "59 s"],
    [minute, "1 min"],
    [hour - 1, "59 min"],
    [hour, "1 h"],
    [3 * hour + 5 * minute, "3 h 5 min"],
    [50 * hour, "2 d 2 h"],
  ]) {
    assert.equal(duration(length), text);
  }
  assert.deepEqual([age(-300), age(1999), age(2000)], ["just now", "just now", "2 s ago"]);
});

test("a battery is told by charge, else by voltage, else not at all", () => {
  for (const [reading, text] of [
    [{ battery: 86.6, batteryVolts: 3 }, "87 %"],
    [{ batteryVolts: 2.998 }, "3.00 V"],
    [{}, undefined],
    [undefined, undefined],
  ]) {
    assert.equal(plain(battery(reading)), text);
  }
});

test("an alert says who, what, and how it stands", () => {
  const unit = { name: "Fridge 1", latestReading: { temperature: 7 } };
  const warm = { direction: "high", message: "told by the server", value: 6, limit: 5, peak: 8.5 };
  assert.equal(alertTitle(warm, unit), "Fridge 1 too warm");
  assert.equal(alertTitle({ ...warm, direction: undefined }, unit), "told by the server");
  assert.equal(alertTitle(warm, undefined), "told by the server");
  for (const [alert, of, text] of [
    [warm, unit, "now 7.0 °C · limit 5 °C · peak 8.5 °C"],
    [{ ...warm, peak: 6.5 }, unit, "now 7.0 °C · limit 5 °C"],
    [{ direction: "low", value: -1, limit: 0, peak: -2 }, undefined, "now −1.0 °C · limit 0 °C · peak −2.0 °C"],
    [{}, undefined, ""],
  ]) {
    assert.equal(plain(alertFigures(alert, of, Scale.celsius)), text);
  }
});

test("a code reads as words", () => {
  assert.deepEqual(["fridge", "blast_chiller"].map(words), ["Fridge", "Blast chiller"]);
});
