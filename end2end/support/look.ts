// What must hold for every page.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./test";

export const WIDTHS = [1280, 320] as const;
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export async function resize(page: Page, width: number) {
  await page.setViewportSize({ width, height: 900 });
}

/** One h1, no level of headings left out, a title that names the product, and nothing that makes the page itself scroll sideways. */
export async function expectOrder(page: Page) {
  const where = `${page.url()} at ${page.viewportSize()?.width}`;
  expect.soft(await page.locator("h1").count(), where).toBe(1);
  const levels = await page.locator("h1, h2, h3, h4, h5, h6").evaluateAll((all) => all.filter((it) => it.checkVisibility()).map((it) => Number(it.tagName[1])));
  expect.soft(levels.filter((level, index) => level > (levels[index - 1] ?? 1) + 1), `${where}: headings ${levels}`).toEqual([]);
  expect.soft(await page.title(), where).toMatch(/^[^｜<]+｜羅針$/);
  expect.soft(await page.evaluate(sideways), where).toEqual([]);
}

/** axe finds nothing, at any width. */
export async function expectAccessible(page: Page) {
  for (const width of WIDTHS) {
    await resize(page, width);
    await expectOrder(page);
    const { violations } = await new AxeBuilder({ page }).withTags(TAGS).setLegacyMode(true).analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.html.slice(0, 120)}`));
    expect.soft(found, `${page.url()} at ${width}`).toEqual([]);
  }
}

/** What is wider than its place: the document, or something that scrolls without a name or without the keyboard. */
function sideways(): string[] {
  const root = document.documentElement;
  const found: string[] = [];
  const name = (element: Element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className}`;
  if (root.scrollWidth > root.clientWidth) {
    const widest = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
    found.push(`the page is ${root.scrollWidth} wide: ${widest.slice(0, 4).map(name).join(", ")}`);
  }
  for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1;
    const isField = element.matches("textarea, input, select");
    const isNamed = element.matches("[role=region][tabindex='0']:is([aria-label], [aria-labelledby])");
    if (scrolls && !isField && !isNamed) found.push(`scrolls without a name: ${name(element)}`);
  }
  return found;
}
