import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { silentLogger } from "@firebreak/kit/logger.ts";
import {
  type CaptureReply,
  encodeCaptureText,
  maxPieceBytes,
  parseCaptureOrder,
} from "@firebreak/wire/capture-codec.ts";
import type { CaptureStored } from "@firebreak/wire/machine-event.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CaptureLimits } from "./capture-quota.ts";
import { type Captures, openCaptures } from "./open-captures.ts";

const machineId = "M1";

/** Lines that do not shrink to nothing. */
const linesOf = (count: number) =>
  Array.from(
    { length: count },
    () => `(1.000000) can0 123#${randomBytes(8).toString("hex")}\n`,
  ).join("");

function fileOf(name: string, lines = 4_000) {
  const plain = linesOf(lines);
  const bytes = gzipSync(plain);
  const event: CaptureStored = {
    kind: "capture",
    timeNs: 2_000_000_000n,
    sa: 0,
    name,
    format: "candump",
    code: { network: 0, spn: 100, fmi: 1 },
    requestId: "",
    firstNs: 1_000_000_000n,
    records: lines,
    plainBytes: plain.length,
    storedBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
  return { plain, bytes, event };
}
type File = ReturnType<typeof fileOf>;

/** A hub's recordings and gateways that answer at once, all in one thread with a clock by hand. */
function world(limits: Partial<CaptureLimits> = {}) {
  const dataFolder = mkdtempSync(join(tmpdir(), "firebreak-captures-"));
  const files = new Map<string, File>();
  const manners = {
    isOnline: true,
    answers: true,
    /** What it says instead of the truth. */
    replyTo: undefined as
      | ((offset: number) => { state?: "gone" | "over-budget"; piece?: Uint8Array })
      | undefined,
    recordState: "recording" as const as "recording" | "nothing-heard",
  };
  const seen = { orders: 0, records: [] as string[], pieces: 0 };
  const alarms: string[] = [];
  const clock = { ms: 0, nowMs: () => 1_700_000_000_000 + clock.ms, monotonicMs: () => clock.ms };
  let captures: Captures;

  const answer = (gatewayId: string, order: string) => {
    const parsed = parseCaptureOrder(order);
    seen.orders++;
    if (!manners.answers) return;
    const say = (reply: CaptureReply, piece?: Uint8Array) =>
      captures.take(gatewayId, [
        { name: metricNames.captureReply, value: encodeCaptureText(reply) },
        ...(piece ? [{ name: metricNames.capturePiece, value: piece }] : []),
      ]);
    if (parsed.kind === "record") {
      seen.records.push(parsed.requestId);
      return say({ ...parsed, state: manners.recordState });
    }
    const { name, offset, bytes } = parsed;
    expect(bytes).toBeLessThanOrEqual(maxPieceBytes);
    const told = manners.replyTo?.(offset) ?? {};
    const reply = { kind: "read", machineId: parsed.machineId, name, offset } as const;
    if (told.state) return say({ ...reply, state: told.state });
    seen.pieces++;
    const piece = told.piece ?? files.get(name)?.bytes.subarray(offset, offset + bytes);
    say({ ...reply, state: "piece" }, piece);
    // Once more: a duplicate must change nothing.
    say({ ...reply, state: "piece" }, piece);
  };
  const waiting: (() => void)[] = [];
  const open = () => {
    captures = openCaptures({
      dataFolder,
      limits,
      isOnline: () => manners.isOnline,
      gatewayOf: () => "gw",
      send: (gatewayId, { value }) => waiting.push(() => answer(gatewayId, String(value))),
      alarm: (gatewayId) => alarms.push(gatewayId),
      clock,
      log: silentLogger,
    });
  };
  open();
  return {
    dataFolder,
    files,
    manners,
    seen,
    alarms,
    get captures() {
      return captures;
    },
    tell(file: File, gatewayId = "gw") {
      files.set(file.event.name, file);
      captures.note(gatewayId, machineId, [file.event]);
    },
    /** So many steps of 200 ms; orders are answered between them, at most `answers` of them. */
    async run(steps: number, answers = Number.POSITIVE_INFINITY) {
      for (let step = 0; step < steps; step++) {
        clock.ms += 200;
        vi.advanceTimersByTime(200);
        for (let left = answers; left > 0 && waiting.length > 0; left--) waiting.shift()?.();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    pass(ms: number) {
      clock.ms += ms;
    },
    async restart() {
      await captures.close();
      waiting.length = 0;
      open();
    },
    state: () =>
      captures
        .list(machineId)
        .map(({ name, state, detail }) => `${name} ${state} ${detail}`.trim()),
  };
}

async function untilSettled(one: ReturnType<typeof world>, wanted: string) {
  const endMs = performance.now() + 25_000;
  while (!one.state().includes(wanted) && performance.now() < endMs) {
    await one.run(2);
    // What was fetched is checked on the disk, in real time.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(one.state()).toContain(wanted);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("recordings on the hub", () => {
  test("one that is told of is fetched piece by piece, checked, and given out as text", async () => {
    const one = world();
    const file = fileOf("a.log.gz");
    one.tell(file);
    one.tell(file);
    await untilSettled(one, "a.log.gz there");
    const [row] = one.captures.list(machineId);
    expect(row).toMatchObject({ receivedBytes: file.bytes.length, code: { spn: 100, sa: 0 } });
    const found = one.captures.find(machineId, row?.id ?? 0);
    expect(found && (await text(await one.captures.text(found)))).toBe(file.plain);
    expect(one.captures.find("M2", row?.id ?? 0)).toBeUndefined();
    one.tell(file);
    expect(one.captures.list(machineId)).toHaveLength(1);
  });

  test("one whose file is missing, or cannot be read, is told to whoever asks, and to nobody else", async () => {
    const one = world();
    one.tell(fileOf("a.log.gz", 100));
    await untilSettled(one, "a.log.gz there");
    const [row] = one.captures.list(machineId);
    const path = join(one.dataFolder, "captures", `${row?.id}.gz`);
    rmSync(path);
    mkdirSync(path);
    const unreadable = row && (await one.captures.text(row));
    // Nobody listens yet when the error comes.
    await new Promise((resolve) => unreadable?.on("close", resolve));
    expect(unreadable?.errored).toMatchObject({ code: "EISDIR" });
    rmdirSync(path);
    await expect(row && one.captures.text(row)).rejects.toMatchObject({ code: "CAPTURE_LOST" });
    expect(one.state()).toEqual(["a.log.gz gone lost"]);
  });

  test("whoever leaves in the middle of a download leaves no open file behind", async () => {
    const one = world();
    one.tell(fileOf("a.log.gz", 40_000));
    await untilSettled(one, "a.log.gz there");
    const [row] = one.captures.list(machineId);
    const path = join(one.dataFolder, "captures", `${row?.id}.gz`);
    const isOpen = () =>
      readdirSync("/proc/self/fd").some((fd) => {
        const link = join("/proc/self/fd", fd);
        return existsSync(link) && readlinkSync(link) === path;
      });
    const stream = row && (await one.captures.text(row));
    expect(isOpen()).toBe(true);
    stream?.destroy();
    await expect.poll(isOpen).toBe(false);
  });

  test("a hub that ends, or whose disk takes no row, while it checks what came does not fall", async () => {
    const one = world();
    one.tell(fileOf("a.log.gz", 40_000));
    const isWhole = () =>
      one.captures.list(machineId).some((row) => row.receivedBytes >= row.storedBytes);
    while (!isWhole()) await one.run(1);
    await one.restart();
    await untilSettled(one, "a.log.gz there");
  });

  test("after a restart it goes on where it was", async () => {
    const one = world();
    const file = fileOf("a.log.gz", 20_000);
    one.tell(file);
    await one.run(3, 1);
    const before = one.captures.list(machineId)[0]?.receivedBytes ?? 0;
    expect(before).toBeGreaterThan(0);
    expect(one.state()).toEqual(["a.log.gz arriving"]);
    const piecesBefore = one.seen.pieces;
    await one.restart();
    expect(one.captures.list(machineId)[0]?.receivedBytes).toBe(before);
    await untilSettled(one, "a.log.gz there");
    expect((one.seen.pieces - piecesBefore) * maxPieceBytes).toBeLessThan(
      file.bytes.length + 5 * maxPieceBytes,
    );
  });

  test("an order that nobody answers goes out again, later and for less", async () => {
    const one = world();
    one.tell(fileOf("a.log.gz"));
    one.manners.answers = false;
    await one.run(10);
    expect(one.seen.orders).toBe(1);
    one.pass(60_000);
    await one.run(1);
    expect(one.seen.orders).toBe(2);
    one.manners.answers = true;
    one.pass(60_000);
    await untilSettled(one, "a.log.gz there");
  });

  test("while its gateway is away nothing is asked; one that has it no longer says so", async () => {
    const one = world();
    one.manners.isOnline = false;
    one.tell(fileOf("a.log.gz"));
    await one.run(5);
    expect(one.seen.orders).toBe(0);
    one.manners.isOnline = true;
    one.manners.replyTo = () => ({ state: "gone" });
    await untilSettled(one, "a.log.gz gone");
    expect(readdirSync(join(one.dataFolder, "captures"))).toEqual([]);
  });

  test("a used up data budget is respected, shown, and asked about again after an hour", async () => {
    const one = world();
    one.manners.replyTo = () => ({ state: "over-budget" });
    one.tell(fileOf("a.log.gz"));
    await one.run(20);
    expect(one.state()).toEqual(["a.log.gz arriving over-budget"]);
    expect(one.seen.orders).toBe(1);
    one.manners.replyTo = undefined;
    one.pass(3_600_000);
    await untilSettled(one, "a.log.gz there");
  });

  test("bytes that are not what was told are thrown away, and not asked for for ever", async () => {
    const one = world();
    const file = fileOf("a.log.gz", 500);
    one.tell(file);
    one.manners.replyTo = (offset) =>
      offset === 0 ? { piece: randomBytes(Math.min(2_048, file.bytes.length)) } : {};
    await untilSettled(one, "a.log.gz refused damaged");
    expect(readdirSync(join(one.dataFolder, "captures"))).toEqual([]);
  });

  test("a hostile gateway gets no more of the disk than its share, and unfolds to no more than it told", async () => {
    const small = fileOf("small.log.gz", 500);
    const one = world({
      maxFileBytes: 200_000,
      maxGatewayBytes: small.bytes.length * 3,
      maxTotalBytes: small.bytes.length * 4,
    });
    const huge = fileOf("huge.log.gz", 500);
    one.tell({ ...huge, event: { ...huge.event, storedBytes: 10 ** 9 } });
    await untilSettled(one, "huge.log.gz refused too-large");
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const sha256 = createHash("sha256").update(bomb).digest("hex");
    const event = {
      ...huge.event,
      name: "bomb.log.gz",
      storedBytes: bomb.length,
      plainBytes: 1_000,
      sha256,
    };
    one.tell({ plain: "", bytes: bomb, event });
    await untilSettled(one, "bomb.log.gz refused damaged");
    expect(one.alarms.length).toBe(1);
    for (let at = 0; at < 6; at++) {
      one.tell(fileOf(`f${at}.log.gz`, 490));
      await untilSettled(one, `f${at}.log.gz there`);
    }
    expect(one.state().filter((state) => state.endsWith("there"))).toHaveLength(3);
    expect(one.state()).toContain("f0.log.gz removed quota");
    expect(one.alarms.length).toBeGreaterThan(1);
    // All together are full: what another gateway has waits, and nothing of the others goes.
    for (const name of ["x.log.gz", "y.log.gz"]) {
      const { event: told } = fileOf(name, 490);
      one.captures.note("other", "M2", [{ ...told, storedBytes: small.bytes.length * 2 }]);
    }
    await one.run(50);
    expect(one.captures.list("M2").map(({ state, detail }) => `${state} ${detail}`)).toContain(
      "waiting hub-full",
    );
    expect(readdirSync(join(one.dataFolder, "captures")).length).toBeLessThanOrEqual(5);
  });

  test("a gateway that tells of endless recordings pushes out only its own", () => {
    const one = world({ maxGatewayRows: 20 });
    one.manners.isOnline = false;
    one.captures.note("good", "M2", [fileOf("good.log.gz", 1).event]);
    const { event } = fileOf("x.log.gz", 1);
    for (let at = 0; at < 50; at++)
      one.captures.note("gw", machineId, [{ ...event, name: `x${at}.log.gz` }]);
    expect(one.captures.list("M2")).toHaveLength(1);
    expect(one.captures.list(machineId)).toHaveLength(20);
  });

  test("a request goes to the gateway until it answers, and is fulfilled by the recording that names it", async () => {
    const one = world();
    one.manners.answers = false;
    const asked = one.captures.request(machineId, "anna");
    expect(one.captures.request(machineId, "ben")).toEqual(asked);
    await one.run(2);
    await one.restart();
    one.manners.answers = true;
    await one.run(2);
    expect(one.seen.records).toEqual([asked.id]);
    expect(one.captures.requests(machineId)).toMatchObject([
      { state: "recording", askedBy: "anna" },
    ]);
    const file = fileOf("r.log.gz", 10);
    one.tell({ ...file, event: { ...file.event, requestId: asked.id, code: null } });
    expect(one.captures.requests(machineId)).toMatchObject([{ state: "stored" }]);
    one.manners.recordState = "nothing-heard";
    one.captures.request(machineId, "ben");
    await one.run(2);
    expect(one.captures.requests(machineId)[0]).toMatchObject({
      state: "failed",
      detail: "nothing-heard",
    });
  });

  test("answers and pieces that nobody asked for change nothing", async () => {
    const one = world();
    for (const value of [
      "",
      "{",
      '{"kind":"read"}',
      encodeCaptureText({ kind: "read", machineId, name: "a", offset: 0, state: "piece" }),
    ])
      one.captures.take("gw", [
        { name: metricNames.captureReply, value },
        { name: metricNames.capturePiece, value: randomBytes(100) },
      ]);
    one.captures.take("gw", [{ name: metricNames.capturePiece, value: randomBytes(100) }]);
    await one.run(2);
    expect(one.captures.list(machineId)).toEqual([]);
    expect(readdirSync(join(one.dataFolder, "captures"))).toEqual([]);
  });
});
