// The pages that are looked at: samples for every address of the route table.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./server";

export interface City {
  slug: string;
  plan: string;
  /** One node of each level, and one KPI of each kind and shape. */
  nodes: string[];
  kpis: string[];
  /** A KPI whose report needs one number. */
  reported: string;
  secretariat: string;
  /** Only the fictional city has templates from the start. */
  templates: string[];
  /** A node that is reported on. */
  initiative: string;
  /** Key of a section that answers for something. */
  section: string;
}

export const CITIES: City[] = [
  {
    slug: "kai",
    plan: "dx-action-plan",
    nodes: ["s4", "s4-5", "i34", "m06"],
    kpis: ["KAI-01", "KAI-08", "KAI-22"],
    reported: "KAI-09",
    secretariat: "jimukyoku@kai.example",
    templates: [],
    initiative: "m06",
    section: "shimin",
  },
  {
    slug: "midorino",
    plan: "dx-plan",
    nodes: ["f1", "f1-1", "f1-1-1", "f1-1-1-1"],
    kpis: ["MID-01", "MID-04", "MID-06", "MID-10", "MID-13", "MID-16"],
    // Of a section whose reports no journey waits for.
    reported: "MID-08",
    secretariat: "jimukyoku@midorino.example",
    templates: ["DA-13", "T-01"],
    initiative: "f2-1-1-2",
    section: "shimin",
  },
  {
    slug: "aobadai",
    plan: "dx-kousou",
    nodes: ["p1", "p1-1"],
    kpis: ["AOB-01", "AOB-03", "AOB-06"],
    reported: "AOB-02",
    secretariat: "jimukyoku@aobadai.example",
    templates: [],
    initiative: "p1-1",
    section: "soumu",
  },
];

export const COMMON = ["/", "/?q=%E3%81%8B%E3%81%84", "/?q=nowhere", "/about", "/sign-in", "/reset"];

export function publicPages({ slug, plan, nodes, kpis }: City): string[] {
  const below = [
    "/strategies",
    ...nodes.map((node) => `/nodes/${node}`),
    "/kpis",
    "/kpis?status=nothing-like-it",
    ...kpis.map((kpi) => `/kpis/${kpi}`),
    "/roadmap",
    `/roadmap?strategy=${nodes[0]}`,
    "/bodies",
    "/chapters",
    "/chapters/1",
    "/glossary",
    "/search",
    "/search?q=%E8%A8%88%E7%94%BB",
    "/search?q=nothing-like-it",
    "/data",
    "/editions",
    // These lead to addresses that name plan and edition.
    `/plans/${plan}`,
    "/editions/1",
    "/editions/1/kpis",
    ...[...ofAnEdition({ slug, nodes, kpis }), "/data", "/errata"].map((path) => `/plans/${plan}/editions/1${path}`),
  ];
  // Only Kai has a plan before this one, and long chapters.
  return ["", ...below, ...(slug === "kai" ? ["/predecessor", "/chapters/5"] : [])].map((path) => `/${slug}${path}`);
}

/** The pages that every edition has under its own address, and the preview, too: one of each. */
function ofAnEdition({ slug, nodes, kpis }: Pick<City, "slug" | "nodes" | "kpis">): string[] {
  const below = ["", "/strategies", `/nodes/${nodes[1]}`, "/kpis", `/kpis/${kpis[0]}`, "/roadmap", "/bodies", "/chapters", "/chapters/1", "/glossary"];
  return slug === "kai" ? [...below, "/predecessor"] : below;
}

