// Pictures of every page for people to look at: `PICTURES=<folder> npx playwright test`.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { WIDTHS, resize } from "../support/look";
import { CITIES, COMMON, PREFECTURE, PROBLEMS, publicPages, staffPages } from "../support/pages";
import { test } from "../support/test";

const shots: { name: string; paths: string[]; as?: string }[] = [
  { name: "everybody", paths: [...COMMON, ...PROBLEMS.filter((it) => !it.as).map((it) => it.path)] },
  ...CITIES.flatMap((city) => [
    { name: `${city.slug} public`, paths: publicPages(city) },
    { name: `${city.slug} staff`, paths: staffPages(city), as: city.secretariat },
  ]),
  { name: "prefecture", paths: PREFECTURE.pages, as: PREFECTURE.viewer },
];

for (const { name, paths, as } of shots) {
  test(`${name} @pictures`, async ({ visit }) => {
    test.setTimeout(300_000);
    const folder = process.env.PICTURES!;
    mkdirSync(folder, { recursive: true });
    const page = await visit(as);
    for (const path of paths) {
      await page.goto(path);
      const file = decodeURIComponent(path).replaceAll(/[^\p{L}\p{N}-]+/gu, "_").replace(/^_/, "") || "top";
      for (const width of WIDTHS) {
        await resize(page, width);
        await page.screenshot({ path: join(folder, `${file}.${width}.png`), fullPage: true });
      }
    }
  });
}
