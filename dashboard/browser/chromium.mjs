// Debian's Chromium by playwright-core, for the picture and for the test: it calls nobody but the server under test.
import { chromium } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";

/** Opens a browser; root may not use the sandbox. */
export const openBrowser = () =>
  chromium.launch({
    executablePath: EXECUTABLE,
    chromiumSandbox: process.getuid() !== 0,
    args: ["--disable-background-networking", "--disable-component-update", "--no-first-run"],
  });

/** Signs in, as the form on a demonstration server offers it or as somebody else, and waits until the page is live. */
export async function signIn(page, url, email) {
  await page.goto(url);
  if (email) await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("#connection[data-phase=live]").waitFor();
}
