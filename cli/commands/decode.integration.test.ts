import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../bin/firebreak.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "firebreak-decode-"));
afterAll(() => rmSync(folder, { recursive: true }));

const engine = "(12.3456) can0 0CF00400#FFFFFF2E1CFFFFFF\n";
const codes = "(12.5) can0 18FECA00#04FF64000401FFFF\n";

function recording(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Runs `firebreak decode …`, through a shell so that it may be piped. */
function decode(rest: string, input = "") {
  const command = `set -o pipefail; "${process.execPath}" "${program}" decode ${rest}`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", command], {
    input,
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  return { stdout, stderr, status };
}

describe("firebreak decode", () => {
  test("help that nobody reads to its end is no error", () => {
    const { stderr, status } = decode("--help | true");
    expect([stderr, status]).toEqual(["", 0]);
  });

  test("prints a line per sample and per set of trouble codes", () => {
    const { stdout, stderr, status } = decode(recording("good.log", engine + codes));
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { t: 12.3456, spn: 190, value: 901.75 },
      { t: 12.5, dtcs: [{ spn: 100, fmi: 4 }] },
    ]);
    expect([stderr, status]).toEqual(["", 0]);
  });

  test("reads stdin and prints a summary", () => {
    const { stdout, status } = decode("--summary -", engine + codes + engine);
    expect(JSON.parse(stdout)).toEqual({
      frames: 3,
      skippedLines: 0,
      signals: {
        "190@0": { n: 2, min: 901.75, max: 901.75, first: 901.75, last: 901.75, error: 0 },
      },
      dtcs: [{ sa: 0, spn: 100, fmi: 4, count: 1 }],
      pgns: { "61444": 2, "65226": 1 },
      unknownPgns: {},
    });
    expect(status).toBe(0);
  });

  test("reads what other tools wrote, told by the content, and a CSV by a map of its columns", () => {
    const ofEngine = (rest: string) =>
      decode(rest)
        .stdout.trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const rows = {
      "engine.asc":
        "base hex  timestamps absolute\n  12.345600 1  CF00400x  Rx   d 8 FF FF FF 2E 1C FF FF FF\n",
      "engine.trc":
        ";$FILEVERSION=2.0\n      1     12345.600 DT 0CF00400 Rx 8  FF FF FF 2E 1C FF FF FF\n",
      "engine.csv": "time,id,data\n12.3456,0CF00400,FFFFFF2E1CFFFFFF\n",
      "scope.csv": "Msg;Abs;Raw;CRC\n217056256;12345.6;FF FF FF 2E 1C FF FF FF;1A2B\n",
    };
    for (const [name, text] of Object.entries(rows)) {
      const map = name.startsWith("scope")
        ? '--columns "id=Msg,idBase=dec,data=Raw,time=Abs,timeUnit=ms" '
        : "";
      expect(ofEngine(`${map}${recording(name, text)}`), name).toMatchObject([
        { t: 12.3456, bus: "can0", spn: 190, value: 901.75 },
      ]);
    }
  });

  test("counts broken lines, names the first and goes on", () => {
    const path = recording("broken.log", `${engine}(12.4) can0 0CF0\nrubbish\n${engine}`);
    const { stdout, stderr, status } = decode(path);
    expect(stdout.trim().split("\n")).toHaveLength(2);
    expect(stderr).toContain("2 lines were no frame");
    expect(stderr).toContain("line 2: the identifier is not 3 or 8 hex digits");
    expect(stderr).toContain("line 3:");
    expect(status).toBe(0);
    expect(JSON.parse(decode(`--summary ${path}`).stdout).skippedLines).toBe(2);
  });

  test("ends quietly when its reader has seen enough", () => {
    const path = recording("long.log", (engine + codes).repeat(50_000));
    const { stdout, stderr, status } = decode(`${path} | head -n 1`);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect([stderr, status]).toEqual(["", 0]);
  });

  test.each([
    {
      name: "a missing file",
      rest: "nowhere.log",
      status: 1,
      says: "There is no file nowhere.log",
    },
    { name: "a folder", rest: ".", status: 1, says: ". is a folder, not a recording" },
    {
      name: "a map that names no data",
      rest: "--columns id=ID -",
      status: 1,
      says: "is no map of columns",
    },
    { name: "no file named", rest: "", status: 2, says: "missing required argument" },
    { name: "an unknown option", rest: "--sumary x", status: 2, says: "--summary" },
    {
      name: "another kind of file",
      rest: "- < /etc/passwd",
      status: 1,
      says: "holds no CAN frame",
    },
  ])("says in plain words what is wrong: $name", ({ rest, status, says }) => {
    const result = decode(rest);
    expect(result.stderr).toContain(says);
    expect(result.stderr).not.toContain("    at ");
    expect([result.stdout, result.status]).toEqual(["", status]);
  });
});
