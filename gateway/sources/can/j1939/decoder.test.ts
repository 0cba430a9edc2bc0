import { qualityName } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { describe, expect, test } from "vitest";
import { createJ1939Decoder } from "./decoder.ts";
import type { ActiveDtcsEvent } from "./j1939-events.ts";
import type { J1939Signal } from "./spn.ts";
import { factOfSpn, spnFacts } from "./spn-facts.ts";

const everySignal = spnFacts.map((fact, index) => ({ ...fact, index }));

function signal(spn: number, rest: { index: number; sa?: number }): J1939Signal {
  const fact = factOfSpn(spn);
  if (fact === undefined) throw new Error(`no SPN ${spn}`);
  return { ...fact, ...rest };
}

/** A decoder with what it says as `index value quality`. */
function listener(signals: readonly J1939Signal[]) {
  const events: ActiveDtcsEvent[] = [];
  const messages: string[] = [];
  const decoder = createJ1939Decoder({
    signals,
    onActiveDtcs: (event) => events.push(event),
    onMessage: ({ pgn, sa, length }) => messages.push(`${pgn} ${sa} ${length}`),
  });
  const columns = new SampleColumns(0n, 2);
  const send = (canId: number, hex: string, offsetNs = 0) => {
    const payload = Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    decoder.decode(canId, payload, payload.length, offsetNs, columns);
  };
  const said = () =>
    Array.from(
      { length: columns.length },
      (_, row) =>
        `${columns.signal[row]} ${columns.value[row]} ${qualityName(columns.quality[row] ?? 99)}`,
    );
  return { decoder, columns, events, messages, send, said };
}

const eec1 = "f0ffa02e1c0000ff"; // 35 %, 900.5 rpm

describe("createJ1939Decoder", () => {
  test("appends the signals of a message in their order in it, whatever order they were named in", () => {
    const { send, said } = listener([signal(190, { index: 9 }), signal(513, { index: 4 })]);
    send(0x0cf00400, "f0ffa0802d1c00ff");
    expect(said()).toEqual(["4 35 good", `9 ${0x2d80 * 0.125} good`]);
  });

  test("takes a signal only from its source address, or from any", () => {
    const { send, said } = listener([signal(190, { index: 1, sa: 3 }), signal(513, { index: 2 })]);
    send(0x0cf00400, eec1);
    send(0x0cf00403, eec1);
    expect(said()).toHaveLength(3);
    expect(said().filter((sample) => sample.startsWith("1 "))).toHaveLength(1);
  });

  test("stamps samples with the frame's time", () => {
    const { send, columns } = listener([signal(190, { index: 1 })]);
    send(0x0cf00400, eec1, 123);
    expect(columns.offsetNs[0]).toBe(123);
  });

  test("leaves out what a short message does not hold, and counts it", () => {
    const { send, said, decoder } = listener(everySignal);
    send(0x18fee300, "201cdd6842dca00f");
    expect(said()).toHaveLength(2);
    expect(decoder.statistics.truncatedSignals).toBe(1);
  });

  test("decodes a message that came in many frames like any other", () => {
    const { send, said, messages } = listener([signal(544, { index: 5 })]);
    send(0x1cecff00, "20 1500 03 ff e3fe00");
    send(0x1cebff00, "01 ffffffffffffff", 50e6);
    send(0x1cebff00, "02 ffffffffffffff", 100e6);
    send(0x1cebff00, "03 ffffffffff0401", 150e6);
    expect(said()).toEqual(["5 260 good"]);
    expect(messages).toEqual(["65251 0 21"]);
  });

  test("reports active trouble codes of any priority with their source", () => {
    const { send, events, decoder } = listener([]);
    send(0x1cfeca03, "04fff4feff7f", 7);
    expect(events).toEqual([
      {
        offsetNs: 7,
        sa: 3,
        lamps: { mil: "off", redStop: "off", amberWarning: "on", protect: "off" },
        dtcs: [{ spn: 524020, fmi: 31, oc: 127, cm: 0 }],
      },
    ]);
    send(0x1cfeca03, "04");
    expect(events).toHaveLength(1);
    expect(decoder.statistics.malformedDm1).toBe(1);
    expect(decoder.isKnown(65226)).toBe(true);
  });

  test("works without anybody listening for trouble codes or messages", () => {
    const decoder = createJ1939Decoder({ signals: [] });
    const columns = new SampleColumns(0n);
    decoder.decode(0x18feca00, Uint8Array.of(4, 255, 100, 0, 4, 1), 6, 0, columns);
    expect(decoder.statistics).toMatchObject({ frames: 1, malformedDm1: 0 });
  });

  test("counts messages by PGN, the unknown apart, and leaves other protocols alone", () => {
    const { send, decoder, said } = listener([signal(190, { index: 0 })]);
    send(0x0cf00400, eec1);
    send(0x0cf00400, eec1);
    send(0x18ff1234, eec1);
    send(0x1bf00400, eec1);
    expect([...decoder.messageCounts()]).toEqual([
      [61444, 2],
      [65298, 1],
    ]);
    expect(decoder.statistics).toMatchObject({ frames: 4, foreignFrames: 1, unknownMessages: 1 });
    expect(decoder.isKnown(65298)).toBe(false);
    expect(said()).toHaveLength(2);
  });
});
