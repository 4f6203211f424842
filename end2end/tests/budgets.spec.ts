// How little a page may ask of an old desktop and a slow line.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Page, Request } from "@playwright/test";
import { CITIES, COMMON, publicPages } from "../support/pages";
import { SITE } from "../support/server";
import { expect, test } from "../support/test";

const KILO = 1024;

/** Everything that a page asks for. */
async function requests(page: Page, path: string): Promise<Request[]> {
  const seen: Request[] = [];
  const note = (request: Request) => void seen.push(request);
  page.on("request", note);
  await page.goto(path, { waitUntil: "networkidle" });
  page.off("request", note);
  return seen;
}

/** Bytes of the body as they went over the line. */
const weight = async (request: Request) => (await request.sizes()).responseBodySize;

test("public pages load no script and no wasm @javascript", async ({ page }) => {
  for (const path of [...COMMON, ...publicPages(CITIES[0])]) {
    const kinds = (await requests(page, path)).map((request) => request.resourceType());
    expect.soft(kinds.filter((kind) => !["document", "stylesheet", "image", "other"].includes(kind)), path).toEqual([]);
    expect.soft(await page.locator("script").count(), path).toBe(0);
  }
});

test("the overview with its style sheet weighs at most 60 KB @once", async ({ page }) => {
  const needed = (await requests(page, "/kai")).filter((request) => ["document", "stylesheet"].includes(request.resourceType()));
  expect(needed.map((request) => request.resourceType()).sort()).toEqual(["document", "stylesheet"]);
  for (const request of needed) {
    const answer = await request.response();
    expect(answer?.headers()["content-encoding"], request.url()).toMatch(/^(br|gzip|zstd)$/);
  }
  const weights = await Promise.all(needed.map(weight));
  expect(weights.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(60 * KILO);
});

test("the wasm of the report page weighs at most 120 KB @javascript", async ({ visit }) => {
  test.skip(!existsSync(join(SITE, "pkg/rashin.wasm.br")), "only a release build compresses its wasm");
  const page = await visit(CITIES[0].secretariat);
  const wasm = (await requests(page, "/kai/staff/kpis/KAI-08/report")).filter((request) => request.url().includes(".wasm"));
  expect(wasm).toHaveLength(1);
  expect(await weight(wasm[0])).toBeLessThanOrEqual(120 * KILO);
});
