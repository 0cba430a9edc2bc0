import { readFileSync } from "node:fs";
import { createRecordingFrame, type RecordingFrame, stampNs } from "../recording-frame.ts";
import { createRecordingParser, type RecordingParserOptions } from "../recording-parser.ts";

/** Everything a recording says, one text per frame, and the parser with its counts. */
export function framesOf(
  content: string | Uint8Array,
  options: RecordingParserOptions = {},
  pieceBytes = 64 * 1024,
) {
  const bytes = typeof content === "string" ? Buffer.from(content, "latin1") : content;
  const parser = createRecordingParser(options);
  const frame = createRecordingFrame();
  const frames: string[] = [];
  const drain = () => {
    while (parser.next(frame)) frames.push(textOf(frame));
  };
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    parser.feed(bytes.subarray(at, at + pieceBytes));
    drain();
  }
  parser.end();
  drain();
  return { frames, parser };
}

const textOf = (frame: RecordingFrame): string =>
  `${stampNs(frame) ?? "-"} ${frame.bus} ${frame.canId.toString(16)} ${kindOf(frame)} ${hexOf(frame)}`;

const hexOf = ({ data, length, isRemote }: RecordingFrame): string =>
  isRemote ? `${length}` : Buffer.from(data.subarray(0, length)).toString("hex");

const kindOf = ({ isExtended, isError, isRemote, isFd }: RecordingFrame): string =>
  `${isExtended ? 29 : 11}${isError ? " error" : ""}${isRemote ? " remote" : ""}${isFd ? " fd" : ""}`;

interface Written {
  readonly ns: bigint;
  readonly id: string;
  readonly data: Buffer;
}

/** Frames of a `candump -L` file. */
const loadFrames = (path: string): Written[] =>
  readFileSync(path, "latin1")
    .split("\n")
    .flatMap((line) => {
      const match = /^\((\d+)\.(\d+)\) can0 ([0-9A-F]+)#([0-9A-F]*)\s*$/i.exec(line);
      if (match === null) return [];
      const [, seconds = "", fraction = "", id = "", hex = ""] = match;
      const ns = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
      return [{ ns, id, data: Buffer.from(hex, "hex") }];
    });

const decimals = (ns: bigint, perUnit: bigint, digits: number): string => {
  const sign = ns < 0n ? "-" : "";
  const size = ns < 0n ? -ns : ns;
  const rest = (size % perUnit).toString().padStart(perUnit.toString().length - 1, "0");
  return `${sign}${size / perUnit}.${rest.slice(0, digits)}`;
};

const spaced = (data: Buffer): string => data.toString("hex").replace(/(..)(?=.)/g, "$1 ");

/** The same recording as other tools write it; `startNs` is the start of the measurement that their heads tell. */
export const writers: Readonly<Record<string, (path: string) => string>> = {
  "Vector ASC": (path) => {
    const frames = loadFrames(path);
    const startNs = startOf(frames);
    const rows = frames.map(
      ({ ns, id, data }) =>
        `${decimals(ns - startNs, 1_000_000_000n, 6).padStart(11)} 1  ${id}${id.length > 3 ? "x" : ""}  Rx   d ${data.length.toString(16)} ${spaced(data)}  Length = 270000 BitCount = 140 ID = ${Number.parseInt(id, 16)}`,
    );
    const started = new Date(Number(startNs / 1_000_000n));
    const [weekday, day, month, year] = started.toUTCString().split(/[\s,]+/);
    const time = started.toISOString().slice(11, 23);
    return [
      `date ${weekday} ${month} ${Number(day)} ${time} ${year}`,
      "base hex  timestamps absolute",
      "no internal events logged",
      "// version 9.0.0",
      "Begin Triggerblock",
      "   0.000000 Start of measurement",
      ...rows,
      "End TriggerBlock",
    ].join("\r\n");
  },
  "PCAN TRC 1.1": (path) => {
    const frames = loadFrames(path);
    const startNs = startOf(frames);
    const rows = frames.map(
      ({ ns, id, data }, at) =>
        `${String(at + 1).padStart(6)})${decimals(ns - startNs, 1_000_000n, 3).padStart(12)}  Rx     ${idOf(id)}  ${data.length}  ${spaced(data)} `,
    );
    return [...trcHead("1.1", startNs), ...rows].join("\r\n");
  },
  "PCAN TRC 2.0": (path) => {
    const frames = loadFrames(path);
    const startNs = startOf(frames);
    const rows = frames.map(
      ({ ns, id, data }, at) =>
        `${String(at + 1).padStart(7)} ${decimals(ns - startNs, 1_000_000n, 3).padStart(13)} DT ${idOf(id).padStart(8)} Rx ${data.length}  ${spaced(data)} `,
    );
    return [...trcHead("2.0", startNs), ...rows].join("\r\n");
  },
  "PCAN TRC 2.1": (path) => {
    const frames = loadFrames(path);
    const startNs = startOf(frames);
    const rows = frames.map(
      ({ ns, id, data }, at) =>
        `${String(at + 1).padStart(7)} ${decimals(ns - startNs, 1_000_000n, 3).padStart(13)} DT 1 ${idOf(id).padStart(8)} Rx -  ${data.length}    ${spaced(data)} `,
    );
    const [version = "", ...rest] = trcHead("2.1", startNs);
    return [version, ...rest, ";$COLUMNS=N,O,T,B,I,d,R,L,D", ...rows].join("\r\n");
  },
  "CSV of SavvyCAN": (path) => {
    const rows = loadFrames(path).map(
      ({ ns, id, data }) =>
        `${ns / 1_000n},${id.padStart(8, "0")},${id.length > 3},Rx,0,${data.length},${[...data].map((byte) => `${byte.toString(16).padStart(2, "0")},`).join("")}`,
    );
    return ["Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2,D3,D4,D5,D6,D7,D8", ...rows].join("\n");
  },
  "CSV of python-can": (path) => {
    const rows = loadFrames(path).map(
      ({ ns, id, data }) =>
        `${decimals(ns, 1_000_000_000n, 6)},0x${id.toLowerCase()},${id.length > 3 ? 1 : 0},0,0,${data.length},${data.toString("base64")}`,
    );
    return ["timestamp,arbitration_id,extended,remote,error,dlc,data", ...rows].join("\n");
  },
  "CSV with semicolons": (path) => {
    const rows = loadFrames(path).map(
      ({ ns, id, data }) =>
        `${decimals(ns, 1_000_000_000n, 6)};0;${id};${id.length > 3 ? 1 : 0};${data.length};${data.length};0;0;0;${data.toString("hex")}`,
    );
    return ["TimestampEpoch;BusChannel;ID;IDE;DLC;DataLength;Dir;EDL;BRS;DataBytes", ...rows].join(
      "\n",
    );
  },
};

const startOf = ([first]: readonly Written[]): bigint =>
  ((first?.ns ?? 0n) / 1_000_000n) * 1_000_000n;

const idOf = (id: string): string => id.padStart(id.length > 3 ? 8 : 4, "0");

const trcHead = (version: string, startNs: bigint): string[] => [
  `;$FILEVERSION=${version}`,
  `;$STARTTIME=${(Number(startNs / 1_000_000n) / 86_400_000 + 25_569).toFixed(10)}`,
  ";",
  ";   Start time: as above",
  ";---+--   ----+----  --+--  ----+---  +  -+ -- -- -- -- -- -- --",
];
