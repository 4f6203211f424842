// A case of 甲斐市 from a study meeting to a section meeting and back: written, handed in, returned with a reason.

import type { Page } from "@playwright/test";
import { found } from "../support/council";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const CASES = "/kai/staff/cases";

/** Records an outcome on the page of the newest case. */
async function decide(page: Page, url: string, outcome: string, reason = "") {
  await page.goto(url);
  await page.locator(`input[name="outcome"][value="${outcome}"]`).check();
  await page.locator("#reason").fill(reason);
  await page.getByRole("button", { name: "記録する" }).click();
}

test("a case is written, handed in, accepted, and returned once with a reason @javascript", async ({ visit }) => {
  test.setTimeout(180_000);
  const office = await visit("jimukyoku@kai.example");
  await found(office);
  for (const page of ["/kai/staff/rosters/coe", "/kai/staff/routes/kai"]) {
    await office.goto(page);
    await expectAccessible(office);
  }

  const member = await visit("shimin@kai.example");
  await member.goto(`${CASES}/new`);
  await member.locator("#title").fill("書かない窓口の拡大");
  for (const [field, value] of [
    ["as_is-0-name", "申請書を書く"], ["as_is-0-minutes", "３８"], ["as_is-0-times", "8,945"],
    ["to_be-0-name", "聞き取って入力する"], ["to_be-0-minutes", "11"], ["to_be-0-times", "8945"],
    ["costs-initial", "3,000"],
  ]) {
    await member.locator(`#${field}`).fill(value);
  }
  await member.getByRole("button", { name: "下書きを保存する" }).click();
  await expect(member.locator("main")).toContainText("1年で、時間が4,025時間減る見込みです。");
  const url = new URL(member.url()).pathname;
  await expectAccessible(member);
  await member.goto(`${url}/edit`);
  await expectAccessible(member);
  await decide(member, url, "submitted");
  await decide(member, url, "accepted");
  await expect(member.locator("main")).toContainText("事務局の番です");

  await office.goto(url);
  await office.locator("#text").fill("費用の根拠は確かめました。");
  await office.getByRole("button", { name: "書き加える" }).click();
  await decide(office, url, "accepted");

  const chief = await visit("shimin-kacho@kai.example");
  await decide(chief, url, "returned");
  await expect(chief.locator("#errors")).toContainText("理由を入力してください");
  await expectAccessible(chief);
  await decide(chief, url, "returned", "窓口の人員の見込みを書いてください。");
  await expect(chief.locator("main")).toContainText("いまは「調査・研究」、提案者の番です");
  await member.goto("/kai/staff");
  await expect(member.locator("main")).toContainText("書かない窓口の拡大");
});
