// Comparison: an analyst of a prefecture filters the matrix, opens an indicator, takes the file; 事務局 adds figures of its own.

import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const MATRIX = "/mizuho/staff/compare/matrix";

test("an analyst compares municipalities and takes the figures along", async ({ visit, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const analyst = await visit("shien@mizuho.example");
  const look = async () => void (javaScriptEnabled && (await expectAccessible(analyst)));
  await analyst.goto("/mizuho/staff");
  await analyst.getByRole("link", { name: "比較", exact: true }).first().click();
  await expect(analyst).toHaveURL(new RegExp(`${MATRIX}$`));
  await expect(analyst.locator("h1")).toHaveText("山梨県 市区町村のDX");
  const kai = analyst.getByRole("row", { name: /甲斐市/ });
  await expect(kai).toContainText("14／20");
  await look();
  await analyst.getByLabel("団体の種類").selectOption({ label: "町・村" });
  await analyst.getByLabel("指標", { exact: false }).first().selectOption({ label: "住民サービスのDX（3）" });
  await analyst.getByRole("button", { name: "表示する" }).click();
  await expect(analyst).toHaveURL(/kind=towns/);
  await expect(kai).toHaveCount(0);
  await expect(analyst.locator("tbody").last().getByRole("row")).toHaveCount(14);
  await look();
  const download = analyst.waitForEvent("download");
  await analyst.getByRole("link", { name: "CSVで取り出す" }).click();
  expect((await download).suggestedFilename()).toBe("mizuho-compare-2023.csv");
  await analyst.getByRole("link", { name: "よく使う32手続のオンライン化状況" }).click();
  await expect(analyst.locator("main")).toContainText("値のある14団体（14団体中）の中央値は");
  await look();
  await analyst.getByRole("link", { name: "比較", exact: true }).last().click();
  await expect(analyst).toHaveURL(/kind=towns/);
  await analyst.getByRole("link", { name: "条件を解除する" }).click();
  await expect(kai).toHaveCount(1);
});

test("事務局 defines an indicator and adds its figures", async ({ visit, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const office = await visit("jimukyoku@mizuho.example");
  const look = async () => void (javaScriptEnabled && (await expectAccessible(office)));
  // Each project makes its own.
  const name = javaScriptEnabled ? "相談会の回数（架空）" : "紙の照会の数（架空）";
  await office.goto(MATRIX);
  await office.getByRole("link", { name: "独自の指標" }).click();
  await look();
  await office.getByRole("link", { name: "指標を作る" }).click();
  await office.getByRole("button", { name: "保存する" }).click();
  await expect(office.locator("#errors")).toContainText("数え方を選択してください");
  await office.getByLabel("数値", { exact: true }).check();
  await office.locator("#name").fill(name);
  await office.locator("#definition").fill("年度内に開いた回数");
  await office.locator("#unit").fill("回");
  await office.getByLabel("多いほどよい").check();
  await office.locator("#survey").fill("県の照会（架空）");
  await look();
  await office.getByRole("button", { name: "保存する" }).click();
  await expect(office.getByRole("status")).toContainText("保存しました");
  await look();
  const code = (await office.locator(".page-head__kicker").textContent())!.replace("独自の指標 ", "");
  await office.getByLabel("年度").selectOption("2023");
  for (const [part, value] of [["year", "2024"], ["month", "4"], ["day", "1"]]) await office.locator(`#as_of_${part}`).fill(value);
  const send = async (text: string) => {
    await office.locator("#file").setInputFiles({ name: "atai.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await office.getByRole("button", { name: "違いを確かめる" }).click();
  };
  await send(`団体コード,団体名,${code}\n192104,甲斐市,約3\n`);
  await expect(office.locator("#errors")).toContainText("「約3」は読み取れません");
  await send(`団体コード,団体名,${code}\n192104,甲斐市,３\n192015,甲府市,12\n`);
  await expect(office.locator("main")).toContainText("追加 2件");
  await look();
  await office.getByRole("button", { name: "取り込む" }).click();
  await expect(office.getByRole("status")).toContainText("2団体の値を取り込みました");
  await expect(office.getByRole("row", { name: /甲斐市/ })).toContainText("3回");
  await look();
  await office.goto("/mizuho/staff/compare/own");
  await office.getByRole("row", { name: new RegExp(code) }).getByRole("link", { name: /^編集/ }).click();
  await look();
});
