// The real server with its own data and its own PostgreSQL, as a person would start it.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const ROOT = resolve(__dirname, "../..");
const BIN = process.env.RASHIN_BIN ?? join(ROOT, "target/debug/rashin");
export const SITE = process.env.RASHIN_SITE ?? join(ROOT, "target/site");

/** The demonstration's day; from here the server's clock runs on. */
const CLOCK = "2026-11-22T10:00:00+09:00";
const PATIENCE = 60_000;

export class Server {
  private child!: ChildProcess;

  private constructor(
    private readonly dir: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<Server> {
    const dir = mkdtempSync(join(tmpdir(), "rashin-end2end-"));
    // PostgreSQL runs as a user of its own when we are root.
    chmodSync(dir, 0o755);
    const server = new Server(dir, await freePort());
    await server.run();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get outbox() {
    return join(this.dir, "data/outbox");
  }

  /** Starts the server on the data that is there, however the last run ended. */
  async run() {
    const log = openSync(join(this.dir, "server.log"), "a");
    const env = { ...process.env };
    delete env.DATABASE_URL;
    delete env.MIGRATION_DATABASE_URL;
    delete env.WORKER_DATABASE_URL;
    this.child = spawn(BIN, ["serve", "--demo"], {
      cwd: this.dir,
      stdio: ["ignore", log, log],
      env: {
        ...env,
        RASHIN_LISTEN: `127.0.0.1:${this.port}`,
        RASHIN_DATA: join(this.dir, "data"),
        RASHIN_SITE: SITE,
        RASHIN_SEEDS: join(ROOT, "seeds"),
        RASHIN_CLOCK: CLOCK,
      },
    });
    process.once("exit", this.abandon);
    const until = Date.now() + PATIENCE;
    while (!(await this.isWell())) {
      if (this.hasEnded || Date.now() > until) {
        throw new Error(`The server did not start:\n${readFileSync(join(this.dir, "server.log"), "utf8")}`);
      }
      await sleep(50);
    }
  }

  async isWell(): Promise<boolean> {
    return fetch(`${this.url}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  signal(signal: NodeJS.Signals) {
    this.child.kill(signal);
  }

  /** Waits for the end and tells the exit code; null after a signal that killed. */
  async ended(): Promise<number | null> {
    if (!this.hasEnded) await once(this.child, "exit");
    process.off("exit", this.abandon);
    return this.child.exitCode;
  }

  async terminate(): Promise<number | null> {
    this.signal("SIGTERM");
    return this.ended();
  }

  /** The process that rules PostgreSQL, from the file that it writes itself. */
  get postmaster(): number {
    const dir = join(this.dir, "data/postgres");
    const file = readdirSync(dir, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith("postmaster.pid"));
    if (!file) throw new Error(`no postmaster.pid under ${dir}`);
    return Number(readFileSync(join(dir, file), "utf8").split("\n")[0]);
  }

  /** Processes that still work on this server's data. */
  leftovers(): string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
          const where = command.includes(this.dir) ? command : "";
          return where ? [`${pid} ${where}`] : [];
        } catch {
          return []; // It has just ended.
        }
      });
  }

  async stop() {
    if (!this.hasEnded) await this.terminate();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private abandon = () => void this.child.kill("SIGTERM");
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
