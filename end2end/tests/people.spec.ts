// 管理者 invites people by mail, on paper and by list, and prepares a move; without and with JavaScript.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectAccessible, resize } from "../support/look";
import { ADMIN } from "../support/pages";
import { expect, test } from "../support/test";

const PEOPLE = "/kai/staff/people";
const SECTION = "市民課（架空の配置）";
const NEW = "あたらしい合言葉です一号";

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const letters = (outbox: string) =>
  readdirSync(outbox)
    .map((name) => readFileSync(join(outbox, name), "utf8"))
    .join("\n");

/** axe runs its script only where scripts run. */
async function look(page: Page, javaScriptEnabled: boolean | undefined) {
  if (!javaScriptEnabled) return;
  await expectAccessible(page);
}

test("somebody is invited by mail and by a sheet, moves in April, and is suspended", async ({ visit, server, javaScriptEnabled }) => {
  test.slow();
  const number = javaScriptEnabled ? "K301" : "K300";
  const admin = await visit(ADMIN.email);
  await test.step("a typing error is explained and kept", async () => {
    await admin.goto("/kai/staff");
    await admin.getByRole("navigation", { name: "主な画面" }).getByRole("link", { name: "職員", exact: true }).click();
    await admin.getByRole("link", { name: "職員を招待する" }).click();
    await admin.getByLabel("氏名").fill("架空 紙");
    await admin.getByLabel("役割").selectOption({ label: "担当" });
    await button(admin, "招待する").click();
    await expect(admin).toHaveTitle(/^エラー：/);
    await expect(admin.getByLabel("氏名")).toHaveValue("架空 紙");
    await look(admin, javaScriptEnabled);
  });

  await test.step("and put right", async () => {
    await admin.getByLabel("職員番号").fill(number);
    await admin.getByLabel("所属").selectOption({ label: SECTION });
    await button(admin, "招待する").click();
    await expect(admin.getByRole("status")).toContainText("架空 紙さんを登録しました");
    await look(admin, javaScriptEnabled);
  });
  const member = admin.url();

  await test.step("the sheet leads to the first sign-in", async () => {
    await button(admin, "招待の用紙を作って印刷する").click();
    await expect(admin.getByRole("article")).toContainText(number);
    await look(admin, javaScriptEnabled);
    const address = /\/invitations\/[0-9a-z-]+/.exec(await admin.getByRole("article").innerText())![0];
    const begins = await visit();
    await begins.goto(address);
    await begins.getByLabel("新しいパスワード").fill(NEW);
    await button(begins, "パスワードを保存する").click();
    await begins.getByLabel("メールアドレスまたは職員番号").fill(number);
    await begins.getByLabel(/^団体/).fill("kai");
    await begins.getByLabel("パスワード").fill(NEW);
    await button(begins, "サインイン").click();
    await expect(begins).toHaveURL(/\/kai\/staff$/);
  });

  await test.step("a move is prepared for April and withdrawn", async () => {
    await admin.goto(member);
    await expect(admin.getByRole("main")).toContainText("利用中");
    const add = admin.locator("form", { has: button(admin, "加える") });
    await add.getByLabel("所属").selectOption({ label: "産業課（架空の配置）" });
    await add.getByLabel("役割").selectOption({ label: "閲覧者" });
    await add.getByLabel("兼務").check();
    await add.getByLabel("開始日の年").fill("2027");
    await add.getByLabel("開始日の月").fill("4");
    await add.getByLabel("開始日の日").fill("1");
    await button(admin, "加える").click();
    await expect(admin.getByRole("status")).toContainText("2027年4月1日からの所属を予定しました");
    await look(admin, javaScriptEnabled);
    await button(admin, /の予定を取り消す$/).click();
    await expect(admin.getByRole("status")).toContainText("予定を取り消しました");
  });

  await test.step("a suspension is seen in the list", async () => {
    await button(admin, "利用を停止する").click();
    await expect(admin.getByRole("status")).toContainText("利用を停止しました");
    await admin.goto(PEOPLE);
    await admin.getByLabel("氏名・番号・所属・職名など").fill(number);
    await button(admin, "絞り込む").click();
    await expect(admin.getByRole("table")).toContainText("停止中");
    await expect(admin.getByRole("table")).toContainText("架空 紙");
  });

  await test.step("an address gets a mail", async () => {
    const email = `mail-${number.toLowerCase()}@kai.example`;
    await admin.goto(`${PEOPLE}/new`);
    await admin.getByLabel("氏名").fill("架空 郵");
    await admin.getByLabel("メールアドレス").fill(email);
    await admin.getByLabel("役割").selectOption({ label: "閲覧者" });
    await button(admin, "招待する").click();
    await expect(admin.getByRole("status")).toContainText(`${email}へメールを送りました`);
    await expect.poll(() => letters(server.outbox)).toContain(`To: ${email}`);
  });
});

test("a list is put right, confirmed, and its sheets are printed", async ({ visit, javaScriptEnabled }) => {
  const head = "氏名,かな,メール,職員番号,所属,役割,職名,区分,開始日,終了日";
  const tail = javaScriptEnabled ? "J" : "N";
  const rows = (section: string) => [
    head,
    `架空 一,かくう はじめ,,L${tail}1,${section},担当,主事,本務,2026/11/1,`,
    `架空 二,かくう ふたば,,L${tail}2,${SECTION},閲覧者,主事,本務,2026/11/1,2027/3/31`,
  ];
  const csv = (section: string) => ({ name: "職員.csv", mimeType: "text/csv", buffer: Buffer.from(rows(section).join("\r\n")) });
  const admin = await visit(ADMIN.email);
  await admin.goto(PEOPLE);
  await admin.getByRole("link", { name: "CSVでまとめて招待" }).click();
  await admin.getByLabel("職員のCSV").setInputFiles(csv("ない課"));
  await button(admin, "内容を確かめる").click();
  await expect(admin.getByRole("main")).toContainText("2行目（架空 一）：所属：「ない課」という課・係はありません");
  await look(admin, javaScriptEnabled);

  await admin.getByRole("link", { name: "直したファイルを選ぶ" }).click();
  await admin.getByLabel("職員のCSV").setInputFiles(csv(SECTION));
  await button(admin, "内容を確かめる").click();
  await expect(admin.getByRole("main")).toContainText("新規 2件、所属の追加 0件、登録済み 0件、取り込めない行 0件");
  await look(admin, javaScriptEnabled);
  await button(admin, "取り込む").click();
  await expect(admin.getByRole("status")).toContainText("2人を登録しました");

  await button(admin, "2人分の用紙を作って印刷する").click();
  await expect(admin.getByRole("article")).toHaveCount(2);
  await look(admin, javaScriptEnabled);
  await resize(admin, 320);
  expect(await admin.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  // Each sheet is one page of paper; what is around them is none.
  const pages = await admin.pdf({ preferCSSPageSize: true });
  expect(pages.toString("latin1").match(/\/Type\s*\/Page\b/g)).toHaveLength(2);
});
