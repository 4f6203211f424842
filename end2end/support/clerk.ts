// A person at a plain HTTP client: for what a browser is too polite to do, such as sending while the server dies.

import { PASSWORD } from "./test";

export class Clerk {
  private cookie = "";

  constructor(private readonly origin: string) {}

  static async signIn(origin: string, login: string): Promise<Clerk> {
    const clerk = new Clerk(origin);
    const answer = await clerk.post("/sign-in", { login, password: PASSWORD });
    if (answer.status !== 303 || answer.headers.get("location")?.includes("sign-in")) throw new Error(`${login} cannot sign in`);
    return clerk;
  }

  async get(path: string): Promise<Response> {
    return this.keep(await fetch(this.origin + path, { headers: { cookie: this.cookie }, redirect: "manual" }));
  }

  async post(path: string, form: Record<string, string>): Promise<Response> {
    const headers = { cookie: this.cookie, origin: this.origin };
    return this.keep(await fetch(this.origin + path, { method: "POST", body: new URLSearchParams(form), headers, redirect: "manual" }));
  }

  /** Fills in the form and has it checked; what is left is to submit the draft. */
  async draft(kpi: string, value: string): Promise<Draft> {
    const form = await (await this.get(`${kpi}/report`)).text();
    const seen = /name="seen\.FY2025" value="(\d+)"/.exec(form)?.[1] ?? "";
    const answer = await this.post(`${kpi}/drafts`, {
      period: "FY2025",
      "seen.FY2025": seen,
      "answer.main": "figure",
      "value.main": value,
      maturity: "final",
      reason: "数え直した。",
    });
    const check = await (await this.get(answer.headers.get("location") ?? "")).text();
    const id = /name="draft" value="([^"]+)"/.exec(check)?.[1];
    if (!id) throw new Error(`${kpi}: no draft to check`);
    return { kpi, id, value };
  }

  submit({ kpi, id }: Draft): Promise<Response> {
    return this.post(`${kpi}/reports`, { draft: id });
  }

  private keep(answer: Response): Response {
    const [given] = answer.headers.getSetCookie();
    if (given) this.cookie = given.split(";")[0];
    return answer;
  }
}

export interface Draft {
  kpi: string;
  id: string;
  value: string;
}

/** The receipt's address, when the submission was acknowledged. */
export function receipt(answer: Response): string | undefined {
  const to = answer.headers.get("location");
  return answer.status === 303 && to?.includes("/staff/reports/") ? to : undefined;
}
