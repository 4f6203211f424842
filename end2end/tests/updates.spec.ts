// The half-year's report of a section with five KPIs and three initiatives: by keyboard alone, and in a browser that dies.

import { chromium, type Page } from "@playwright/test";
import { expectAccessible } from "../support/look";
import { PASSWORD, expect, signIn, test } from "../support/test";

const REPORTER = "sato@midorino.example";
const UPDATES = "/midorino/staff/updates";

/** Somebody who has no mouse. Filling a field or activating a control is an interaction; walking with Tab is none. */
class Typist {
  interactions = 0;

  constructor(private readonly page: Page) {}

  /** Walks on until the focus is on what a person would look for. */
  private async walk(to: string) {
    const wanted = this.page.locator(to).first();
    await expect(wanted).toBeAttached();
    for (let steps = 0; steps < 400; steps++) {
      if ((await this.page.locator(`${to}:focus`).count()) > 0) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`Tab never comes to ${to}`);
  }

  async fill(field: string, text: string) {
    await this.walk(field);
    await this.page.keyboard.type(text);
    this.interactions++;
  }

  async activate(control: string, key = "Enter") {
    await this.walk(control);
    await this.page.keyboard.press(key);
    this.interactions++;
  }
}

/** Number of the report of something on the page, as its fields are named. */
async function numbered(page: Page, name: string): Promise<string> {
  const legend = page.locator("fieldset legend", { has: page.locator(".rashin-update__name", { hasText: name }) }).first();
  const item = page.locator(".rashin-update-item", { has: legend });
  return (await item.getAttribute("id"))!.replace("report-", "r");
}

test("a section reports half a year with five KPIs and three initiatives by keyboard in at most 30 interactions @once", async ({ visit }) => {
  test.slow();
  const page = await visit();
  const typist = new Typist(page);
  await page.goto("/sign-in");
  await typist.fill("#login", REPORTER);
  await typist.fill("#password", PASSWORD);
  await typist.activate("main button");
  await expect(page).not.toHaveURL(/sign-in/);
  await page.goto("/midorino/staff");
  await typist.activate(`main a[href="${UPDATES}"]`);
  await expect(page.getByRole("complementary", { name: "入力の状況" })).toContainText("8件中0件");

  const figures: [string, string][] = [
    ["各種申請手続き等のデジタル化数", "１５１"],
    ["利用できるキャッシュレス決済ブランドの数", "19"],
    ["マイナンバーカードを活用した電子申請数", "1,320"],
    ["行政サービスのデジタル化に関する市民の満足度", "3.4"],
  ];
  for (const [name, figure] of figures) await typist.fill(`#${await numbered(page, name)}-value-main`, figure);
  await typist.activate(`#${await numbered(page, "書かない窓口の本格実施")}-value-main`, "Space");
  for (const name of ["手続きのオンライン化", "書かない窓口の拡大", "カードを使った電子申請"]) {
    await typist.fill(`#${await numbered(page, name)}-note`, "9月までに予定どおり進めた。");
  }
  await typist.activate(`form#updates button[data-type="solid-fill"]`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("提出前に内容を確認してください");
  await expect(page.locator("main")).toContainText("8件を提出します");
  await typist.activate(`main button[data-type="solid-fill"]`);
  await expect(page.getByRole("status")).toContainText("8件を提出しました");
  await expect(page.locator("main")).toContainText("いま、あなたが報告するものはありません");
  expect(typist.interactions).toBeLessThanOrEqual(30);
});

test("what was typed outlives a browser that is killed @javascript", async ({ server, visit }) => {
  test.slow();
  const launcher = await chromium.launchServer({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--headless", "--disable-gpu"] });
  const doomed = await (await chromium.connect(launcher.wsEndpoint())).newContext({ baseURL: server.url, locale: "ja-JP" });
  const page = await doomed.newPage();
  await signIn(page, "mori@midorino.example");
  await page.goto(UPDATES);
  const field = `#${await numbered(page, "防災アプリの登録者数")}-value-main`;
  await page.locator(field).fill("9,876");
  await expect(page.getByRole("status")).toContainText("下書きを保存しました");
  await launcher.kill();

  const again = await visit("mori@midorino.example");
  await again.goto(UPDATES);
  await expect(again.locator(field)).toHaveValue("9,876");
  await expect(again.getByRole("complementary", { name: "入力の状況" })).toContainText("下書き");
  await expectAccessible(again);
  await again.getByRole("button", { name: "確認へ進む" }).click();
  await expect(again.getByRole("heading", { level: 1 })).toHaveText("提出前に内容を確認してください");
  await expectAccessible(again);
});
