// From a study meeting of 甲斐市 to the headquarters and back: a trial, its result, an initiative of the plan, the public page.

import type { Page } from "@playwright/test";
import { conclude, decide, found, meet, press, propose, say } from "../support/council";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

const TITLE = "書かない窓口の試行（架空の例）";

test("a proposal becomes a trial, an initiative of the draft, and part of the next edition", async ({ visit, javaScriptEnabled }) => {
  test.setTimeout(300_000);
  const look = async (page: Page) => void (javaScriptEnabled && (await expectAccessible(page)));
  const [office, member, chief] = [await visit("jimukyoku@kai.example"), await visit("shimin@kai.example"), await visit("shimin-kacho@kai.example")];
  for (const page of [office, member, chief]) page.setDefaultTimeout(30_000);
  await found(office);
  const url = await propose(member, TITLE);
  const stands = (page: Page, words: string) => expect(page.locator("main")).toContainText(words);

  await test.step("the study meeting discusses it, DX推進係 accepts it", async () => {
    await decide(member, url, "submitted");
    const meeting = await meet(member, "coe", TITLE);
    await conclude(member, meeting, url, "accepted");
    await office.goto(url);
    await stands(office, "いまは「DX推進係 受付」");
    await say(office, url, "費用の根拠は確かめました。");
    await decide(office, url, "accepted");
    await stands(office, "いまは「部会 審議」");
  });

  await test.step("部会 returns it once with a reason, and it comes back", async () => {
    const meeting = await meet(chief, "section-meeting", TITLE);
    await conclude(chief, meeting, url, "returned");
    await expect(chief.locator("#errors")).toContainText("理由を入力してください");
    await conclude(chief, meeting, url, "returned", { reason: "窓口の人員の見込みを書いてください。" });
    await member.goto(`${url}/edit`);
    await member.locator("#risks").fill("窓口の人員は3人から減らさない。");
    await press(member, "保存する");
    await decide(member, url, "submitted");
    await decide(member, url, "accepted");
    await say(office, url, "人員の見込みを確かめました。");
    await decide(office, url, "accepted");
    await conclude(chief, await meet(chief, "section-meeting", TITLE), url, "accepted");
  });

  await test.step("本部 adopts it as a trial, and after its result for good", async () => {
    const document = "甲斐DX第12号（架空の例）";
    const until = { until_year: "2027", until_month: "3", until_day: "31", document };
    await conclude(office, await meet(office, "hq", TITLE), url, "trial", until);
    await member.goto(url);
    await stands(member, "いまは「トライアル」");
    await say(member, url, "1件あたり12分になりました。");
    await decide(member, url, "reported");
    await conclude(office, await meet(office, "hq", TITLE), url, "adopted", { document });
    await office.goto(url);
    await stands(office, "いまは「導入」");
    await look(office);
  });

  await test.step("it becomes an initiative of the draft, and feedback is closed", async () => {
    await decide(office, url, "adopted");
    await expect(office.locator("#errors")).toContainText("先に、決定を計画の案に入れてください");
    await office.getByRole("link", { name: "計画の案に入れる" }).click();
    await press(office, "案に保存する");
    await expect(office.locator("#errors")).toContainText("上位の施策を選択してください");
    await look(office);
    await office.locator("#parent").selectOption({ index: 3 });
    await office.locator("#phase-2027").selectOption({ index: 1 });
    await office.locator("#kpi_code").fill("KAI-90");
    await office.locator("#kpi_name").fill("書かずに済んだ手続き（架空の例）");
    await office.locator("#kpi_unit").fill("件");
    await office.locator("#kpi_target").fill("8,900件");
    await press(office, "案に保存する");
    await stands(office, "計画の案にあります（次の版で公開）");
    await look(office);
    await decide(office, url, "adopted");
    await say(office, url, "導入が決まりました。提案をありがとうございました。");
    await decide(office, url, "closed");
    await stands(office, "「完了（導入）」で終わりました");
    await look(office);
    await office.goto("/kai/staff/plans/dx-action-plan/preview/roadmap");
    await stands(office, TITLE);
    await stands(office, "本部の決定により開始");
    await office.goto("/kai/staff/decisions");
    await stands(office, `取組「${TITLE}」を開始`);
    await look(office);
  });

  await test.step("the next edition shows it with its decision, and the one before does not", async () => {
    const reader = await visit();
    await reader.goto("/kai/roadmap");
    await expect(reader.locator("main")).not.toContainText(TITLE);
    await office.goto("/kai/staff/publish");
    await office.locator("#reason").fill("本部の決定を反映（架空の例）");
    await office.locator('main form button[data-type="solid-fill"]').click();
    await reader.goto("/kai/roadmap");
    await reader.getByRole("link", { name: TITLE }).first().click();
    await stands(reader, "本部の決定により開始（甲斐DX第12号（架空の例））");
    await look(reader);
    // Cases are not public.
    await expect(reader.locator("main")).not.toContainText("案件");
    // Whoever proposed it follows the whole way.
    await member.goto(url);
    await expect(member.getByRole("region", { name: "経緯" })).toContainText("窓口の人員の見込みを書いてください。");
    await stands(member, "公表済みの計画にあります");
  });
});
