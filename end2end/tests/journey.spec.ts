// One KPI from the plan to the public page, by the people who carry it, with and without JavaScript.

import type { Page } from "@playwright/test";
import { expect, test } from "../support/test";

const CITY = "/kai";
const KPI = "KAI-08";
const NAME = "各種申請手続き等のデジタル化数";
const PLAN = "/api/v1/municipalities/192104/plans/dx-action-plan";
const SECRETARIAT = "jimukyoku@kai.example";
const REPORTER = "shimin@kai.example";
const APPROVER = "shimin-kacho@kai.example";
const staffPage = `${CITY}/staff/kpis/${KPI}`;

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const menu = (page: Page, name: string) => page.getByRole("navigation", { name: "主な画面" }).getByRole("link", { name, exact: true });

test("a resident reads the plan from its overview to its data", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("link", { name: "甲斐市" }).click();
  await expect(heading(page)).toContainText("甲斐市DXアクションプラン");

  await menu(page, "戦略と取組").click();
  await page.getByRole("main").getByRole("link", { name: /甲斐市の個性を生かした/ }).first().click();
  await expect(heading(page)).toContainText("甲斐市の個性を生かした魅力あふれる地域をつくる");

  await menu(page, "指標").click();
  await page.getByRole("link", { name: NAME }).click();
  await expect(heading(page)).toHaveText(NAME);
  await expect(page.getByRole("main")).toContainText("2025年度の実績はまだ報告されていません。");

  await menu(page, "ロードマップ").click();
  await expect(page.getByRole("table").first()).toContainText("農業者の経営安定に向けた支援の推進");

  await menu(page, "計画書").click();
  await page.getByRole("link", { name: "前の計画の実績" }).click();
  await expect(heading(page)).toContainText("スマート");
  await menu(page, "計画書").click();
  await page.getByRole("link", { name: /策定の目的/ }).click();
  await expect(heading(page)).toContainText("策定の目的");

  await menu(page, "計画書").click();
  await page.getByRole("link", { name: "用語集" }).click();
  await expect(heading(page)).toHaveText("用語集");

  await menu(page, "データ").click();
  await expect(page.getByRole("link", { name: "指標のCSV" }).first()).toHaveAttribute("href", `${PLAN}/kpis.csv`);
  expect(await page.context().cookies(), "the public is not followed").toEqual([]);
});

