// The office of Kai asks 市民課 about the plan, gets a comment, answers it and takes the table to the meeting.

import type { Page } from "@playwright/test";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const region = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

test("a draft goes to a section, is commented on and answered, and becomes a table", async ({ visit, javaScriptEnabled }) => {
  test.slow();
  // axe is a script.
  const look = async (page: Page) => void (javaScriptEnabled && (await expectAccessible(page)));
  const title = `意見照会${javaScriptEnabled ? "（JS）" : ""}`;
  const office = await visit("jimukyoku@kai.example");

  await office.goto("/kai/staff/plans/dx-action-plan");
  await office.getByRole("link", { name: "庁内照会" }).click();
  await office.goto("/kai/staff/plans/dx-action-plan/inquiries/new");
  await office.getByLabel("件名").fill(title);
  await office.getByLabel("照会する範囲").selectOption({ index: 1 });
  await button(office, "照会を送る").click();
  await expect(office.getByRole("group", { name: "入力内容に問題があります（1件）" })).toBeFocused();
  await expect(office.getByLabel("件名")).toHaveValue(title);
  await office.getByLabel("市民課（架空の配置）").check();
  await button(office, "照会を送る").click();
  await expect(office.getByRole("status")).toContainText("1部署へ照会を送りました");
  await look(office);
  const address = office.url();

  const section = await visit("shimin-kacho@kai.example");
  await section.goto("/kai/staff");
  await section.getByRole("link", { name: title, exact: true }).first().click();
  await look(section);
  const group = region(section, "意見を書く").locator("details").first();
  const first = group.locator("details").first();
  // Groups without a change are folded.
  if (!(await first.isVisible())) await group.locator("summary").first().click();
  await first.locator("summary").click();
  await first.getByRole("textbox").fill("窓口の負担も書いてください。");
  await look(section);
  await button(section, "意見を送る").click();
  await expect(section.getByRole("status")).toContainText("意見を1件送りました");
  await expect(region(section, "あなたの部署が出した意見")).toContainText("窓口の負担も書いてください。");
  await look(section);

  await office.goto(address);
  const comments = region(office, "意見と対応");
  await comments.getByText("対応を書く").click();
  await comments.getByRole("radio", { name: "一部採用" }).check();
  await button(office, "対応を保存する").click();
  await expect(office.getByRole("group", { name: "入力内容に問題があります（1件）" })).toBeFocused();
  await look(office);
  await comments.getByRole("textbox", { name: "回答" }).fill("本文に加えます。");
  await button(office, "対応を保存する").click();
  await expect(comments).toContainText("対応：一部採用");
  await office.getByRole("link", { name: "会議用の一覧（印刷）" }).click();
  await expect(office.getByRole("row").filter({ hasText: "窓口の負担" })).toContainText("本文に加えます。");
  await look(office);
});
