import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres, PostgresServer } from "../../kit/postgres-server.fixture.ts";
import { eventually, type Hub, runCli, startHub, temporaryFolder } from "../product.fixture.ts";

interface Ticket {
  readonly ticketId: string;
  readonly kind: string;
  readonly state: string;
}

/** Twelve seconds of a running engine, with the oil pressure sensor's trouble code (SPN 100 FMI 4) each second. */
function faultyRecording(): string {
  const lines: string[] = [];
  for (let tenth = 0; tenth < 120; tenth++) {
    const t = (tenth / 10).toFixed(6).padStart(17, "0");
    lines.push(`(${t}) can0 0CF00400#F0FFA1301CFFFFFF`);
    if (tenth % 10 === 3) lines.push(`(${t}) can0 18FECA00#04FF640004${"01FFFF"}`);
  }
  const file = join(temporaryFolder("postgres"), "faulty.log");
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

describe.skipIf(!hasPostgres())("a hub on PostgreSQL", () => {
  let server: PostgresServer;
  let hub: Hub;
  const data = temporaryFolder("postgres-hub");
  const start = (folder: string) => {
    const database = ["--database", server.url()];
    return startHub({ data: folder, args: ["--no-simulator", ...database] });
  };
  beforeAll(async () => {
    server = await PostgresServer.start({ isDurable: true });
    hub = await start(data);
  });
  afterAll(async () => {
    await hub?.stop();
    await server?.stop();
  });

  const replay = (machine: string) =>
    runCli([
      ...["replay", faultyRecording(), "--plan", "loader-tractor", "--machine", machine],
      ...["--data", data, "--speed", "max"],
    ]);
  const workOf = async (machine: string) => {
    const { items } = await hub.get<{ items: Ticket[] }>(`tickets?machine=${machine}`);
    return items.find(({ kind }) => kind !== "parts");
  };
  const problems = async () => {
    const answer = (await (await fetch(`${hub.url}/readyz`)).json()) as {
      problems: { name: string }[];
    };
    return answer.problems.map(({ name }) => name);
  };

  test("opens tickets, says when the server is away, goes on when it is back, and loses nothing", async () => {
    expect((await replay("PG-1")).code).toBe(0);
    const before = await eventually("a ticket", () => workOf("PG-1"));
    expect((await hub.post(`tickets/${before.ticketId}/acknowledge`, {})).status).toBe(200);

    await server.kill();
    await eventually("red", async () => (await problems()).includes("database"));
    await expect(hub.get(`tickets/${before.ticketId}`)).rejects.toThrow(
      /503.*the database does not answer/,
    );
    expect((await replay("PG-2")).code).toBe(0);
    await server.restart();
    await eventually("green", async () => (await problems()).length === 0);
    expect(await eventually("the other ticket", () => workOf("PG-2"))).toMatchObject({
      state: "new",
    });

    await hub.kill();
    hub = await start(data);
    expect(await workOf("PG-1")).toMatchObject({
      ticketId: before.ticketId,
      state: "acknowledged",
    });
  });

  test("a second data folder is refused: the database goes with its journal", async () => {
    const stranger = temporaryFolder("postgres-stranger");
    const { code, stderr } = await runCli([
      ...["hub", "--data", stranger, "--port", "0", "--database", server.url()],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("the database belongs to the data folder");
  });

  test("a database that cannot be is refused as a wrong configuration, without its password", async () => {
    const wrong = "mysql://root:secret@host/db";
    const { code, stderr } = await runCli([
      ...["hub", "--data", temporaryFolder("wrong"), "--port", "0", "--database", wrong],
    ]);
    expect(code).toBe(78);
    expect(stderr).not.toContain("secret");
  });
});
