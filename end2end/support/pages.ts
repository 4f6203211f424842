// The pages that are looked at: samples for every address of the route table.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server";

export interface City {
  slug: string;
  /** One node of each level, and one KPI of each kind and shape. */
  nodes: string[];
  kpis: string[];
  /** A KPI whose report needs one number. */
  reported: string;
  secretariat: string;
  plan: string;
}

export const CITIES: City[] = [
  {
    slug: "kai",
    nodes: ["s4", "s4-5", "i34", "m06"],
    kpis: ["KAI-01", "KAI-08", "KAI-22"],
    reported: "KAI-09",
    secretariat: "jimukyoku@kai.example",
    plan: "dx-action-plan",
  },
  {
    slug: "midorino",
    nodes: ["f1", "f1-1", "f1-1-1", "f1-1-1-1"],
    kpis: ["MID-01", "MID-04", "MID-06", "MID-10", "MID-13", "MID-16"],
    reported: "MID-12",
    secretariat: "jimukyoku@midorino.example",
    plan: "dx-plan",
  },
  {
    slug: "aobadai",
    nodes: ["p1", "p1-1"],
    kpis: ["AOB-01", "AOB-03", "AOB-06"],
    reported: "AOB-02",
    secretariat: "jimukyoku@aobadai.example",
    plan: "dx-kousou",
  },
];

export const COMMON = ["/", "/?q=%E3%81%8B%E3%81%84", "/?q=nowhere", "/about", "/sign-in", "/reset"];

export function publicPages({ slug, nodes, kpis }: City): string[] {
  const below = [
    "/strategies",
    ...nodes.map((node) => `/nodes/${node}`),
    "/kpis",
    "/kpis?status=nothing-like-it",
    ...kpis.map((kpi) => `/kpis/${kpi}`),
    "/roadmap",
    "/bodies",
    "/chapters",
    "/chapters/1",
    "/glossary",
    "/data",
    "/editions",
    "/editions/1",
  ];
  // Only Kai has a plan before this one, and long chapters.
  return ["", ...below, ...(slug === "kai" ? ["/predecessor", "/chapters/5"] : [])].map((path) => `/${slug}${path}`);
}

/** As the secretariat sees them. */
export function staffPages(city: City): string[] {
  const { slug, kpis } = city;
  const below = [
    "",
    "/kpis",
    "/kpis?show=mine",
    "/kpis?show=unassigned",
    ...kpis.flatMap((kpi) => [`/kpis/${kpi}`, `/kpis/${kpi}/report`]),
    "/publish",
    "/plans",
    "/new-plan",
    ...editorPages(city).map((path) => `/plans/${city.plan}${path}`),
  ];
  return [...below.map((path) => `/${slug}/staff${path}`), "/account"];
}

/** The plan's editor: every kind's list and form in one city, one of each shape in the others. */
function editorPages({ slug, nodes, kpis }: City): string[] {
  const all = ["levels", "phases", "markers", "attributes", "nodes", "cells", "bodies", "related-plans", "terms", "chapters", "lineage"];
  const kinds = slug === "kai" ? [...all, "kpis"] : ["terms", "kpis"];
  return [
    "",
    "/comparison",
    ...kinds.flatMap((kind) => [`/objects/${kind}`, `/new/${kind}`]),
    "/objects/head/-",
    ...(slug === "kai" ? ["/objects/chapters/1-1"] : []),
    ...nodes.slice(0, 2).map((node) => `/objects/nodes/${node}`),
    ...kpis.slice(0, 2).flatMap((kpi) => [`/objects/kpis/${kpi}`, `/objects/kpis/${kpi}/points`]),
  ];
}

export const PREFECTURE = { viewer: "shien@mizuho.example", pages: ["/mizuho/staff", "/mizuho/staff/shares"] };

/** Problem pages: address, status, and who asks. */
export const PROBLEMS: { path: string; status: number; as?: string }[] = [
  { path: "/nowhere", status: 404 },
  { path: "/kai/kpis/KAI-99", status: 404 },
  { path: "/kai/nodes/nothing", status: 404 },
  { path: "/kai/chapters/999", status: 404 },
  { path: "/kai/chapters/first", status: 404 },
  { path: "/kai/editions/99", status: 404 },
  { path: "/kai/editions/first", status: 404 },
  { path: "/midorino/no/such/page", status: 404 },
  { path: "/reset/used-or-invented", status: 410 },
  { path: "/invitations/used-or-invented", status: 410 },
  { path: "/kai/staff/publish", status: 403, as: "etsuran@kai.example" },
  { path: "/kai/staff/kpis/KAI-08/report", status: 403, as: "etsuran@kai.example" },
  { path: "/kai/staff/kpis/KAI-99", status: 404, as: "etsuran@kai.example" },
  { path: "/kai/staff/reports/first", status: 404, as: "etsuran@kai.example" },
  { path: "/kai/staff/kpis/KAI-20/report/check", status: 409, as: "jimukyoku@kai.example" },
];

/** Patterns of pages that are only reached by acting; the specs that act look at them. */
export const REACHED_BY_ACTING = [
  "/{city}/staff/kpis/{code}/report/check",
  "/{city}/staff/reports/{report}",
  "/reset/{token}",
];

/** Address patterns of all pages, from the table that the server is made of. */
export function routeTable(): string[] {
  const source = readFileSync(join(ROOT, "app/src/routes.rs"), "utf8");
  return [...source.matchAll(/\.get\(\s*"([^"]+)"/g)].map(([, pattern]) => pattern);
}

export function matches(pattern: string, path: string): boolean {
  const shape = pattern.replaceAll(/\{[^}]+\}/g, "[^/]+");
  return new RegExp(`^${shape}$`).test(path.split("?")[0]);
}
