// What was acknowledged is kept, whatever dies, and the next start needs no hand.

import { once } from "node:events";
import { request as send } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Clerk, type Draft, receipt } from "../support/clerk";
import { Server } from "../support/server";
import { PASSWORD, expect, test as base } from "../support/test";

const OFFICE = "jimukyoku@kai.example";
const kpi = (number: number) => `/kai/staff/kpis/KAI-${String(number).padStart(2, "0")}`;

/** A server of the test's own, to be maltreated. */
const test = base.extend<{ victim: Server }>({
  victim: async ({}, use) => {
    const victim = await Server.start();
    await use(victim);
    await victim.stop();
    expect(victim.leftovers(), "processes left behind").toEqual([]);
  },
});

test.describe("@once", () => {
  test.setTimeout(180_000);

  test("a submission whose answer was lost to a kill -9 counts once", async ({ victim }) => {
    const usual = await timeOfSubmission(victim);
    // The end comes at each stage of a submission: before it is read, before and after it is written, after the answer.
    for (const [round, share] of [0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 2].entries()) {
      const delay = usual * share;
      const clerk = await Clerk.signIn(victim.url, OFFICE);
      const draft = await clerk.draft(kpi(8), String(100 + round));
      const sent = clerk.submit(draft).then(receipt, () => undefined);
      await sleep(delay);
      victim.signal("SIGKILL");
      const acknowledged = await sent;
      await victim.ended();

      await victim.run();
      if (acknowledged) await expectKept(clerk, draft, acknowledged);
      // The person presses the button again, not knowing what became of it.
      const again = receipt(await clerk.submit(draft));
      expect(again, `round ${round}, after ${delay} ms`).toContain(draft.id);
      await expectKept(clerk, draft, again!);
      const history = await (await clerk.get(kpi(8))).text();
      expect(history.match(new RegExp(`<b>[^<]*　${draft.value}件`, "g")), "in the history").toHaveLength(1);
    }
  });

  test("acknowledged reports survive the sudden end of PostgreSQL under load", async ({ victim }) => {
    const kept: { clerk: Clerk; draft: Draft; address: string }[] = [];
    let goesOn = true;
    /** One person, one KPI, bounded. */
    const report = async (number: number) => {
      const clerk = await Clerk.signIn(victim.url, OFFICE);
      for (let count = 1; goesOn && count <= 200; count++) {
        try {
          const draft = await clerk.draft(kpi(number), String(count));
          const address = receipt(await clerk.submit(draft));
          if (address) kept.push({ clerk, draft, address });
        } catch {
          return; // The database is gone.
        }
      }
    };
    const load = [8, 9, 10, 11].map(report);
    await expect.poll(() => kept.length, { timeout: 60_000 }).toBeGreaterThan(20);
    const postmaster = victim.postmaster;
    process.kill(postmaster, "SIGQUIT");
    await expect.poll(async () => (await fetch(`${victim.url}/health`)).status).toBe(503);
    goesOn = false;
    await Promise.all(load);

    await victim.terminate();
    await victim.run();
    for (const { clerk, draft, address } of kept) await expectKept(clerk, draft, address);
  });

  test("SIGTERM lets a request in flight finish and stops PostgreSQL", async ({ victim }) => {
    const form = new URLSearchParams({ login: OFFICE, password: PASSWORD }).toString();
    const request = send(`${victim.url}/sign-in`, {
      method: "POST",
      headers: {
        origin: victim.url,
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(form),
        // The server answers 100 when its handler waits for the form: now it is in flight.
        expect: "100-continue",
      },
    });
    request.flushHeaders();
    await once(request, "continue");
    victim.signal("SIGTERM");
    await expect.poll(() => victim.isWell(), { message: "nobody new is let in" }).toBe(false);
    request.end(form);
    const [answer] = await once(request, "response");
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe("/kai/staff");
    answer.resume();
    expect(await victim.ended()).toBe(0);
    expect(victim.leftovers()).toEqual([]);
  });
});

async function timeOfSubmission(server: Server): Promise<number> {
  const clerk = await Clerk.signIn(server.url, OFFICE);
  const draft = await clerk.draft(kpi(8), "99");
  const began = performance.now();
  await clerk.submit(draft);
  return performance.now() - began;
}

async function expectKept(clerk: Clerk, draft: Draft, address: string) {
  const answer = await clerk.get(address);
  expect(answer.status, address).toBe(200);
  expect(await answer.text()).toContain(`<b>${draft.value}`);
}
