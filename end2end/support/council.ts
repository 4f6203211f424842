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
