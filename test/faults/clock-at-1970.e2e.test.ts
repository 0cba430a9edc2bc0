import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { falseClock, noFalseClock, setFalseClock } from "../false-clock.fixture.ts";
import { eventually, type Running, startCli, temporaryFolder } from "../product.fixture.ts";
import { RestartableHub } from "../restartable-hub.fixture.ts";

const machineId = "M-1";
const gatewayId = "gw-1";
/** Engine speed of the n-th frame. */
const speedOf = (n: number) => 800 + n;

interface Answer {
  readonly gateway: {
    readonly clock: { readonly trust: string; readonly since: string; readonly steps: number };
    readonly problems: readonly { readonly code: string; readonly since: string | null }[];
  } | null;
}

/** A bus served as text; remembers when each frame went out. */
class ServedBus {
  readonly sentMs: number[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    socket.on("error", () => undefined);
    this.#sockets.add(socket);
  });
  #timer: NodeJS.Timeout | undefined;

  async start(): Promise<number> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    this.#timer = setInterval(() => this.#send(), 200);
    return (this.#server.address() as { port: number }).port;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  /** Without a time of its own: the stamp counts from some start, as of a bus without a clock. */
  #send(): void {
    if (this.#sockets.size === 0) return;
    const raw = speedOf(this.sentMs.length) * 8;
    const low = (raw & 0xff).toString(16).padStart(2, "0");
    const high = (raw >> 8).toString(16).padStart(2, "0");
    this.sentMs.push(Date.now());
    for (const socket of this.#sockets)
      socket.write(`(1.000000) can0 0CF00400#FFFFFF${low}${high}FFFFFF\n`.toUpperCase());
  }
}

const reason = noFalseClock();

describe.skipIf(reason)(
  "E1: a gateway that starts in 1970, with neither NTP nor a receiver",
  () => {
    const data = temporaryFolder("clock-hub");
    const folder = temporaryFolder("clock-gateway");
    const clockFile = join(folder, "clock");
    const hub = new RestartableHub(data);
    const bus = new ServedBus();
    let gateway: Running | undefined;

    const health = async () =>
      (await hub.current.get<Answer>(`machines/${machineId}/gateway`)).gateway;

    beforeAll(async () => {
      await hub.start();
      const { password } = await createCredential(data, gatewayId, [machineId]);
      const passwordFile = join(folder, "password");
      writeFileSync(passwordFile, password, { mode: 0o600 });
      chmodSync(passwordFile, 0o600);
      const config = {
        version: 1,
        gatewayId,
        hub: { url: `mqtt://127.0.0.1:${hub.mqttPort}`, passwordFile },
        spool: { folder: "spool" },
        machines: [
          {
            machineId,
            plan: "loader-tractor",
            sources: [{ kind: "candump-stream", from: `tcp://127.0.0.1:${await bus.start()}` }],
          },
        ],
      };
      writeFileSync(join(folder, "gateway.yaml"), JSON.stringify(config));
      setFalseClock(clockFile, -Date.now() / 1_000 + 100);
      gateway = startCli(
        ["gateway", "--config", join(folder, "gateway.yaml")],
        falseClock(clockFile),
      );
    });

    afterAll(async () => {
      gateway?.child.kill("SIGKILL");
      bus.stop();
      await hub.stop();
    });

    test("E1: the hub says that its time is not yet known and since when; then every sample is there at its right time", async () => {
      const known = await eventually("the gateway's word", async () => {
        const now = await health();
        return now?.clock.trust === "unknown" && now;
      });
      const sinceMs = Date.parse(known.clock.since);
      expect(Math.abs(Date.now() - sinceMs)).toBeLessThan(60_000);
      expect(known.problems[0]).toMatchObject({ code: "time-unknown", since: known.clock.since });
      await eventually("some frames", async () => bus.sentMs.length > 20);
      // Samples without a time are nobody's: none has come to the hub.
      const before = await series();
      expect(before.t).toEqual([]);

      setFalseClock(clockFile, 0);
      const setMs = Date.now();
      const after = await eventually("the time is known, and no longer a problem", async () => {
        const now = await health();
        if (now === null || now.problems.some(({ code }) => code === "time-unknown")) return false;
        // The step itself may be told a report later.
        return now.clock.trust !== "unknown" && now.clock.steps > 0 && now;
      });
      expect(after.clock.steps).toBe(1);
      const stored = await eventually("what was read before", async () => {
        const now = await series();
        return (now.t.length > 25 && now) || undefined;
      });
      const early = stored.t.flatMap((t, at) => {
        const sentMs = bus.sentMs[Math.round((stored.value[at] ?? 0) - speedOf(0))] ?? Number.NaN;
        return sentMs < setMs ? [Math.abs(Date.parse(t) - sentMs)] : [];
      });
      expect(early.length).toBeGreaterThan(15);
      // What a busy computer holds up now and then is no wrong clock.
      expect(early.toSorted((one, other) => one - other)[early.length >> 1]).toBeLessThan(5_000);
      expect(new Set(stored.value).size).toBe(stored.value.length);
    });

    async function series(): Promise<{ t: string[]; value: (number | null)[] }> {
      const query = new URLSearchParams({
        signal: "engineSpeed",
        from: "0",
        to: String(Date.now()),
      });
      return hub.current
        .get<{ t: string[]; value: (number | null)[] }>(`machines/${machineId}/series?${query}`)
        .catch(() => ({ t: [], value: [] }));
    }
  },
);
