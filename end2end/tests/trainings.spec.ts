// 研修会・情報発信: recorded with who came, and proposed as a figure to who reports the KPI.

import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const TRAININGS = "/midorino/staff/trainings";

test("a workshop is recorded with who came, and read by everybody", async ({ visit, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const office = await visit("jimukyoku@midorino.example");
  const look = async (page = office) => void (javaScriptEnabled && (await expectAccessible(page)));
  // Each project records its own.
  const title = javaScriptEnabled ? "デジタル研修（架空）" : "紙の使い方研修（架空）";
  await office.goto(TRAININGS);
  await look();
  await office.getByRole("link", { name: "記録を加える" }).click();
  await office.getByRole("button", { name: "保存する" }).click();
  await expect(office.locator("#errors")).toContainText("題名を入力してください");
  await look();
  await office.locator("#title").fill(title);
  for (const [part, value] of [["year", "２０２６"], ["month", "6"], ["day", "10"]]) await office.locator(`#on_${part}`).fill(value);
  await office.getByLabel("会場とオンライン").check();
  await office.locator("#place").fill("本庁舎 大会議室");
  await office.getByRole("button", { name: "保存する" }).click();
  await expect(office.getByRole("status")).toContainText("研修会を保存しました");
  await look();
  await office.getByRole("link", { name: "参加者を記録する" }).click();
  await office.getByLabel("市民課の参加者数", { exact: true }).fill("約10");
  await office.getByRole("button", { name: "参加者を保存する" }).click();
  await expect(office.locator("#errors")).toContainText("「市民課」の参加者数");
  await look();
  await office.getByLabel("市民課の参加者数", { exact: true }).fill("１２");
  await office.getByLabel("庁外の人の参加者数").fill("3");
  await office.getByRole("button", { name: "参加者を保存する" }).click();
  await expect(office.locator("main")).toContainText("15人が参加しました");
  await look();
  await office.getByRole("link", { name: "記録を直す" }).click();
  await look();
  await office.goBack();
  await office.getByRole("link", { name: "添付ファイルを追加・削除する" }).click();
  await look();
  const viewer = await visit("gikai@midorino.example");
  await viewer.goto(`${TRAININGS}?q=${encodeURIComponent(title)}`);
  await expect(viewer.locator("main")).toContainText("1件（新しい順）");
  await expect(viewer.locator("main")).toContainText("15人");
  await expect(viewer.getByRole("link", { name: "記録を加える" })).toHaveCount(0);
  await look(viewer);
});
