// A case of 甲斐市 from a study meeting to a section meeting and back: written, handed in, returned with a reason.

import { decide, found, propose, say } from "../support/council";
import { expectAccessible } from "../support/look";
import { expect, test } from "../support/test";

test("a case is written, handed in, accepted, and returned once with a reason @javascript", async ({ visit }) => {
  test.setTimeout(180_000);
  const office = await visit("jimukyoku@kai.example");
  await found(office);
  for (const page of ["/kai/staff/rosters/coe", "/kai/staff/routes/kai"]) {
    await office.goto(page);
    await expectAccessible(office);
  }

  const member = await visit("shimin@kai.example");
  const url = await propose(member, "書かない窓口の拡大");
  await expectAccessible(member);
  await member.goto(`${url}/edit`);
  await expectAccessible(member);
  await decide(member, url, "submitted");
  await decide(member, url, "accepted");
  await expect(member.locator("main")).toContainText("事務局の番です");

  await say(office, url, "費用の根拠は確かめました。");
  await decide(office, url, "accepted");

  const chief = await visit("shimin-kacho@kai.example");
  await decide(chief, url, "returned");
  await expect(chief.locator("#errors")).toContainText("理由を入力してください");
  await expectAccessible(chief);
  await decide(chief, url, "returned", "窓口の人員の見込みを書いてください。");
  await expect(chief.locator("main")).toContainText("いまは「調査・研究」、提案者の番です");
  await member.goto("/kai/staff");
  await expect(member.locator("main")).toContainText("書かない窓口の拡大");
});
