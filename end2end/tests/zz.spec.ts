import { expect, test } from "../support/test";
test("probe", async ({ visit }) => {
  const page = await visit("jimukyoku@kai.example");
  page.on("console", m => console.log("C", m.type(), m.text()));
  page.on("pageerror", m => console.log("E", m.message));
  page.on("response", async r => console.log("R", r.status(), r.url(), r.headers()["content-type"]));
  await page.goto("/kai/staff/kpis/KAI-08/report", {waitUntil: "networkidle"});
  console.log(await page.locator("leptos-island").first().evaluate(e => e.outerHTML));
  console.log(await page.locator("input[name='value.main']").evaluate(e => e.outerHTML));
  await page.locator("input[name='value.main']").fill("150");
  console.log(await page.locator("leptos-island").first().evaluate(e => e.outerHTML));
});
