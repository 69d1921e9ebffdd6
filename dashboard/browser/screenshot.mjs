// Takes the pictures of the page that the README shows: an hour of a kitchen in which a fridge has failed.
// Usage: node screenshot.mjs URL FOLDER; the server is a fresh `serve --demo --no-sensors`.
import path from "node:path";
import { openBrowser, signIn } from "./chromium.mjs";
import { DOOR_CONTACT, post, thermometer } from "./sensors.mjs";

const [url, folder] = process.argv.slice(2);
const MINUTE = 60 * 1000;
const UNITS = [
  { number: 1, base: 3.2, swing: 0.7, humidity: 58 },
  { number: 2, base: 3.6, swing: 0.6, humidity: 61, failsMinutesAgo: 34, degreesPerMinute: 0.19 },
  { number: 3, base: 2.7, swing: 0.8, humidity: 55 },
  { number: 4, base: 3.9, swing: 0.5, humidity: 63 },
  { number: 5, base: -20.6, swing: 0.9, humidity: 41 },
  { number: 6, base: -21.4, swing: 0.7, humidity: 44 },
  { number: 7, base: 2.4, swing: 0.6, humidity: 72 },
  { number: 8, base: 3.8, swing: 0.5, humidity: 66, failsMinutesAgo: 16, degreesPerMinute: 0.13 },
];

const CYCLE_MINUTES = 19;
const COOLING_MINUTES = 7;

/** From 1 to -1 while the compressor runs, then slowly back: the air of a unit whose compressor works. */
function compressor(minute) {
  const phase = minute % CYCLE_MINUTES;
  if (phase < COOLING_MINUTES) return 2 * Math.exp((-3 * phase) / COOLING_MINUTES) - 1;
  return 1 - 2 * Math.exp((-2.5 * (phase - COOLING_MINUTES)) / (CYCLE_MINUTES - COOLING_MINUTES));
}

/** What a sensor in the air measures at that time: the cycle, or the warming after the compressor has failed. */
function celsius({ number, base, swing, failsMinutesAgo = 0, degreesPerMinute = 0 }, minutesAgo) {
  const failedFor = Math.max(0, failsMinutesAgo - minutesAgo);
  const cycle = swing * compressor(60 - minutesAgo + number * 5) * (failedFor ? Math.exp(-failedFor / 3) : 1);
  const flicker = 0.06 * Math.sin(minutesAgo * 12.9898 * number);
  return Number((base + cycle + flicker + failedFor * degreesPerMinute).toFixed(2));
}

async function playAnHour(now) {
  for (let minutesAgo = 59; minutesAgo >= 0; minutesAgo -= 1) {
    for (const unit of UNITS) {
      const decoded = { TempC_SHT: celsius(unit, minutesAgo), Hum_SHT: unit.humidity, BatV: 3.1 - unit.number / 40 };
      await post(url, thermometer(unit.number), decoded, now - minutesAgo * MINUTE - unit.number * 1000);
    }
  }
  await post(url, DOOR_CONTACT, { DOOR_OPEN_STATUS: 0, BAT_V: 3.02 }, now - 3 * MINUTE);
}

async function take(browser, { file, acknowledge, ...options }) {
  const page = await browser.newPage({ deviceScaleFactor: 2, locale: "en-GB", ...options });
  await signIn(page, url);
  await page.locator(".alert").nth(1).waitFor();
  if (acknowledge) {
    const alert = page.locator(".alert", { hasText: "Display" });
    await alert.getByLabel("Note").fill("food moved to the walk-in");
    await alert.getByRole("button", { name: "Acknowledge" }).click();
    await page.locator(".alert[data-status=acknowledged]").waitFor();
  }
  await page.locator(".spark:not([data-empty])").nth(UNITS.length - 1).waitFor();
  await page.screenshot({ path: path.join(folder, file) });
  await page.close();
}

await playAnHour(Date.now());
const browser = await openBrowser();
try {
  const desk = { width: 1280, height: 960 };
  await take(browser, { file: "dashboard.png", viewport: desk, colorScheme: "light", acknowledge: true });
  await take(browser, { file: "dashboard-phone.png", viewport: { width: 390, height: 844 }, colorScheme: "dark" });
} finally {
  await browser.close();
}
