// The office of Midorino takes the plan's workbook out, fills it in and sends it back, or pastes a table.

import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";
import { typedOver } from "../support/workbook";

test("a workbook goes out, comes back, is looked at and becomes a report", async ({ visit, javaScriptEnabled }) => {
  test.slow();
  // axe is a script.
  const look = async (page: Page) => void (javaScriptEnabled && (await expectAccessible(page)));
  const office = await visit("jimukyoku@midorino.example");
  await office.goto("/midorino/staff/updates");
  await office.getByRole("link", { name: "Excelで報告する" }).click();
  await office.getByRole("link", { name: "計画全体・部署ごとのExcelを受け取る" }).click();
  const coming = office.waitForEvent("download");
  await office.getByRole("button", { name: "Excelで受け取る" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^midorino-dx-plan-.*\.xlsx$/);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const name = "各種申請手続き等のデジタル化数";
  const buffer = typedOver(Buffer.concat(chunks), [
    [name, "M", javaScriptEnabled ? "１５２" : "１５１"],
    [name, "V", "数え直した。"],
    ["防災アプリの登録者数", "M", "約１万"],
  ]);

  await office.goto("/midorino/staff/updates/workbooks");
  await office.getByRole("button", { name: "違いを確かめる" }).click();
  await expect(office.getByRole("group", { name: "入力内容に問題があります（1件）" })).toBeFocused();
  const mimeType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  await office.getByLabel("書き込んだExcel").setInputFiles({ name: "報告.xlsx", mimeType, buffer });
  await office.getByRole("button", { name: "違いを確かめる" }).click();
  await expect(office.getByRole("heading", { level: 1 })).toHaveText("違いの確認");
  await expect(office.getByRole("region", { name: "拒否：取り込めない行" })).toContainText("数字だけで入力してください");
  await expect(office.getByRole("row").filter({ hasText: name }).locator("ins").first()).toHaveText(javaScriptEnabled ? "152件" : "151件");
  await look(office);
  await office.getByRole("button", { name: "1件を取り込む" }).click();
  await expect(office.getByRole("status")).toContainText("1件を提出しました");
  await expect(office.getByRole("heading", { level: 1 })).toHaveText("取り込みました");
  await look(office);
});

test("a table is pasted, looked at, mended and becomes reports", async ({ visit, javaScriptEnabled }) => {
  const office = await visit("jimukyoku@midorino.example");
  await office.goto("/midorino/staff/grid/paste");
  await office.getByLabel("貼り付ける表").fill("MID-13\t310");
  await office.getByRole("button", { name: "違いを確かめる" }).click();
  await expect(office.getByRole("group", { name: "入力内容に問題があります（1件）" })).toBeFocused();
  const table = "指標コード\t単位\t2026(令和8)年度 上半期\t目標値\nMID-13\t人\t311人\t400\nMID-14\t%\t99.97%\t\nMID-99\t件\t1\t";
  await office.getByLabel("貼り付ける表").fill(table);
  await office.getByRole("button", { name: "違いを確かめる" }).click();
  await expect(office.getByRole("heading", { level: 1 })).toHaveText("違いの確認");
  await expect(office.getByRole("region", { name: "拒否：取り込めない行" })).toContainText("4行目 「指標コード」");
  if (javaScriptEnabled) await expectAccessible(office);
  await office.getByRole("link", { name: "取り込まずに、貼り付けに戻る" }).click();
  await expect(office.getByLabel("貼り付ける表")).toHaveValue(table);
  await office.getByLabel("訂正の理由").fill("数え直した。");
  await office.getByRole("button", { name: "違いを確かめる" }).click();
  await office.getByRole("button", { name: "2件を取り込む" }).click();
  await expect(office.getByRole("status")).toContainText("2件を提出しました");
});
