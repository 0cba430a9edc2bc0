import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { busesOf, canSignal } from "../can-buses.fixture.ts";

const state = (node: number, more: object = {}) =>
  canSignal({ canopen: { node, says: "state", ...more } }, { unit: "state", range: [0, 127] });

function lmi(more: object = { canopen: {} }) {
  const bus = busesOf(
    {
      state: state(5),
      errors: canSignal({ canopen: { node: 5, says: "error-register" } }),
      angle: canSignal({ can: { id: 0x185, startBit: 0, bits: 16, byteOrder: "little" } }),
    },
    more,
  );
  /** Codes told so far, by their time in ms. */
  const codes = () => {
    bus.buses.deliver();
    return bus.collector.events.map((event) =>
      event.kind === "active-dtcs"
        ? `${event.network} ${event.sa} ${event.dtcs.map(({ spn }) => spn.toString(16))}`
        : event.kind,
    );
  };
  return { ...bus, codes };
}

describe("CANopen", () => {
  test("gives the state of a node from its heartbeat, and of guarding without the toggle bit", () => {
    const { take, said } = lmi();
    take("705#00");
    take("705#7F");
    take("705#85");
    take("706#05");
    expect(said()).toEqual(["state 0", "state 127", "state 5"]);
  });

  test("says that a state is stale once the heartbeat fails", () => {
    const { take, pass, said } = lmi();
    take("705#05");
    pass(4_000);
    take("185#0100");
    pass(2_000);
    take("185#0200");
    take("705#05");
    expect(said()).toEqual(["state 5", "angle 1", "angle 2", "state 5"]);
    pass(6_000);
    take("185#0300");
    expect(said().slice(4)).toEqual(["angle 3", "state stale"]);
  });

  test("holds an emergency until the node resets it, repeated by its signs of life", () => {
    const { take, pass, codes, said } = lmi();
    take("085#1023050000000000");
    pass(1_000);
    take("705#05");
    pass(200);
    take("705#05");
    pass(1_000);
    take("185#0000");
    take("085#0050010000000000");
    take("085#0000000000000000");
    pass(2_000);
    take("705#05");
    expect(codes()).toEqual([
      "128 5 2310",
      "128 5 2310",
      "128 5 2310",
      "128 5 2310,5000",
      "128 5 ",
    ]);
    expect(said().filter((row) => row.startsWith("errors"))).toEqual([
      "errors 5",
      "errors 1",
      "errors 0",
    ]);
  });

  test("takes a restart of the node for the end of its emergencies", () => {
    const { take, codes } = lmi();
    take("085#1023050000000000");
    take("705#00");
    expect(codes()).toEqual(["128 5 2310", "128 5 "]);
  });

  test("counts what it does not use, and takes none of it for unknown", () => {
    const { take, buses } = lmi();
    for (const frame of [
      "000#0105",
      "080#",
      "100#000000000000",
      "585#4300100000000000",
      "605#4000100000000000",
      "085#00",
    ])
      take(frame);
    take("705#", { isRemote: true });
    take("185#", { isRemote: true });
    expect(buses.counters()).toMatchObject({
      nmtCommands: 1,
      syncs: 1,
      timeStamps: 1,
      sdoFrames: 2,
      malformedEmergencies: 1,
      guardRequests: 1,
      remoteFrames: 1,
      unknownStandardFrames: 0,
    });
  });

  test("leaves other buses alone", () => {
    const { take, codes, buses } = lmi({
      canopen: { buses: ["can1"] },
      j1939: { networks: ["can0", "can1"] },
    });
    take("085#1023050000000000");
    take("085#1023050000000000", { bus: "can1" });
    expect(codes()).toEqual(["129 5 2310"]);
    expect(buses.unknown()).toEqual([{ bus: "can0", canId: 0x85, count: 1 }]);
  });

  test("A5: any frames throw nothing and are bounded", () => {
    const frame = fc.tuple(fc.nat({ max: 0x7ff }), fc.uint8Array({ maxLength: 8 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(frame, { minLength: 100, maxLength: 300 }), (frames) => {
        const { take, codes } = lmi();
        for (const [id, bytes, isRemote] of frames)
          take(`${id.toString(16).padStart(3, "0")}#${Buffer.from(bytes).toString("hex")}`, {
            isRemote,
          });
        for (const said of codes()) expect(said.split(",").length).toBeLessThanOrEqual(32);
      }),
      { numRuns: 30 },
    );
  });
});
