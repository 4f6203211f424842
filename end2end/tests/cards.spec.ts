// An OODAカード about a KPI: made on the KPI's page, written step by step, closed.

import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

test("a card goes round once, from the page of its KPI to its result", async ({ visit, javaScriptEnabled }) => {
  const look = async () => void (javaScriptEnabled && (await expectAccessible(member)));
  const member = await visit("shimin@kai.example");
  await member.goto("/kai/staff/kpis/KAI-02");
  await member.getByRole("link", { name: "OODAカードを作る" }).click();
  // Each project makes its own.
  const title = `申請が急に減った（${javaScriptEnabled ? "あり" : "なし"}）`;
  await member.locator("#title").fill(title);
  await member.getByRole("button", { name: "カードを作る" }).click();
  await expect(member.locator("#errors")).toContainText("観察を入力してください");
  await expect(member.locator("#title")).toHaveValue(title);
  await look();
  await member.locator("#observation").fill("先月の半分だった。");
  await member.getByRole("button", { name: "カードを作る" }).click();
  await expect(member.locator("main")).toContainText("次は「状況判断」です");
  await look();
  for (const text of ["様式が変わった。", "様式を戻す。", "戻した。"]) {
    await member.locator("#text").fill(text);
    await member.getByRole("button", { name: "記録する" }).click();
    await expect(member.locator("main")).toContainText(text);
  }
  await member.locator("#result").fill("申請が戻った。");
  await member.getByRole("button", { name: "終える" }).click();
  await expect(member.getByRole("status")).toContainText("OODAカードを終えました");
  await look();
  await member.goto("/kai/staff/cards?show=closed");
  await expect(member.getByRole("link", { name: title })).toBeVisible();
  await look();
  await member.goto("/kai/staff/kpis/KAI-02");
  await look();
});
