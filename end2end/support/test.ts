// What every spec begins with: a server of the project's own, people who sign in, and eyes on the browser.

import { type BrowserContext, type Page, expect, test as base } from "@playwright/test";
import { Server } from "./server";

export { expect };

/** Of all demonstration logins. */
export const PASSWORD = "rashin-demo-2026";

interface Fixtures {
  /** What went wrong in the browser so far; must stay empty. */
  faults: string[];
  /** A page of somebody's own: of a member when an address is given, else of the public. */
  visit: (email?: string) => Promise<Page>;
}

interface WorkerFixtures {
  server: Server;
  /** Cookies of who has signed in: signing in is slow on purpose. */
  sessions: Map<string, Cookies>;
}

type Cookies = Awaited<ReturnType<BrowserContext["storageState"]>>;

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  sessions: [async ({}, use) => use(new Map()), { scope: "worker" }],

  baseURL: async ({ server }, use) => use(server.url),

  faults: async ({}, use) => {
    const faults: string[] = [];
    await use(faults);
    expect(faults, "faults in the browser").toEqual([]);
  },

  context: async ({ context, server, faults }, use) => {
    watch(context, server.url, faults);
    await use(context);
  },

  visit: async ({ browser, server, sessions, faults }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (email) => {
      const context = await browser.newContext({ storageState: email ? sessions.get(email) : undefined });
      contexts.push(context);
      watch(context, server.url, faults);
      const page = await context.newPage();
      if (email && !sessions.has(email)) {
        await signIn(page, email);
        sessions.set(email, await context.storageState());
      }
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

export async function signIn(page: Page, email: string) {
  await page.goto("/sign-in");
  await page.getByLabel("メールアドレスまたは職員番号").fill(email);
  await page.getByLabel("パスワード").fill(PASSWORD);
  await page.getByRole("button", { name: "サインイン" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** Notes errors of scripts, of the console, of files that pages ask for, and every request that leaves the origin. */
function watch(context: BrowserContext, origin: string, faults: string[]) {
  context.on("weberror", (event) => faults.push(`script: ${event.error().message}`));
  context.on("console", (message) => {
    // Pages that answer 404 on purpose are reported here, too; files are checked below.
    const isAnswer = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isAnswer) faults.push(`console: ${message.text()} (${message.page()?.url()})`);
  });
  context.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`foreign: ${request.url()}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400 && response.request().resourceType() !== "document") faults.push(`${response.status()}: ${response.url()}`);
  });
}
