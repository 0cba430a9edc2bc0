import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { afterAll, describe, expect, test } from "vitest";
import { scoreFile } from "./score-file.ts";

const isSoak = Boolean(process.env.FIREBREAK_SOAK);
const nab = sharedData("prediction/nab_score.py");
const skab = sharedData("prediction/skab_score.py");
const folder = mkdtempSync(join(tmpdir(), "firebreak-labelled-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Scores {
  readonly novelty: number[];
  readonly score: number[];
  readonly alarm: number[];
}

async function scoresOf(path: string, asked: Parameters<typeof scoreFile>[2]): Promise<Scores> {
  const out = join(folder, "scores.csv");
  await scoreFile(path, out, asked);
  const rows = readFileSync(out, "utf8").trim().split("\n").slice(1);
  const cells = rows.map((row) => row.split(",").map(Number));
  const column = (at: number) => cells.map((row) => row[at] ?? Number.NaN);
  return { novelty: column(1), score: column(2), alarm: column(3) };
}

/** Runs one of the scorers that lie beside the series; they need nothing but Python. */
function askScorer(script: string, ...rest: string[]): unknown {
  const { stdout, stderr, status } = spawnSync("python3", [script, ...rest], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${script}: ${stderr}`);
  return JSON.parse(stdout);
}

const writeLines = (name: string, lines: readonly object[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join("\n"));
  return path;
};

/** Series of one signal, all or five; the scorer sees the same choice. */
function chosenNab(data: string) {
  const labels: Record<string, unknown> = JSON.parse(
    readFileSync(join(data, "labels/combined_windows.json"), "utf8"),
  );
  const chosen = Object.entries(labels).filter((_, at) => isSoak || at % 5 === 1);
  const root = join(folder, "nab");
  mkdirSync(join(root, "labels"), { recursive: true });
  writeFileSync(
    join(root, "labels/combined_windows.json"),
    JSON.stringify(Object.fromEntries(chosen)),
  );
  symlinkSync(join(data, "data"), join(root, "data"));
  return { root, names: chosen.map(([name]) => name) };
}

describe.skipIf(nab === undefined)("one signal, on labelled series of others", () => {
  test("reaches the event F1, the false alarms and the NAB score that are promised", async () => {
    const data = join(nab ?? "", "../nab");
    const { root, names } = chosenNab(data);
    const scored: (Scores & { file: string })[] = [];
    for (const file of names)
      scored.push({ file, ...(await scoresOf(join(data, "data", file), {})) });
    const ask = (name: string, scores: (one: Scores) => number[]) =>
      askScorer(
        nab ?? "",
        "--nab",
        root,
        "--threshold",
        "0.5",
        "--scores",
        writeLines(
          name,
          scored.map((one) => ({ file: one.file, scores: scores(one) })),
        ),
      );
    const alarms = ask("alarm.jsonl", ({ alarm }) => alarm);
    expect(alarms).toMatchObject({ files_scored: names.length, missing: [] });
    expect(alarms).toHaveProperty("fixed_threshold.events.event_f1", atLeast(0.6));
    expect(alarms).toHaveProperty(
      "fixed_threshold.events.false_alarms_per_1000_rows",
      atMost(0.25),
    );
    const novelty = ask("novelty.jsonl", (one) => one.novelty);
    expect(novelty).toHaveProperty("profiles.standard.score", atLeast(72));
  });
});

const skabSignals = [
  "Accelerometer1RMS",
  "Accelerometer2RMS",
  "Current",
  "Pressure",
  "Temperature",
  "Thermocouple",
  "Voltage",
  "Volume Flow RateRMS",
];
const trainRows = 400;

/** Recordings of the rig, all or three. */
function chosenSkab(data: string) {
  const { dev }: { dev: string[] } = JSON.parse(
    readFileSync(`${data}/../../split_skab.json`, "utf8"),
  );
  const chosen = dev.filter((_, at) => isSoak || at % 6 === 1);
  const root = join(folder, "skab");
  mkdirSync(root);
  const names = chosen.map((name) => name.replace("/", "-"));
  chosen.forEach((name, at) => {
    symlinkSync(join(data, name), join(root, names[at] ?? ""));
  });
  writeFileSync(
    join(root, "manifest.json"),
    JSON.stringify(Object.fromEntries(names.map((name) => [name, trainRows]))),
  );
  return { root, names };
}

describe.skipIf(skab === undefined)("eight signals, on labelled recordings of a pump rig", () => {
  test("reaches the F1, the change points and the false alarms that are promised", async () => {
    const { root, names } = chosenSkab(join(skab ?? "", "../skab/data"));
    const lines: object[] = [];
    for (const file of names) {
      const { alarm } = await scoresOf(join(root, file), { signals: skabSignals, trainRows });
      lines.push({ file, anomaly: alarm });
    }
    const result = askScorer(skab ?? "", "--skab", root, "--pred", writeLines("skab.jsonl", lines));
    expect(result).toHaveProperty("files_scored", names.length);
    expect(result).toHaveProperty("all_files.F1", atLeast(0.83));
    expect(result).toHaveProperty("all_files.changepoint_NAB.Standard", atLeast(30));
    expect(result).toHaveProperty("all_files.events.pre_fault_false_alarm_%", atMost(6));
  });
});

const atLeast = (least: number) => expect.toSatisfy((value: number) => value >= least);
const atMost = (most: number) => expect.toSatisfy((value: number) => value <= most);
