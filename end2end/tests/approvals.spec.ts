// What waits for a section chief: every figure beside the last one, decided by keyboard.

import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const APPROVALS = "/midorino/staff/approvals";

async function report(page: Page, code: string, figure: string) {
  await page.goto(`/midorino/staff/kpis/${code}/report`);
  await page.locator("#period").selectOption("FY2025");
  await page.locator("#value-main").fill(figure);
  await page.locator("#reason").fill("集計の誤りを直したため。");
  await page.getByRole("button", { name: "確認へ進む" }).click();
  await page.getByRole("button", { name: "この内容で提出する" }).click();
  await expect(page.getByRole("status")).toContainText("提出しました");
}

test("a chief who has no mouse approves all that waits with one key @javascript", async ({ visit }) => {
  const reporter = await visit("nakamura@midorino.example");
  await report(reporter, "MID-04", "23/50");
  await report(reporter, "MID-06", "3,500");
  await reporter.locator("#comment").fill("紙の使用量は9月に再集計しました。");
  await reporter.getByRole("button", { name: "コメントする" }).click();
  await expectAccessible(reporter);

  const chief = await visit("soumu-kacho@midorino.example");
  await chief.goto(APPROVALS);
  await expect(chief.locator("main")).toContainText("2件の報告が、あなたの承認を待っています。");
  await expect(chief.getByRole("row").filter({ hasText: "コピー用紙の使用量" })).toContainText("▲40");
  await expectAccessible(chief);
  for (let steps = 0; (await chief.locator(`main button[value="all"]:focus`).count()) === 0; steps++) {
    expect(steps).toBeLessThan(30);
    await chief.keyboard.press("Tab");
  }
  await chief.keyboard.press("Enter");
  await expect(chief.getByRole("status")).toContainText("2件を承認しました");
});
