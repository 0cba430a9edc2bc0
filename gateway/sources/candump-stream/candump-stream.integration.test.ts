import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  createWriteStream,
  mkdtempSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catchError, EMPTY } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import { tractorPlan, until } from "../../test-source.fixture.ts";
import { createSource } from "../registry.ts";
import { Collector, contextOf } from "../source.fixture.ts";
import { parsePlace } from "./text-stream.ts";

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0).reverse()) end();
});

const frame = "0CF00400#FFFFFF0019FFFFFF"; // 800 rpm
const newPath = () => join(mkdtempSync(join(tmpdir(), "firebreak-stream-")), "can");

function open(from: string) {
  const context = contextOf(tractorPlan);
  const collector = new Collector(context);
  const source = createSource({ kind: "candump-stream", from }, context);
  const errors: unknown[] = [];
  const subscription = source
    .open(collector)
    .pipe(
      catchError((error: unknown) => {
        errors.push(error);
        return EMPTY;
      }),
    )
    .subscribe();
  endings.push(() => subscription.unsubscribe());
  const speeds = () => collector.rows.filter(({ value }) => value === 800);
  return { collector, source, errors, speeds };
}

async function serve(): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, sockets };
}

describe("candump-stream", () => {
  test("reads a socket, lines cut anywhere, and fails in a way that may heal when it ends", async () => {
    const { port, sockets } = await serve();
    const { errors, speeds, source } = open(`tcp://127.0.0.1:${port}`);
    await until(() => sockets.length === 1, "the connection");
    sockets[0]?.write(`(1700000000.5) can0 ${frame.slice(0, 10)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    sockets[0]?.write(`${frame.slice(10)}\nnonsense\n`);
    await until(() => speeds().length === 1, "a value");
    expect(speeds()[0]?.timeNs).toBe(1_700_000_000_500_000_000n);
    expect(source.counters()).toMatchObject({ frames: 1, brokenLines: 1 });
    sockets[0]?.end();
    await until(() => errors.length === 1, "the end");
    expect(errors[0]).toMatchObject({ code: "CAN_STREAM_ENDED", retryable: true });
  });

  test("stamps that are no time of day are replaced by the clock's", async () => {
    const { port, sockets } = await serve();
    const { speeds } = open(`tcp://127.0.0.1:${port}`);
    await until(() => sockets.length === 1, "the connection");
    const beforeMs = Date.now();
    sockets[0]?.write(`(12.5) can0 ${frame}\ncan0 ${frame}\n`);
    await until(() => speeds().length === 2, "values");
    for (const { timeNs } of speeds()) {
      expect(Number(timeNs / 1_000_000n)).toBeGreaterThanOrEqual(beforeMs);
      expect(Number(timeNs / 1_000_000n)).toBeLessThanOrEqual(Date.now());
    }
  });

  test("follows a file as it grows, and one that was cut", async () => {
    const path = newPath();
    writeFileSync(path, `(1700000000.0) can0 ${frame}\n`);
    const { speeds } = open(path);
    await until(() => speeds().length === 1, "what was there");
    appendFileSync(path, `(1700000001.0) can0 ${frame}\n`);
    await until(() => speeds().length === 2, "what was added");
    truncateSync(path);
    await new Promise((resolve) => setTimeout(resolve, 60));
    appendFileSync(path, `(1700000002.0) can0 ${frame}\n`);
    await until(() => speeds().length === 3, "what came after the cut");
  });

  test("a FIFO stays open while its writers come and go", async () => {
    const path = newPath();
    execFileSync("mkfifo", [path]);
    const { speeds, errors } = open(path);
    for (let writer = 1; writer <= 2; writer++) {
      const stream = createWriteStream(path);
      stream.end(`(1700000000.0) can0 ${frame}\n`);
      await until(() => speeds().length === writer, "a value");
    }
    expect(errors).toEqual([]);
  });

  test("nobody there: fails in a way that may heal", async () => {
    const { errors } = open("tcp://127.0.0.1:1");
    await until(() => errors.length === 1, "the failure");
    expect(errors[0]).toMatchObject({ code: "CAN_STREAM_UNREACHABLE", retryable: true });
  });
});

describe("parsePlace", () => {
  test.each([
    ["tcp://host:3000", { kind: "tcp", host: "host", port: 3_000 }],
    ["tcp://[::1]:3000", { kind: "tcp", host: "::1", port: 3_000 }],
    ["/run/can.fifo", { kind: "file", path: "/run/can.fifo" }],
    ["tcp://host", undefined],
    ["udp://host:3000", undefined],
  ])("%s", (from, place) => {
    expect(parsePlace(from)).toEqual(place);
  });
});
