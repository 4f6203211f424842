// Every page of the route table: readable by everybody, at the width of a desk and of a phone.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible, expectOrder, resize } from "../support/look";
import { ADMIN, CITIES, COMMON, FILES, PREFECTURE, PROBLEMS, REACHED_BY_ACTING, matches, publicPages, routeTable, staffPages } from "../support/pages";
import { expect, test } from "../support/test";

const KAI = CITIES[0];

test("every page of the route table is looked at @once", () => {
  const looked = [...COMMON, ...CITIES.flatMap((city) => [...publicPages(city), ...staffPages(city)]), ...PREFECTURE.pages, ...ADMIN.pages, ...PROBLEMS.map((it) => it.path)];
  const missed = routeTable().filter((pattern) => ![...REACHED_BY_ACTING, ...FILES].includes(pattern) && !looked.some((path) => matches(pattern, path)));
  expect(missed).toEqual([]);
});

test.describe("axe finds nothing @javascript", () => {
  test.setTimeout(600_000);

  async function look(page: Page, paths: string[]) {
    for (const path of paths) {
      const answer = await page.goto(path);
      expect.soft(answer?.status(), path).toBe(200);
      await expectAccessible(page);
    }
  }

  test("on the pages for everybody", async ({ page }) => look(page, COMMON));

  for (const city of CITIES) {
    test(`on the public pages of ${city.slug}`, async ({ page }) => look(page, publicPages(city)));
    test(`on the staff pages of ${city.slug}`, async ({ visit }) => look(await visit(city.secretariat), staffPages(city)));

    test(`from the form to the receipt in ${city.slug}`, async ({ visit }) => {
      const page = await visit(city.secretariat);
      await page.goto(`/${city.slug}/staff/kpis/${city.reported}/report`);
      await page.getByLabel(/^実績値/).fill("7");
      await page.getByLabel("備考").fill("確認のための報告");
      const reason = page.getByLabel("訂正の理由");
      if (await reason.count()) await reason.fill("数え直した。");
      await page.getByRole("button", { name: "確認へ進む" }).click();
      await expect(page).toHaveURL(/check$/);
      await expectAccessible(page);
      await page.getByRole("button", { name: "この内容で提出する" }).click();
      await expect(page).toHaveURL(/reports\//);
      await expectAccessible(page);
    });
  }

  test("on the pages of 管理者", async ({ visit }) => look(await visit(ADMIN.email), ADMIN.pages));

  test("on the pages of a prefecture, with and without something shared", async ({ visit }) => {
    const prefecture = await visit(PREFECTURE.viewer);
    await look(prefecture, PREFECTURE.pages);
    const office = await visit(KAI.secretariat);
    await office.goto("/kai/staff/kpis/KAI-22");
    await office.getByLabel("共有する都道府県").selectOption({ label: "みずほ県（架空）" });
    await office.getByRole("button", { name: "共有する", exact: true }).click();
    await expectAccessible(office);
    await look(prefecture, PREFECTURE.pages);
  });

  test("on problem pages", async ({ visit }) => {
    for (const { path, status, as } of PROBLEMS) {
      const page = await visit(as);
      const answer = await page.goto(path);
      expect.soft(answer?.status(), path).toBe(status);
      await expectAccessible(page);
    }
  });

  test("on forms that came back", async ({ visit }) => {
    const forms = [
      { path: "/sign-in", button: "サインイン" },
      { path: "/reset", button: "リンクを送る" },
      { path: "/account", button: "パスワードを変更する", as: KAI.secretariat },
      { path: "/kai/staff/publish", button: "公表する", as: KAI.secretariat },
      { path: "/kai/staff/kpis/KAI-22", button: "共有する", as: KAI.secretariat },
      { path: "/kai/staff/kpis/KAI-22/report", button: "確認へ進む", as: KAI.secretariat },
      { path: "/midorino/staff/kpis/MID-10/report", button: "確認へ進む", as: CITIES[1].secretariat },
    ];
    for (const { path, button, as } of forms) {
      const page = await visit(as);
      await page.goto(path);
      await page.getByRole("button", { name: button, exact: true }).click();
      await expect(page.locator("#errors"), path).toBeFocused();
      await expect.soft(page, path).toHaveTitle(/^エラー：/);
      await expectAccessible(page);
    }
  });

  test("on the way to a new password", async ({ page, server }) => {
    await page.goto("/reset");
    await page.getByLabel("メールアドレス").fill("system@kai.example");
    await page.getByRole("button", { name: "リンクを送る" }).click();
    await expectAccessible(page);
    await expect.poll(() => letters(server.outbox)).toContain("/reset/");
    await page.goto(/\/reset\/[\w-]+/.exec(letters(server.outbox))![0]);
    await expect(page.getByLabel("新しいパスワード")).toBeVisible();
    await expectAccessible(page);
  });
});

for (const city of CITIES) {
  test(`every public link of ${city.slug} leads to a page in order, on a phone @once`, async ({ page, request }) => {
    // The first edition has all pages once more.
    test.setTimeout(600_000);
    await resize(page, 320);
    const found = new Set([`/${city.slug}`]);
    for (const path of found) {
      const answer = await page.goto(path);
      expect.soft(answer?.status(), path).toBe(200);
      await expectOrder(page);
      for (const href of await page.locator("a[href]").evaluateAll((links) => links.map((link) => link.getAttribute("href")!))) {
        const target = new URL(href, page.url());
        if (target.origin !== new URL(page.url()).origin) continue;
        if (target.pathname.startsWith("/api/")) expect.soft((await request.get(href)).status(), `${path} → ${href}`).toBe(200);
        else if (target.pathname.startsWith(`/${city.slug}`)) found.add(target.pathname + target.search);
      }
      const lost = await page.evaluate(() => [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href")!).filter((href) => !document.querySelector(href)));
      expect.soft(lost, `${path}: links inside the page`).toEqual([]);
    }
    expect(found.size).toBeGreaterThan(20);
  });
}

test("staff pages are in order on a phone", async ({ visit }) => {
  test.setTimeout(600_000);
  const page = await visit(KAI.secretariat);
  await resize(page, 320);
  for (const path of staffPages(KAI)) {
    await page.goto(path);
    await expectOrder(page);
  }
  const admin = await visit(ADMIN.email);
  await resize(admin, 320);
  for (const path of ADMIN.pages) {
    await admin.goto(path);
    await expectOrder(admin);
  }
});

test("the menu opens on a phone", async ({ page }) => {
  await resize(page, 320);
  await page.goto("/kai");
  const menu = page.getByRole("navigation", { name: "主な画面" });
  await expect(menu).toBeHidden();
  await page.getByRole("button", { name: "メニュー" }).click();
  await menu.getByRole("link", { name: "指標" }).click();
  await expect(page).toHaveURL(/\/kai\/kpis$/);
});

test("the skip link leads past the navigation", async ({ page }) => {
  await page.goto("/kai");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "本文へ移動" })).toBeFocused();
  await expect(page.getByRole("link", { name: "本文へ移動" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#main$/);
  await page.keyboard.press("Tab");
  await expect(page.locator("main :focus")).toHaveCount(1);
});

test("the keyboard reaches the main act, and shows where it is", async ({ visit }) => {
  const acts = [
    { path: "/sign-in", button: "サインイン" },
    { path: "/kai/staff/kpis/KAI-09/report", button: "確認へ進む", as: KAI.secretariat },
    { path: "/kai/staff/publish", button: "公表する", as: KAI.secretariat },
  ];
  for (const { path, button, as } of acts) {
    const page = await visit(as);
    await page.goto(path);
    const goal = page.getByRole("button", { name: button, exact: true });
    for (let steps = 0; !(await goal.evaluate((it) => it === document.activeElement)); steps++) {
      expect(steps, `${path}: the way to ${button}`).toBeLessThan(60);
      await page.keyboard.press("Tab");
      expect(await page.locator(":focus").evaluate(isMarked), `${path}: step ${steps}`).toBe(true);
    }
  }
});

/** Whether the focused element looks focused. */
function isMarked(element: Element): boolean {
  const style = getComputedStyle(element);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
}

/** All letters that were sent, readable. */
function letters(outbox: string): string {
  const read = (file: string) => {
    const [head, ...body] = readFileSync(join(outbox, file), "utf8").split("\r\n\r\n");
    const text = body.join("\n");
    if (/base64/i.test(head)) return Buffer.from(text, "base64").toString("utf8");
    return text.replaceAll("=\r\n", "").replaceAll("=3D", "=");
  };
  return readdirSync(outbox).filter((file) => file.endsWith(".eml")).map(read).join("\n");
}
