import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// `PICTURES=<folder> npx playwright test` takes screenshots and nothing else.
const pictures = process.env.PICTURES;
const chromium = [process.env.CHROMIUM, "/usr/bin/chromium"].find((path) => path && existsSync(path));

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // Every project has its own server, and two cores carry one at a time.
  workers: 1,
  retries: 0,
  timeout: 60_000,
  forbidOnly: !!process.env.CI,
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 900 },
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    trace: "off",
    screenshot: "off",
    video: "off",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--headless",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  projects: pictures
    ? [{ name: "pictures", grep: /@pictures/ }]
    : [
        {
          name: "without-javascript",
          grepInvert: /@javascript|@pictures/,
          use: { javaScriptEnabled: false },
        },
        { name: "with-javascript", grepInvert: /@once|@pictures/ },
      ],
});
