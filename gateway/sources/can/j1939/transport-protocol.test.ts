import { describe, expect, test } from "vitest";
import { createTransport } from "./transport-protocol.ts";

const ms = 1e6;

/** A reassembler with its messages as `pgn sa>da hex`; frames go in as hex, 50 ms apart unless said. */
function listener(maxSessions?: number) {
  const messages: string[] = [];
  const transport = createTransport({
    onMessage: ({ pgn, sa, da }, payload, length) =>
      messages.push(
        `${pgn} ${sa}>${da} ${Buffer.from(payload.subarray(0, length)).toString("hex")}`,
      ),
    ...(maxSessions === undefined ? {} : { maxSessions }),
  });
  let nowNs = 0;
  const send = (kind: "control" | "data") => (sa: number, da: number, hex: string, at?: number) => {
    nowNs = at ?? nowNs + 50 * ms;
    const payload = Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    transport[kind]((da << 8) | sa, payload, payload.length, nowNs);
  };
  return { messages, transport, cm: send("control"), dt: send("data") };
}

const bam10 = "20 0a00 02 ff e3fe00"; // 10 bytes, 2 packets, PGN 65251
const rts10 = "10 0a00 02 ff e3fe00";
const first = "01 11223344556677";
const second = "02 8899aaffffffff";
const whole = "112233445566778899aa";

describe("broadcast (TP.BAM)", () => {
  test("puts a message together and cuts off the padding", () => {
    const { messages, cm, dt, transport } = listener();
    cm(0, 255, bam10);
    dt(0, 255, first);
    dt(0, 255, second);
    expect(messages).toEqual([`65251 0>255 ${whole}`]);
    expect(transport.openSessions).toBe(0);
  });

  test("takes a last packet that is only as long as needed", () => {
    const { messages, cm, dt } = listener();
    cm(0, 255, bam10);
    dt(0, 255, first);
    dt(0, 255, "02 8899aa");
    expect(messages).toEqual([`65251 0>255 ${whole}`]);
  });

  test.each([
    { name: "a gap", packets: [second] },
    { name: "a packet from behind", packets: [first, "01 ffffffffffffff"] },
    { name: "an earlier packet", packets: [first, "00 11223344556677"] },
    { name: "a packet cut short", packets: [first, "02 8899"] },
    { name: "a packet beyond the last", packets: [first, "03 8899aaffffffff"] },
  ])("gives up after $name", ({ packets }) => {
    const { messages, cm, dt, transport } = listener();
    cm(0, 255, bam10);
    for (const packet of packets) dt(0, 255, packet);
    expect(transport.openSessions).toBe(0);
    expect(transport.statistics.gaps).toBe(1);
    dt(0, 255, first);
    dt(0, 255, second);
    expect(messages).toEqual([]);
  });

  test("ignores the same packet twice", () => {
    const { messages, cm, dt, transport } = listener();
    cm(0, 255, bam10);
    dt(0, 255, first);
    dt(0, 255, first);
    dt(0, 255, second);
    expect(messages).toEqual([`65251 0>255 ${whole}`]);
    expect(transport.statistics.duplicates).toBe(1);
  });

  test("is dropped when the next packet takes longer than T1, 750 ms", () => {
    const { messages, cm, dt, transport } = listener();
    cm(0, 255, bam10, 0);
    dt(0, 255, first, 750 * ms);
    dt(0, 255, second, 1501 * ms);
    expect(messages).toEqual([]);
    expect(transport.statistics.timedOut).toBe(1);
  });

  test("outlives a recorded stamp far in the past", () => {
    const { messages, cm, dt } = listener();
    cm(0, 255, bam10, 0);
    dt(0, 255, first, -607_860 * ms);
    dt(0, 255, second, 100 * ms);
    expect(messages).toEqual([`65251 0>255 ${whole}`]);
  });

  test("gives way to a new announcement of the same sender", () => {
    const { messages, cm, dt, transport } = listener();
    cm(0, 255, bam10);
    dt(0, 255, first);
    cm(0, 255, "20 0900 02 ff cafe00");
    dt(0, 255, first);
    dt(0, 255, second);
    expect(messages).toEqual(["65226 0>255 112233445566778899"]);
    expect(transport.statistics.replaced).toBe(1);
  });
});