/** As the secretariat sees them. */
export function staffPages(city: City): string[] {
  const { slug, plan, nodes, kpis, templates, section, initiative } = city;
  const below = [
    "",
    "/notifications",
    "/notifications/settings",
    "/updates",
    "/updates?view=print",
    "/progress",
    "/grid",
    "/grid?year=2026&state=open&sort=status",
    "/reminders",
    "/reminders?section=01990000-0000-7000-8000-000000000000&ticks=none",
    "/cases",
    "/cases?view=board",
    "/cases?state=overdue&mine=on&q=nothing-like-it",
    "/cases/new",
    "/decisions",
    "/decisions?outcome=adopted&q=nothing-like-it",
    "/records",
    "/ideas",
    "/ideas?show=mine&q=nothing-like-it",
    "/cards",
    "/cards?show=late&q=nothing-like-it",
    "/cards/new",
    "/trainings",
    "/trainings?year=2026&kind=workshop&q=nothing-like-it",
    "/trainings/new",
    "/rosters",
    "/routes",
    "/routes/new",
    "/routes/new?from=template.kai",
    "/meetings",
    "/meetings/new",
    "/meetings/new?kind=series",
    "/owners",
    "/owners?show=none",
    "/owners?q=nothing-like-it",
    "/transfers",
    `/kpis/${kpis[0]}/handover`,
    "/kpis",
    "/approvals",
    "/kpis?show=mine",
    "/kpis?show=unassigned",
    "/kpis?advice=on",
    "/year",
    "/year?year=2027",
    "/year?year=2030",
    ...(slug === "kai" ? ["/year/rounds/FY2026-half", "/year/rounds/FY2026-forecast"] : []),
    "/settings",
    "/updates/workbooks",
    "/grid/paste",
    `/plans/${plan}/workbooks`,
    "/roadmap",
    `/roadmap?strategy=${nodes[0]}`,
    "/reviews",
    "/reviews?year=2026&show=mine",
    "/reviews?show=done",
    `/kpis/${kpis[0]}/review`,
    "/ledger",
    "/ledger?year=2025&show=entered",
    ...["", "/review", "/ledger"].map((path) => `/initiatives/${initiative}${path}`),
    "/templates",
    "/templates?q=nothing-like-it",
    "/templates/new",
    "/templates/new?from=DX-01",
    "/indicators",
    ...templates.flatMap((code) => [`/templates/${code}`, `/templates/${code}/edit`]),
    ...kpis.flatMap((kpi) => [`/kpis/${kpi}`, `/kpis/${kpi}/report`]),
    ...(slug === "kai" ? [`/kpis/${kpis[0]}/report?period=FY2026H1&maturity=preliminary`] : []),
    "/publish",
    `/plans/${plan}/editions/1`,
    `/plans/${plan}/editions/1/attachments`,
    `/kpis/${kpis[0]}/attachments`,
    `/plans/${plan}/nodes/${nodes[1]}/attachments`,
    ...ofAnEdition({ slug, nodes, kpis }).map((path) => `/plans/${plan}/preview${path}`),
    `/plans/${plan}/inquiries`,
    `/plans/${plan}/inquiries/new`,
    "/sections",
    "/sections?on=2024-04-01&q=DX",
    "/sections?on_year=2027&on_month=4&on_day=31",
    `/sections/${section}`,
    "/reorganisations/new",
    ...["found", "move", "rename", "merge", "split", "abolish"].map((kind) => `/reorganisations/new?kind=${kind}&section=${section}`),
    "/roles",
    "/search?q=%E8%AA%B2",
    "/search?q=%E8%AA%B2&kind=person",
    "/plans",
    "/new-plan",
    ...editorPages(city).map((path) => `/plans/${city.plan}${path}`),
  ];
  return [...below.map((path) => `/${slug}/staff${path}`), "/account"];
}

/** As 管理者 of Kai sees them: people, the log, the export. */
export const ADMIN = {
  email: "kanri@kai.example",
  pages: [
    ...["", "/new", "/imports", "?q=%E3%81%8B%E3%81%8F%E3%81%86&state=active", "?q=nobody"].map((path) => `people${path}`),
    ...["", "?kind=import", "?words=nothing-like-it", "?from_year=2026&from_month=2&from_day=30", "/sign-ins"].map((path) => `log${path}`),
    "exports",
  ].map((path) => `/kai/staff/${path}`),
};

/** The plan's editor: every kind's list and form in one city, one of each shape in the others. */
function editorPages({ slug, nodes, kpis }: City): string[] {
  const all = ["levels", "phases", "markers", "attributes", "nodes", "cells", "milestones", "bodies", "related-plans", "terms", "chapters", "lineage"];
  const kinds = slug === "kai" ? [...all, "kpis"] : ["terms", "kpis"];
  return [
    "",
    "/comparison",
    "/grades",
    "/grades?template=nagayo",
    "/grades/check?template=nagayo",
    "/grades/check?template=four-effects&show=changed",
    ...kinds.flatMap((kind) => [`/objects/${kind}`, `/new/${kind}`]),
    "/objects/head/~",
    ...(slug === "kai" ? ["/objects/chapters/1-1"] : []),
    ...nodes.slice(0, 2).map((node) => `/objects/nodes/${node}`),
    ...kpis.slice(0, 2).flatMap((kpi) => [`/objects/kpis/${kpi}`, `/objects/kpis/${kpi}/points`]),
  ];
}

