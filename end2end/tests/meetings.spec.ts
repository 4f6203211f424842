// A meeting of the study group from its plan to its minutes, with the papers that are printed for it.

import type { Page } from "@playwright/test";
import { fillDate, found, press, propose } from "../support/council";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const MEETINGS = "/kai/staff/meetings";

test("a meeting is planned, called, held and written down", async ({ visit, javaScriptEnabled }) => {
  test.setTimeout(240_000);
  const look = async (page: Page) => void (javaScriptEnabled && (await expectAccessible(page)));
  await found(await visit("jimukyoku@kai.example"));
  const member = await visit("shimin@kai.example");
  member.setDefaultTimeout(30_000);
  const url = await propose(member, "研究会に諮る案件");
  await member.locator('input[name="outcome"][value="submitted"]').check();
  await press(member, "記録する");

  await member.goto(`${MEETINGS}/new`);
  await press(member, "予定する");
  await look(member);
  await member.locator("#title").fill("第1回 研究会");
  await fillDate(member, "on", ["2026", "11", "22"]);
  await member.locator("#from").fill("１０：００");
  await member.locator("#place").fill("第1会議室");
  await press(member, "予定する");
  await expect(member.getByRole("status")).toContainText("会議を予定しました");
  const meeting = new URL(member.url()).pathname;
  await member.getByLabel(/研究会に諮る案件/).check();
  await member.locator("#point").fill("来年度の進め方");
  await press(member, "次第に加える");
  await expect(member.locator("main")).toContainText("議題は2件です");
  await press(member, "招集する");
  await expect(member.getByRole("status")).toContainText("招集しました");
  await look(member);
  await member.goto(`${meeting}/change`);
  await look(member);

  // A cover, and a page for the case.
  await member.goto(`${meeting}/packet`);
  await look(member);
  const pages = await member.pdf({ preferCSSPageSize: true });
  expect(pages.toString("latin1").match(/\/Type\s*\/Page\b/g)!.length).toBeGreaterThanOrEqual(2);

  await member.goto(`${meeting}/attendance`);
  await look(member);
  await press(member, "出席を保存する");
  await expect(member.locator("main")).toContainText("出席 1／1");
  await member.goto(`${meeting}/outcomes`);
  await member.getByLabel(/了承（DX推進係 受付へ）/).check();
  await look(member);
  await press(member, "結果を記録する");
  await expect(member.getByRole("status")).toContainText("結果を1件記録しました");

  await member.locator("summary", { hasText: "対応事項を加える" }).click();
  await member.locator("#errand").fill("窓口の人員の見込みを出す");
  await member.locator("#owner").selectOption({ label: "架空 健" });
  await fillDate(member, "due", ["2026", "12", "15"]);
  await member.getByRole("button", { name: "対応事項を加える" }).click();
  await expect(member.getByRole("status")).toContainText("対応事項を加えました");
  await look(member);

  await member.goto(`${meeting}/minutes`);
  await look(member);
  await press(member, "確定して会議を終える");
  await expect(member.getByRole("status")).toContainText("会議を終えました");
  await look(member);
  await member.goto(url);
  await expect(member.locator("main")).toContainText("いまは「DX推進係 受付」");
  await expect(member.getByRole("region", { name: "審議の記録" })).toContainText("第1回 研究会");
  await look(member);
  await member.goto("/kai/staff/updates");
  await expect(member.locator("main")).toContainText("窓口の人員の見込みを出す");
  await look(member);
  await member.getByRole("button", { name: /^済みにする/ }).click();
  // Beside it stands how the drafts are kept, when the section has something to report.
  await expect(member.getByRole("status").filter({ hasText: "済みにしました" })).toBeVisible();
  await member.goto(MEETINGS);
  await expect(member.locator("main")).toContainText("第1回 研究会");
  await look(member);
});