describe("addressed (TP.RTS/CTS)", () => {
  test("is put together, answers of the receiver going by", () => {
    const { messages, cm, dt, transport } = listener();
    cm(0, 6, rts10);
    cm(6, 0, "11 02 01 ffff e3fe00");
    dt(0, 6, first);
    dt(0, 6, second);
    cm(6, 0, "13 0a00 02 ff e3fe00");
    expect(messages).toEqual([`65251 0>6 ${whole}`]);
    expect(transport.statistics.aborted).toBe(0);
  });

  test("allows packets to be sent again and out of order", () => {
    const { messages, cm, dt } = listener();
    cm(0, 6, rts10);
    dt(0, 6, second);
    cm(6, 0, "11 02 01 ffff e3fe00");
    dt(0, 6, first);
    expect(messages).toEqual([`65251 0>6 ${whole}`]);
  });

  test("runs beside a broadcast and another receiver of the same sender", () => {
    const { messages, cm, dt } = listener();
    cm(0, 255, bam10);
    cm(0, 6, rts10);
    cm(0, 7, rts10);
    for (const da of [255, 6, 7]) dt(0, da, first);
    for (const da of [7, 6, 255]) dt(0, da, second);
    expect(messages).toEqual([7, 6, 255].map((da) => `65251 0>${da} ${whole}`));
  });

  test("a hold by the receiver keeps the session, silence of T2 (1250 ms) ends it", () => {
    const held = listener();
    held.cm(0, 6, rts10, 0);
    held.dt(0, 6, first, 100 * ms);
    held.cm(6, 0, "11 00 ff ffff e3fe00", 1100 * ms);
    held.dt(0, 6, second, 2300 * ms);
    expect(held.messages).toEqual([`65251 0>6 ${whole}`]);
    const silent = listener();
    silent.cm(0, 6, rts10, 0);
    silent.dt(0, 6, first, 100 * ms);
    silent.dt(0, 6, second, 1351 * ms);
    expect(silent.messages).toEqual([]);
    expect(silent.transport.statistics.timedOut).toBe(1);
  });

  test.each([
    { name: "the receiver", sa: 6, da: 0 },
    { name: "the sender", sa: 0, da: 6 },
  ])("ends when $name aborts", ({ sa, da }) => {
    const { messages, cm, dt, transport } = listener();
    cm(0, 6, rts10);
    dt(0, 6, first);
    cm(sa, da, "ff 03 ffffff e3fe00");
    dt(0, 6, second);
    expect(messages).toEqual([]);
    expect(transport.statistics).toMatchObject({ aborted: 1, stray: 1 });
  });

  test("an answer nobody asked for changes nothing", () => {
    const { cm, transport } = listener();
    for (const control of ["11", "13", "ff"]) cm(6, 0, `${control} 0a00 02 ff e3fe00`);
    expect(transport.statistics).toMatchObject({ aborted: 0, malformed: 0 });
  });

  test("the low byte of an addressed group is not part of its number", () => {
    const { messages, cm, dt } = listener();
    cm(0, 6, "10 0a00 02 ff 06ef00");
    dt(0, 6, first);
    dt(0, 6, second);
    expect(messages).toEqual([`61184 0>6 ${whole}`]);
  });
});

describe("nonsense", () => {
  test.each([
    { name: "8 bytes, which fit a frame", da: 255, hex: "20 0800 02 ff e3fe00" },
    { name: "1786 bytes", da: 255, hex: "20 fa06 ff ff e3fe00" },
    { name: "too few packets", da: 255, hex: "20 0a00 01 ff e3fe00" },
    { name: "too many packets", da: 255, hex: "20 0a00 03 ff e3fe00" },
    { name: "a PGN of more than 18 bits", da: 255, hex: "20 0a00 02 ff e3fe04" },
    { name: "an announcement to one", da: 6, hex: "20 0a00 02 ff e3fe00" },
    { name: "a request to all", da: 255, hex: "10 0a00 02 ff e3fe00" },
    { name: "a short control frame", da: 255, hex: "20 0a00 02 ff e3fe" },
    { name: "an unknown control byte", da: 255, hex: "21 0a00 02 ff e3fe00" },
    { name: "an empty control frame", da: 255, hex: "" },
  ])("refuses $name", ({ da, hex }) => {
    const { cm, dt, messages, transport } = listener();
    cm(0, da, hex);
    dt(0, da, first);
    dt(0, da, second);
    expect(messages).toEqual([]);
    expect(transport.statistics).toMatchObject({ malformed: 1, opened: 0, stray: 2 });
  });

  test("takes the smallest and the largest message", () => {
    const { cm, dt, messages } = listener();
    cm(0, 255, "20 0900 02 ff e3fe00");
    dt(0, 255, first);
    dt(0, 255, second);
    cm(1, 255, "20 f906 ff ff e3fe00");
    for (let sequence = 1; sequence <= 255; sequence++)
      dt(1, 255, `${sequence.toString(16).padStart(2, "0")} 01020304050607`);
    expect(messages.map((message) => message.split(" ")[2]?.length)).toEqual([18, 3570]);
  });

  test("keeps no more sessions than allowed and lets the longest silent go", () => {
    const { cm, dt, messages, transport } = listener(4);
    for (let sa = 0; sa < 252; sa++) cm(sa, 255, bam10, sa * ms);
    expect(transport.openSessions).toBe(4);
    expect(transport.statistics.evicted).toBe(248);
    for (const sa of [247, 248, 251]) {
      dt(sa, 255, first, 260 * ms);
      dt(sa, 255, second, 270 * ms);
    }
    expect(messages).toEqual([`65251 248>255 ${whole}`, `65251 251>255 ${whole}`]);
  });
});