export const PREFECTURE = { viewer: "shien@mizuho.example", pages: [
  "/mizuho/staff",
  "/mizuho/staff/shares",
  "/mizuho/staff/compare/matrix",
  "/mizuho/staff/compare/matrix?area=all&set=dashboard-3&kind=towns&sort=DA-13",
  "/mizuho/staff/compare/matrix?level=prefecture",
  "/mizuho/staff/compare/matrix?body.192104=on&indicator.DA-01=on",
  "/mizuho/staff/compare/indicators/DA-01",
  "/mizuho/staff/compare/indicators/DA-13",
  "/mizuho/staff/compare/indicators/OA-01",
  "/mizuho/staff/compare/own",
] };

/** Answers that are files, no pages. */
export const FILES = [
  "/{city}/staff/log.csv",
  "/{city}/staff/compare/matrix.csv",
  "/{city}/staff/compare/own/{number}/figures.csv",
  "/{city}/staff/reviews.csv",
  "/{city}/staff/decisions.csv",
  "/{city}/staff/trainings.csv",
  "/{city}/staff/ledger.csv",
  "/{city}/staff/grid.csv",
  "/{city}/staff/cases/{number}/export.zip",
  "/{city}/staff/attachments/{attachment}",
  "/{city}/attachments/{attachment}",
  "/{city}/staff/inquiries/{inquiry}/table.xlsx",
  "/{city}/staff/rosters/{body}/calendar.ics",
  "/{city}/staff/meetings/{number}/invitation.ics",
  "/{city}/staff/updates/workbook",
  "/{city}/staff/plans/{plan}/workbook",
];

/** Problem pages: address, status, and who asks. */
export const PROBLEMS: { path: string; status: number; as?: string }[] = [
  { path: "/nowhere", status: 404 },
  { path: "/kai/kpis/KAI-99", status: 404 },
  { path: "/kai/nodes/nothing", status: 404 },
  { path: "/kai/chapters/999", status: 404 },
  { path: "/kai/chapters/first", status: 404 },
  { path: "/kai/editions/99", status: 404 },
  { path: "/kai/editions/first", status: 404 },
  { path: "/kai/editions/99/kpis", status: 404 },
  { path: "/kai/staff/plans/dx-action-plan/preview", status: 403, as: "etsuran@kai.example" },
  { path: "/midorino/no/such/page", status: 404 },
  { path: "/reset/used-or-invented", status: 410 },
  { path: "/invitations/used-or-invented", status: 410 },
  { path: "/kai/staff/publish", status: 403, as: "etsuran@kai.example" },
  { path: "/kai/staff/kpis/KAI-08/report", status: 403, as: "etsuran@kai.example" },
  { path: "/kai/staff/kpis/KAI-99", status: 404, as: "etsuran@kai.example" },
  { path: "/kai/staff/people", status: 403, as: "etsuran@kai.example" },
  { path: "/kai/staff/people/imports/check", status: 409, as: "kanri@kai.example" },
  { path: "/kai/staff/reports/first", status: 404, as: "etsuran@kai.example" },
  { path: "/kai/staff/kpis/KAI-20/report/check", status: 409, as: "jimukyoku@kai.example" },
];

/** Patterns of pages that are only reached by acting; the specs that act look at them. */
export const REACHED_BY_ACTING = [
  "/{city}/staff/kpis/{code}/report/check",
  // Only 事務局 of a prefecture makes indicators.
  ...["/new", "/{number}/edit", "/{number}/figures", "/{number}/figures/check"].map((page) => `/{city}/staff/compare/own${page}`),
  "/{city}/staff/updates/check",
  "/{city}/staff/updates/workbooks/{workbook}",
  "/{city}/staff/reports/{report}",
  "/{city}/staff/reorganisations/check",
  "/{city}/staff/inquiries/{inquiry}",
  "/{city}/staff/inquiries/{inquiry}/table",
  "/{city}/staff/people/{member}",
  "/{city}/staff/transfers/{member}",
  "/{city}/staff/ideas/{number}",
  "/{city}/staff/cards/{number}",
  ...["", "/edit", "/attendance", "/attachments"].map((page) => `/{city}/staff/trainings/{number}${page}`),
  "/{city}/staff/rosters/{body}",
  "/{city}/staff/routes/{route}",
  ...["", "/change", "/packet", "/attendance", "/outcomes", "/minutes"].map((page) => `/{city}/staff/meetings/{number}${page}`),
  "/{city}/staff/routes/{route}/edit",
  "/{city}/staff/routes/{route}/versions/{version}",
  "/{city}/staff/cases/{number}",
  "/{city}/staff/cases/{number}/edit",
  "/{city}/staff/cases/{number}/adoption",
  "/{city}/staff/cases/{number}/versions",
  "/{city}/staff/cases/{number}/attachments",
  "/{city}/staff/cases/{number}/export",
  "/{city}/staff/people/imports/check",
  // A file.
  "/{city}/staff/people/imports/template.csv",
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