test("a figure goes from a typing error to the public page", async ({ page, visit, javaScriptEnabled }) => {
  test.slow();
  const before = await overview(page, CITY);

  await test.step("the secretariat makes a section responsible", async () => {
    const office = await visit(SECRETARIAT);
    await office.goto(`${CITY}/staff`);
    await office.getByRole("link", { name: /担当課のない指標/ }).click();
    await office.getByRole("link", { name: NAME }).click();
    await office.getByRole("combobox", { name: "担当課" }).selectOption({ label: "市民課（架空の配置）" });
    await button(office, "担当課を保存する").click();
    await expect(office.getByRole("status")).toContainText("担当課を「市民課（架空の配置）」にしました");
  });

  const reporter = await visit(REPORTER);
  await test.step("a wrong number is explained and kept", async () => {
    await reporter.goto(`${CITY}/staff/kpis?show=mine`);
    await reporter.getByRole("link", { name: NAME }).click();
    await reporter.getByRole("link", { name: "報告する", exact: true }).click();
    // What the round asks now; this is about the year before.
    await expect(reporter.getByLabel("報告する年度")).toHaveValue("FY2026H1");
    await reporter.getByLabel("報告する年度").selectOption("FY2025");
    await reporter.getByRole("radio", { name: "確定", exact: true }).check();
    await figure(reporter).fill("約150");
    await reporter.getByLabel("備考").fill("窓口の統合で手続きを数え直した。");
    await button(reporter, "確認へ進む").click();

    const errors = reporter.getByRole("group", { name: "入力内容に問題があります（1件）" });
    await expect(errors).toBeFocused();
    await expect(reporter).toHaveTitle(/^エラー：/);
    await expect(figure(reporter)).toHaveValue("約150");
    await expect(figure(reporter)).toHaveAttribute("aria-invalid", "true");
    await expect(reporter.getByLabel("備考")).toHaveValue("窓口の統合で手続きを数え直した。");
    await errors.getByRole("link").click();
    await expect(figure(reporter)).toBeFocused();
  });

  await test.step("the figure is understood, checked and submitted", async () => {
    await figure(reporter).fill("１５０");
    if (javaScriptEnabled) await expect(reporter.locator(".rashin-hint")).toContainText("97.4%");
    await button(reporter, "確認へ進む").click();
    await expect(heading(reporter)).toHaveText("提出前に内容を確認してください");
    await expect(reporter.getByRole("main")).toContainText("150件");
    await expect(reporter.getByRole("main")).toContainText("2026年度の目標154件の97.4%。前回より6件多い値です。");
    await button(reporter, "この内容で提出する").click();
    await expect(reporter.getByRole("status")).toContainText("提出しました");
  });

  await test.step("the approver returns it with a reason", async () => {
    const approver = await visit(APPROVER);
    await approver.goto(`${CITY}/staff`);
    await approver.getByRole("region", { name: "あなたの番です" }).getByRole("link", { name: new RegExp(NAME) }).click();
    await button(approver, "差し戻す").click();
    await expect(approver.getByRole("group", { name: /入力内容に問題があります/ })).toBeFocused();
    await approver.getByLabel("差戻しの理由").fill("統合した3件を除いてください。");
    await button(approver, "差し戻す").click();
    await expect(approver.getByRole("status")).toContainText("差し戻しました");
  });

  await test.step("the reporter reads the reason and corrects", async () => {
    await reporter.goto(`${CITY}/staff`);
    await expect(reporter.getByRole("main")).toContainText("理由：統合した3件を除いてください。");
    await reporter.getByRole("region", { name: "あなたの番です" }).getByRole("link", { name: NAME }).click();
    await expect(reporter.getByRole("main")).toContainText("統合した3件を除いてください。");
    await figure(reporter).fill("147");
    await reporter.getByLabel("訂正の理由").fill("統合した3件を除いた。");
    await button(reporter, "確認へ進む").click();
    await button(reporter, "この内容で提出する").click();
    await expect(reporter.getByRole("status")).toContainText("提出しました");
    await expect(button(reporter, "承認する"), "nobody approves an own report").toHaveCount(0);
  });

  await test.step("the approver approves", async () => {
    const approver = await visit(APPROVER);
    await approver.goto(`${CITY}/staff`);
    await approver.getByRole("region", { name: "あなたの番です" }).getByRole("link", { name: /147件/ }).click();
    await button(approver, "承認する").click();
    await expect(approver.getByRole("status")).toContainText("承認しました");
  });

  await test.step("until it is published the public sees nothing of it", async () => {
    await page.goto(`${CITY}/kpis/${KPI}`);
    await expect(page.getByRole("main")).not.toContainText("147");
  });

  // Other journeys publish before this one.
  let edition = 0;
  await test.step("the secretariat publishes the next edition", async () => {
    const office = await visit(SECRETARIAT);
    await office.goto(`${CITY}/staff/publish`);
    edition = Number((await heading(office).innerText()).match(/第(\d+)版/)?.[1]);
    await expect(office.getByRole("region", { name: "公表すると変わること" })).toContainText("147件");
    await office.getByLabel("公表の理由").fill("2025年度の実績を反映");
    await button(office, "公表する").click();
    await expect(office.getByRole("status")).toContainText(`第${edition}版を公表しました`);
  });

  await test.step("the public sees the figure, its status, and both editions", async () => {
    await page.goto(`${CITY}/kpis/${KPI}`);
    await expect(page.getByRole("main")).toContainText("147件");
    await expect(page.getByRole("main")).toContainText("市民課（架空の配置）");
    await expect(page.getByRole("region", { name: "いまの判定" })).toContainText("遅れ");
    await page.goto(`${CITY}/editions`);
    await expect(page.getByRole("listitem").filter({ hasText: `第${edition}版` })).toContainText("2025年度の実績を反映");
    expect(await overview(page, CITY)).not.toEqual(before);
    expect(await overview(page, `${CITY}/editions/${edition - 1}`)).toEqual(before);
  });

  await test.step("CSV and JSON say the same", async () => {
    const get = async (path: string) => (await page.request.get(path)).text();
    const row = (csv: string) => csv.split("\n").filter((line) => line.includes(KPI) && line.includes("147"));
    expect(row(await get(`${PLAN}/kpis.csv`))).toHaveLength(1);
    expect(row(await get(`${PLAN}/kpis.csv?edition=${edition - 1}`))).toHaveLength(0);
    const actuals = async (path: string) => {
      const { content } = JSON.parse(await get(path));
      const kpi = content.kpis.find((kpi: { code: string }) => kpi.code === KPI);
      return kpi.parts[0].actuals;
    };
    expect(await actuals(PLAN)).toHaveLength(1);
    expect(await actuals(`${PLAN}?edition=${edition - 1}`)).toHaveLength(0);
  });
});

test("a member of another city finds nothing of Kai's staff pages", async ({ visit }) => {
  const stranger = await visit("sato@midorino.example");
  expect((await stranger.goto("/midorino/staff"))?.status()).toBe(200);
  for (const path of ["", "/kpis", `/kpis/${KPI}`, `/kpis/${KPI}/report`, "/publish", "/shares"]) {
    const answer = await stranger.goto(`${CITY}/staff${path}`);
    expect(answer?.status(), path).toBe(404);
    await expect(heading(stranger)).toHaveText("ページが見つかりません");
  }
});

test("a KPI is shared with the prefecture and withdrawn again", async ({ visit }) => {
  const office = await visit(SECRETARIAT);
  const prefecture = await visit("shien@mizuho.example");
  await office.goto(staffPage);
  await office.getByLabel("共有する都道府県").selectOption({ label: "みずほ県（架空）" });
  await button(office, "共有する").click();
  await expect(office.getByRole("status")).toContainText("みずほ県（架空）と共有しました");

  await prefecture.goto("/mizuho/staff");
  await prefecture.getByRole("link", { name: "共有された指標を見る" }).click();
  await expect(prefecture.getByRole("row").filter({ hasText: NAME })).toContainText("甲斐市");

  await button(office, "共有を取り下げる").click();
  await expect(office.getByRole("status")).toContainText("共有を取り下げました");
  await prefecture.reload();
  await expect(prefecture.getByRole("main")).toContainText("いま共有されている指標はありません。");
});

function figure(page: Page) {
  return page.getByLabel("実績値（単位：件）");
}

/** The sentences of an overview that count statuses: what an edition must keep. */
async function overview(page: Page, path: string): Promise<string> {
  await page.goto(path);
  return (await page.locator("main .lead").first().innerText()).trim();
}
