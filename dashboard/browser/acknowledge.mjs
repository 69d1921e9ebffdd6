// What a cook does, in a real browser: sign in, see the kitchen, see an alarm come, take it on; while a colleague looks
// on in a second browser, and a rival in a third sees nothing of it. Each step is checked; ends with `page complete`.
// Usage: node acknowledge.mjs URL; the server is a fresh demonstration.
import assert from "node:assert/strict";
import { openBrowser, signIn } from "./chromium.mjs";
import { DOOR_CONTACT, post, thermometer } from "./sensors.mjs";

const [url] = process.argv.slice(2);
const FRIDGE = "Fridge 1";
const NOTE = "<b>moved</b> to Fridge 2";

const browser = await openBrowser();
const complaints = [];

/** A browser of somebody's own. Whatever it complains about fails the test: the policy admits all that the page does. */
async function open(email) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await signIn(page, url, email);
  return page;
}

const tile = (page, name) => page.locator(".tile", { has: page.getByRole("heading", { name, exact: true }) });
const alerts = (page) => page.locator(".alert");
const shows = (locator, text) => locator.filter({ hasText: text }).waitFor();

try {
  const [cook, colleague, rival] = [await open(), await open("viewer@freshtrack.local"), await open("rival@freshtrack.local")];

  await shows(tile(cook, FRIDGE), "Waiting");
  assert.equal(await cook.locator(".tile").count(), 8);
  assert.equal(await rival.locator(".tile").count(), 3);

  await post(url, thermometer(1), { TempC_SHT: 3.4, Hum_SHT: 58.2, BatV: 3.05 });
  await shows(tile(cook, FRIDGE), /3\.4.*°C.*58\s%.*3\.05\sV/s);
  await tile(cook, FRIDGE).and(cook.locator("[data-status=ok]")).waitFor();
  await post(url, DOOR_CONTACT, { DOOR_OPEN_STATUS: 1 });
  await shows(tile(cook, FRIDGE), "Door open");

  await cook.locator("#scale").click();
  await shows(tile(cook, FRIDGE), /38\.1.*°F/s);
  await cook.locator("#scale").click();

  await post(url, thermometer(1), { TempC_SHT: 9.5 });
  for (const page of [cook, colleague]) {
    await shows(alerts(page), /Fridge 1 too warm.*now 9\.5\s°C.*limit 5\s°C/s);
    await tile(page, FRIDGE).and(page.locator("[data-status=excursion]")).waitFor();
  }
  assert.equal(await colleague.getByRole("button", { name: "Acknowledge" }).count(), 0, "a viewer only looks on");

  await alerts(cook).getByLabel("Note").fill(NOTE);
  await alerts(cook).getByRole("button", { name: "Acknowledge" }).click();
  for (const page of [cook, colleague]) {
    await shows(alerts(page), `by Dana Owner`);
    await shows(alerts(page), `“${NOTE}”`);
  }

  await post(url, thermometer(1), { TempC_SHT: 3.5 });
  for (const page of [cook, colleague]) {
    await alerts(page).waitFor({ state: "detached" });
    await shows(page.locator("#cleared-alerts"), /Fridge 1 too warm.*cleared/);
  }

  await cook.reload();
  await shows(tile(cook, FRIDGE), /3\.5/);
  await cook.locator(".spark:not([data-empty])").waitFor();
  assert.equal(await rival.locator(".tile[data-status=pending]").count(), 3);
  assert.equal(await alerts(rival).count(), 0);
  assert.equal(await rival.getByText("Fridge 1").count(), 0);

  await cook.getByRole("button", { name: "Sign out" }).click();
  await cook.getByLabel("Password").waitFor();
  assert.equal(await cook.getByText(FRIDGE).count(), 0);
  await cook.reload();
  await cook.getByLabel("Password").waitFor();
  assert.deepEqual(complaints, []);
  console.log("page complete");
} finally {
  await browser.close();
}
