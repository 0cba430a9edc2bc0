import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecordingFrame } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { createRecordingParser } from "@firebreak/gateway/sources/can/recording-parser.ts";
import { sampleDbc } from "@firebreak/plans/imports/dbc.fixture.ts";
import { afterAll, describe, expect, test } from "vitest";
import { createRecordingDecoder } from "./recording-decoder.ts";
import { createSampleLines } from "./sample-lines.ts";
import { catalogueOf, type SignalCatalogue, standardCatalogue } from "./signal-catalogue.ts";
import { createSummary } from "./summary.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-decode-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function framesOf(lines: readonly string[]) {
  const parser = createRecordingParser();
  parser.feed(Uint8Array.from(Buffer.from(`${lines.join("\n")}\n`)));
  const frame = createRecordingFrame();
  return {
    each: (use: (one: typeof frame) => void) => {
      while (parser.next(frame)) use(frame);
    },
  };
}

function decode(lines: readonly string[], catalogue: SignalCatalogue = standardCatalogue) {
  const printer = createSampleLines({ withNotAvailable: false, catalogue });
  let output = "";
  const decoder = createRecordingDecoder({
    catalogue,
    isCanopen: true,
    onSamples: (message) => {
      output += printer.ofSamples(message);
    },
    onActiveDtcs: (message) => {
      output += printer.ofActiveDtcs(message);
    },
    onSaying: (message) => {
      output += printer.ofSaying(message);
    },
  });
  framesOf(lines).each(decoder.decode);
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("decode with files", () => {
  test("reads the signals of a DBC beside the known SPNs", () => {
    const catalogue = catalogueOf({ dbc: [file("boom.dbc", sampleDbc)] });
    const said = decode(
      [
        "(1) can0 0CF00400#FFFFFF2E1CFFFFFF",
        "(2) can0 18FF0033#E803FDFFFFFFFFFF",
        "(3) can0 185#0FA0FFFF0000C03F",
      ],
      catalogue,
    );
    expect(said).toEqual([
      {
        t: 1,
        bus: "can0",
        sa: 0,
        pgn: 61444,
        spn: 190,
        name: "engineSpeed",
        value: 901.75,
        unit: "rpm",
        quality: "good",
      },
      {
        t: 2,
        bus: "can0",
        sa: 51,
        pgn: 65280,
        spn: 520192,
        name: "Boom_State",
        value: 1,
        unit: "enum",
        quality: "good",
      },
      {
        t: 2,
        bus: "can0",
        sa: 51,
        pgn: 65280,
        name: "Boom_Pressure",
        value: 100,
        unit: "bar",
        quality: "good",
      },
      { t: 3, bus: "can0", id: 389, name: "Radius", value: 0, unit: "m", quality: "good" },
      { t: 3, bus: "can0", id: 389, name: "Load", value: 1.5, unit: "t", quality: "good" },
    ]);
  });

  test("reads an SPN as a list says, instead of as it is known", () => {
    const header = "pgn,spn,signal,name,startByte,startBit,bits,scale,offset,unit,min,max,kind";
    const list = file(
      "own.csv",
      `${header}\n61444,190,engineSpeed,Speed,4,1,16,0.25,0,rpm,0,16000,analog\n`,
    );
    const said = decode(["(1) can0 0CF00400#FFFFFF2E1CFFFFFF"], catalogueOf({ spns: [list] }));
    expect(said).toMatchObject([{ spn: 190, value: 1803.5 }]);
  });

  test("refuses a broken DBC with its line, and a file that is not there", () => {
    const broken = file("broken.dbc", sampleDbc.replace("@1+ (0.1,0)", "@1+ (0.1;0)"));
    expect(() => catalogueOf({ dbc: [broken] })).toThrow(/broken\.dbc:19:1.*here should be ","/);
    expect(() => catalogueOf({ dbc: [join(folder, "nowhere.dbc")] })).toThrow(
      /cannot read it \(ENOENT\)/,
    );
  });

  test("prints lists, freeze frames, readiness, texts, claims, orders and emergencies", () => {
    const said = decode([
      "(1) can0 18FECB00#04FF64000401FFFF",
      "(1) can0 18FECE00#0201142503000100",
      "(1) can0 18FEEB00#414243442A45462A",
      "(1) can0 18EEFF00#56F5290400000220",
      "(1) can0 18EA00F9#D3FE00",
      "(1) can0 085#1023050000000000",
      "(1) can0 1CECFF00#200D0002FFCDFE00",
      "(1) can0 1CEBFF00#010C640004010932",
      "(1) can0 1CEBFF00#02401F505A0014FF",
    ]);
    expect(said).toMatchObject([
      { pgn: 65227, list: "previously-active", dtcs: [{ spn: 100, fmi: 4 }], sa: 0 },
      { pgn: 65230, readiness: { activeCount: 2, supportedMonitors: 4 } },
      { pgn: 65230, spn: 1218, value: 2 },
      { pgn: 65230, spn: 1219, value: 1 },
      { pgn: 65259, fact: "component", fields: ["ABCD", "EF"] },
      { pgn: 60928, name: { identity: 652_630, manufacturer: 33 } },
      { sa: 249, order: "clear-active", da: 0 },
      { node: 5, emergencies: ["0x2310"] },
      { pgn: 65229, freezeFrames: [{ dtc: { spn: 100 }, engineSpeedRpm: 1000 }] },
    ]);
    expect(Object.keys(said[7] ?? {})).not.toContain("sa");
  });

  test("sums up signals that are bound to an identifier by their name", () => {
    const catalogue = catalogueOf({ dbc: [file("boom.dbc", sampleDbc)] });
    const summary = createSummary(catalogue);
    const decoder = createRecordingDecoder({
      catalogue,
      onSamples: summary.addSamples,
      onActiveDtcs: summary.addActiveDtcs,
    });
    framesOf(["(3) can0 185#0FA0FFFF0000C03F", "(3) can0 18FF0033#E803FDFFFFFFFFFF"]).each(
      decoder.decode,
    );
    const { signals } = summary.result({
      frames: 2,
      skippedLines: 0,
      messages: decoder.messageCounts(),
      withNotAvailable: false,
    });
    expect(Object.keys(signals).sort()).toEqual([
      "520192@51",
      "Boom_Pressure@51",
      "Load",
      "Radius",
    ]);
  });
});
