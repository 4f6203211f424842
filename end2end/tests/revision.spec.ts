// The office of Kai fills in what the document lost, revises a target, and publishes: the comparison shows exactly that,
// and the edition before stays as it was.

import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const PLAN = "/kai/staff/plans/dx-action-plan";
const INITIATIVE = "子育て相談のオンライン予約（架空の例）";
const KPI = "オンライン予約の件数（架空の例）";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

test("what the draft changes is compared, published and kept apart from the edition before", async ({ visit, javaScriptEnabled }) => {
  test.slow();
  // axe is a script.
  const look = async () => void (javaScriptEnabled && (await expectAccessible(office)));
  const office = await visit("jimukyoku@kai.example");
  await office.goto("/kai/staff/publish");
  const next = Number((await heading(office).innerText()).match(/第(\d+)版/)?.[1]);

  await test.step("an initiative and its KPI under strategy 3, where the text is lost", async () => {
    await office.goto(`${PLAN}/objects/nodes/s3`);
    await region(office, "下位の項目").getByRole("link", { name: "追加する" }).click();
    await button(office, "案に追加する").click();
    await expect(office.getByRole("group", { name: "入力内容に問題があります（1件）" })).toBeFocused();
    await office.getByLabel("名称").fill(INITIATIVE);
    await look();
    await button(office, "案に追加する").click();
    await expect(heading(office)).toHaveText(INITIATIVE);
    await region(office, "指標").getByRole("link", { name: "追加する" }).click();
    await office.getByLabel("指標の名称").fill(KPI);
    await office.getByLabel("単位").fill("件");
    await office.getByLabel("積み上げ", { exact: false }).first().selectOption("per_year");
    await office.getByLabel("目標値", { exact: false }).first().fill("１,２００");
    await office.getByLabel("目標値の年度").fill("2029");
    await button(office, "案に追加する").click();
    await expect(heading(office)).toHaveText(KPI);
    await look();
  });

  await test.step("a target is revised, with a reason", async () => {
    await office.goto(`${PLAN}/objects/kpis/KAI-01`);
    await office.getByRole("link", { name: "目標値（2029(令和11)年度）を見直す" }).click();
    await office.getByLabel("値（人）").fill("3,200");
    await button(office, "案に保存する").click();
    await expect(office.getByRole("group", { name: "入力内容に問題があります（1件）" })).toBeFocused();
    await office.getByLabel("見直しの理由").fill("見込みの見直し（架空の例）");
    await button(office, "案に保存する").click();
    await expect(region(office, "現状値と目標値")).toContainText("3,200人");
  });

  await test.step("the comparison shows exactly that", async () => {
    await office.goto(`${PLAN}/comparison`);
    await expect(office.getByText("3か所が変わります。")).toBeVisible();
    const table = office.getByRole("table");
    for (const words of [INITIATIVE, KPI, "3,172人", "3,200人", "見込みの見直し（架空の例）"]) await expect(table).toContainText(words);
    await look();
  });

  await test.step("the next edition has it, the one before has not", async () => {
    await office.goto(`/kai/staff/publish?plan=dx-action-plan`);
    await office.getByLabel("公表の理由").fill("重点戦略3の取組の追加（架空の例）");
    await button(office, "公表する").click();
    await expect(office.getByRole("status")).toContainText(`第${next}版を公表しました`);
    const page = await visit();
    await page.goto("/kai/strategies");
    await page.getByRole("link", { name: INITIATIVE }).click();
    await expect(page.getByRole("table").first()).toContainText(KPI);
    await page.goto("/kai/kpis/KAI-01");
    await expect(page.getByRole("main")).toContainText("前の値 3,172人。理由：見込みの見直し（架空の例）");
    await page.goto(`/kai/editions/${next - 1}/kpis/KAI-01`);
    await expect(page.getByRole("main")).toContainText("3,172");
    await expect(page.getByRole("main")).not.toContainText("3,200");
    expect((await page.goto(`/kai/editions/${next - 1}/kpis/KAI-23`))?.status()).toBe(404);
    await office.goto(PLAN);
    await expect(office.getByText("編集中の案はありません。", { exact: false })).toBeVisible();
  });
});
