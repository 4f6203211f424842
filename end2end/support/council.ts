// 甲斐市 with its bodies, a seat in two of them, and its route.

import type { Page } from "@playwright/test";
import { expect } from "./test";

/** As the secretariat; another spec on the same server may have been here before. */
export async function found(office: Page) {
  await office.goto("/kai/staff/rosters");
  const take = office.getByRole("button", { name: "会議体として加える" });
  if ((await take.count()) === 0) return;
  await take.click();
  for (const [body, name] of [["coe", "架空 健"], ["section-meeting", "架空 恵"]]) {
    await office.goto(`/kai/staff/rosters/${body}`);
    await office.locator("#nomination").selectOption("section");
    await office.locator("#person").selectOption({ label: name });
    await office.getByRole("button", { name: "席を保存する" }).click();
    await expect(office.getByRole("status")).toContainText("席を保存しました");
  }
  await office.goto("/kai/staff/routes");
  await office.getByRole("button", { name: "この経路を使う" }).first().click();
  await expect(office.getByRole("img", { name: /経路「/ })).toBeVisible();
}

export async function press(page: Page, name: string) {
  await page.getByRole("button", { name, exact: true }).click();
}

export async function fillDate(page: Page, name: string, [year, month, day]: [string, string, string]) {
  for (const [part, value] of [["year", year], ["month", month], ["day", day]]) await page.locator(`#${name}_${part}`).fill(value);
}

/** Writes a case with its BPR sheet and its costs; its address. */
export async function propose(member: Page, title: string): Promise<string> {
  await member.goto("/kai/staff/cases/new");
  await member.locator("#title").fill(title);
  for (const [field, value] of [
    ["problem", "転入の手続きで同じことを何度も書く。"], ["as_is-0-name", "申請書を書く"], ["as_is-0-minutes", "３８"],
    ["as_is-0-times", "8,945"], ["to_be-0-name", "聞き取って入力する"], ["to_be-0-minutes", "11"], ["to_be-0-times", "8945"],
    ["costs-initial", "3,000"],
  ]) {
    await member.locator(`#${field}`).fill(value);
  }
  await press(member, "下書きを保存する");
  await expect(member.locator("main")).toContainText("1年で、時間が4,025時間減る見込みです。");
  return new URL(member.url()).pathname;
}

/** Records an outcome on the page of a case. */
export async function decide(page: Page, url: string, outcome: string, reason = "") {
  await page.goto(url);
  await page.locator(`input[name="outcome"][value="${outcome}"]`).check();
  await page.locator("#reason").fill(reason);
  await press(page, "記録する");
}

/** Writes an opinion, or the result of a trial. */
export async function say(page: Page, url: string, text: string) {
  await page.goto(url);
  await page.locator("#text").fill(text);
  await press(page, "書き加える");
}

/** A meeting of a body, by its key, today, with a case before it; its address. */
export async function meet(page: Page, body: string, title: string): Promise<string> {
  await page.goto("/kai/staff/meetings/new");
  await page.locator("#body").selectOption(body);
  await page.locator("#title").fill("定例の会議（架空の例）");
  await fillDate(page, "on", ["2026", "11", "22"]);
  await press(page, "予定する");
  await expect(page.getByRole("status")).toContainText("会議を予定しました");
  const meeting = new URL(page.url()).pathname;
  await page.getByLabel(title).check();
  await press(page, "次第に加える");
  return meeting;
}

/** Records at a meeting what came out for a case: fields of the case's own part of the form. */
export async function conclude(page: Page, meeting: string, url: string, outcome: string, fields: Record<string, string> = {}) {
  const prefix = `c${url.split("/").pop()}`;
  await page.goto(`${meeting}/outcomes`);
  await page.locator(`input[name="${prefix}.outcome"][value="${outcome}"]`).check();
  for (const [field, value] of Object.entries(fields)) await page.locator(`#${prefix}-${field}`).fill(value);
  await press(page, "結果を記録する");
}
