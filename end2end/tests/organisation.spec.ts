// Two sections of Kai become one as of 1 April 2027, and the preparation is taken back.

import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const CHART = "/kai/staff/sections";
const SECRETARIAT = "jimukyoku@kai.example";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const region = (page: Page, name: string) => page.getByRole("region", { name });

test("two sections become one as of 1 April, by a proposal that is checked first", async ({ visit, javaScriptEnabled }) => {
  test.slow();
  // axe is a script.
  const look = async () => void (javaScriptEnabled && (await expectAccessible(office)));
  const office = await visit(SECRETARIAT);
  await office.goto("/kai/staff/kpis/KAI-09");
  await office.getByRole("combobox", { name: "担当課" }).selectOption({ label: "産業課（架空の配置）" });
  await button(office, "担当課を保存する").click();

  await test.step("a form that is not complete comes back with what was typed", async () => {
    await office.goto("/kai/staff");
    await office.getByRole("navigation", { name: "主な画面" }).getByRole("link", { name: "組織", exact: true }).click();
    await office.getByRole("link", { name: "組織を変更する" }).click();
    await office.getByRole("link", { name: "統合" }).click();
    await expect(office.getByRole("textbox", { name: "実施日の年" })).toHaveValue("2027");
    await office.getByLabel("統合する組織（1つ目）").selectOption({ label: "市民課（架空の配置）" });
    await office.getByLabel("統合する組織（2つ目）").selectOption({ label: "産業課（架空の配置）" });
    await office.getByLabel("理由").fill("令和9年4月の機構改革");
    await button(office, "確認へ進む").click();
    await expect(office.getByRole("group", { name: "入力内容に問題があります（1件）" })).toBeFocused();
    await expect(office.getByLabel("理由")).toHaveValue("令和9年4月の機構改革");
  });

  await test.step("the proposal names every responsibility and everybody", async () => {
    await office.getByLabel("新しい組織の名称").fill("市民産業課（架空）");
    await button(office, "確認へ進む").click();
    await expect(heading(office)).toHaveText("確定する前に内容を確認してください");
    await expect(office.getByRole("row").filter({ hasText: "KAI-09" })).toContainText("市民産業課（架空）");
    // She works for both sections.
    await expect(office.getByRole("row").filter({ hasText: "架空 幸" }).filter({ hasText: "1つにまとめます" })).toHaveCount(1);
    await look();
    await button(office, "内容を直す").click();
    await expect(office.getByLabel("新しい組織の名称")).toHaveValue("市民産業課（架空）");
    await button(office, "確認へ進む").click();
    await button(office, "この内容で確定する").click();
    await expect(office.getByRole("status")).toContainText("「市民産業課（架空）」に統合する準備ができました");
  });

  await test.step("today everything is as it was; on the day it is not", async () => {
    await expect(region(office, "今日の組織").getByRole("link", { name: "産業課（架空の配置）" })).toBeVisible();
    await expect(region(office, "今日の組織")).not.toContainText("市民産業課");
    await look();
    await office.getByRole("link", { name: "2027年4月1日の組織を見る" }).click();
    await expect(region(office, "2027年4月1日の組織")).not.toContainText("産業課（架空の配置）");
    await region(office, "2027年4月1日の組織").getByRole("link", { name: "市民産業課（架空）" }).click();
    await expect(heading(office)).toHaveText("市民産業課（架空）");
    await expect(region(office, "変遷")).toContainText("市民課（架空の配置）産業課（架空の配置）");
    await expect(region(office, "担当する指標と取組")).toContainText("2027年4月1日から");
    await look();
    await office.goto("/kai/staff/kpis/KAI-09");
    await expect(region(office, "担当の移り変わり")).toContainText("市民産業課（架空）");
  });

  await test.step("the preparation is withdrawn, and nothing of it is left", async () => {
    await office.goto(CHART);
    await region(office, "準備している変更").getByRole("button").click();
    await expect(office.getByRole("status")).toContainText("準備を取り下げました");
    await office.goto(`${CHART}?on=2027-04-01`);
    await expect(region(office, "2027年4月1日の組織").getByRole("link", { name: "産業課（架空の配置）" })).toBeVisible();
    await office.goto("/kai/staff/kpis/KAI-09");
    await expect(region(office, "担当の移り変わり")).not.toContainText("市民産業課");
    await office.getByRole("combobox", { name: "担当課" }).selectOption({ label: "担当なし" });
    await button(office, "担当課を保存する").click();
  });
});

test("whoever is a member may read the organisation, and only the office changes it", async ({ visit }) => {
  const reader = await visit("etsuran@kai.example");
  await reader.goto(CHART);
  await expect(region(reader, "今日の組織")).toContainText("DX推進係");
  await expect(reader.getByRole("link", { name: "組織を変更する" })).toHaveCount(0);
  await reader.getByLabel("組織の名称").fill("dx");
  await button(reader, "表示する").click();
  await expect(region(reader, "今日の組織")).toContainText("政策戦略課");
  await expect(region(reader, "今日の組織")).not.toContainText("産業課");
  expect((await reader.goto("/kai/staff/reorganisations/new"))?.status()).toBe(403);
});
