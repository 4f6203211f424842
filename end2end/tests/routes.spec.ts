// みどり野市（架空） makes a route of its own, of three steps, in the form; a flaw is shown at its field.

import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const STAFF = "/midorino/staff";

/** Types into the fields of a stage: text, or a choice by its words. */
async function fill(page: Page, at: number, fields: Record<string, string>) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`#stage-${at}-${name.replaceAll(".", "-")}`);
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption({ label: value });
    else await field.fill(value);
  }
}

test("a route of three steps is made in the form, and a case can take it", async ({ visit, javaScriptEnabled }) => {
  test.setTimeout(180_000);
  const look = async (page: Page) => void (javaScriptEnabled && (await expectAccessible(page)));
  // Each project makes its own.
  const key = javaScriptEnabled ? "with-javascript" : "without-javascript";
  const office = await visit("jimukyoku@midorino.example");
  await office.goto(`${STAFF}/rosters`);
  if ((await office.getByRole("link", { name: "政策会議" }).count()) === 0) {
    await office.locator("#name").fill("政策会議");
    await office.locator("#key").fill("policy");
    await office.locator("#kind").selectOption({ label: "本部" });
    await office.getByRole("button", { name: "加える", exact: true }).click();
  }
  await office.goto(`${STAFF}/routes`);
  await office.getByRole("link", { name: "経路を作る", exact: true }).click();
  await look(office);
  await office.locator("#key").fill(key);
  await office.locator("#name").fill("窓口の改善の経路");
  // Only what belongs to the kind of work is offered.
  await expect(office.locator("#stage-0-to-submitted")).toBeVisible();
  await expect(office.locator("#stage-0-to-adopted")).toBeHidden();
  await office.getByRole("button", { name: /この下に段階を加える/ }).click();
  await fill(office, 1, { name: "課長の確認", work: "受付", acts: "提案者の課の承認者（課長など）", days: "５" });
  await office.getByRole("button", { name: /この下に段階を加える.*2番目の段階/ }).click();
  await fill(office, 2, { name: "政策会議の決定", work: "審議", acts: "政策会議" });
  // The Enter key in a field only draws: nothing is saved, nothing moves.
  await office.locator("#stage-2-days").fill("20");
  await office.locator("#stage-2-days").press("Enter");
  await expect(office.getByRole("img", { name: "経路「窓口の改善の経路」の図。段階は3" })).toBeVisible();
  await fill(office, 0, { "to.submitted": "2　課長の確認" });
  await fill(office, 1, { "to.accepted": "3　政策会議の決定", "to.returned": "1　起案" });
  await office.getByRole("button", { name: "保存する" }).click();
  await expect(office.locator("#errors")).toContainText("「政策会議の決定」の次がありません");
  await look(office);
  await fill(office, 2, { "to.adopted": "終わり（導入）", "to.rejected": "終わり（見送り）", "to.continued": "この段階に留まる" });
  await office.getByRole("button", { name: "保存する" }).click();
  await expect(office.getByRole("status")).toContainText("経路「窓口の改善の経路」を保存しました");
  await look(office);
  await office.getByRole("link", { name: "第1版" }).click();
  await expect(office.locator("main")).toContainText("いまの版です");
  await look(office);

  await office.goto(`${STAFF}/routes/${key}/edit`);
  await look(office);
  await office.getByRole("button", { name: /外す.*課長の確認/ }).click();
  await expect(office.getByRole("status")).toContainText("「起案」の「提出する」は、行き先を選び直してください");

  const sato = await visit("sato@midorino.example");
  await sato.goto(`${STAFF}/cases/new`);
  await expect(sato.locator("#route option", { hasText: "窓口の改善の経路" }).first()).toBeAttached();
});

test("an idea is sent by who only looks on, and answered @javascript", async ({ visit }) => {
  const viewer = await visit("etsuran@kai.example");
  await viewer.goto("/kai/staff/ideas");
  await viewer.locator("#title").fill("番号札を増やす");
  await viewer.locator("#text").fill("繁忙期に窓口で番号札が足りない。");
  await viewer.getByRole("button", { name: "送る" }).click();
  await expect(viewer.getByRole("status")).toContainText("アイデアを送りました");
  const url = new URL(viewer.url()).pathname;
  const office = await visit("jimukyoku@kai.example");
  await office.goto(url);
  await expectAccessible(office);
  await office.getByRole("button", { name: "回答して終わる" }).click();
  await expect(office.locator("#errors")).toContainText("回答を入力してください");
  await office.locator("#answer").fill("12月から増やします。");
  await office.getByRole("button", { name: "回答して終わる" }).click();
  await viewer.goto("/kai/staff/ideas?show=mine");
  await expectAccessible(viewer);
  await viewer.goto(url);
  await expect(viewer.locator("main")).toContainText("12月から増やします。");
  await expectAccessible(viewer);
});
