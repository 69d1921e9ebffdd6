// Numbers and times as people read them. Pure: what is shown depends on the arguments alone.

/** How temperatures are shown; on the wire they are °C. */
export const Scale = Object.freeze({ celsius: "C", fahrenheit: "F" });

const MINUS = "\u2212";
const NO_BREAK_SPACE = "\u00a0";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const inScale = (celsius, scale) => (scale === Scale.fahrenheit ? celsius * 1.8 + 32 : celsius);

const signed = (text) => text.replace(/^-/, MINUS);

/** `8.2`, `−18.0`; never a negative zero. */
export function degrees(celsius, scale) {
  const text = inScale(celsius, scale).toFixed(1);
  return signed(text === "-0.0" ? "0.0" : text);
}

/** `8.2 °C` */
export const temperature = (celsius, scale) => degrees(celsius, scale) + NO_BREAK_SPACE + unitOf(scale);

/** `°C` */
export const unitOf = (scale) => `°${scale}`;

/** A limit: as `temperature`, without a decimal that says nothing: `5 °C`. */
function limit(celsius, scale) {
  const value = Number(inScale(celsius, scale).toFixed(1));
  return signed(String(value === 0 ? 0 : value));
}

/** What a unit must keep: `0 to 5 °C`, `at most −18 °C`; empty where nothing is set. */
export function limits({ minTemperature: min, maxTemperature: max }, scale) {
  const unit = NO_BREAK_SPACE + unitOf(scale);
  if (min !== undefined && max !== undefined) return `${limit(min, scale)} to ${limit(max, scale)}${unit}`;
  if (max !== undefined) return `at most ${limit(max, scale)}${unit}`;
  if (min !== undefined) return `at least ${limit(min, scale)}${unit}`;
  return "";
}

/** A length of time in milliseconds: `42 s`, `7 min`, `3 h 5 min`, `2 d 4 h`. Below zero counts as zero. */
export function duration(milliseconds) {
  const length = Math.max(0, milliseconds);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  const [large, small, name, nameOfSmall] = length < DAY ? [HOUR, MINUTE, "h", "min"] : [DAY, HOUR, "d", "h"];
  const rest = Math.floor((length % large) / small);
  return `${Math.floor(length / large)} ${name}${rest ? ` ${rest} ${nameOfSmall}` : ""}`;
}

/** `just now`, else `42 s ago`. */
export const age = (milliseconds) =>
  milliseconds < 2 * SECOND ? "just now" : `${duration(milliseconds)} ago`;

/** A battery by its charge, else by its voltage; `undefined` where the sensor tells neither. */
export function battery({ battery: percent, batteryVolts: volts } = {}) {
  if (percent !== undefined) return `${Math.round(percent)}${NO_BREAK_SPACE}%`;
  if (volts !== undefined) return `${volts.toFixed(2)}${NO_BREAK_SPACE}V`;
  return undefined;
}

/** Hours, minutes and seconds of a moment in milliseconds, as this browser's user writes them. */
export const timeOfDay = (at, locale) =>
  new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** `walk_in_cooler` as `Walk in cooler`: codes that a later server knows read well too. */
export function words(code) {
  const text = code.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const SIDES = { high: "too warm", low: "too cold" };

/** The heading of an alert: who and what. The server's own message knows °C only. */
export function alertTitle(alert, unit) {
  const side = SIDES[alert.direction];
  return unit && side ? `${unit.name} ${side}` : alert.message;
}

/** Its figures: `now 9.9 °C · limit 5 °C`; a peak is told where the value is not that far outside any more. */
export function alertFigures(alert, unit, scale) {
  const now = unit?.latestReading?.temperature ?? alert.value;
  const isPast = alert.direction === "low" ? alert.peak < now : alert.peak > now;
  return [
    now !== undefined && `now ${temperature(now, scale)}`,
    alert.limit !== undefined && `limit ${limit(alert.limit, scale)}${NO_BREAK_SPACE}${unitOf(scale)}`,
    isPast && `peak ${temperature(alert.peak, scale)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
