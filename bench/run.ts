import { cpus, totalmem } from "node:os";
import { benchmarks } from "./registry.ts";
import type { BenchResult } from "./result.ts";

interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly platform: string;
  readonly at: string;
}

const machine = (): Machine => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  at: new Date().toISOString(),
});

/** Runs the named benchmarks one after the other (all when none is named) and prints a table, or JSON. */
export async function runBenchmarks(names: readonly string[], asJson: boolean): Promise<number> {
  const chosen = names.length > 0 ? names : Object.keys(benchmarks);
  const unknown = chosen.filter((name) => !(name in benchmarks));
  if (unknown.length > 0) {
    process.stderr.write(
      `No benchmark ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}.\n`,
    );
    return 2;
  }
  const results: Record<string, BenchResult[]> = {};
  for (const name of chosen) {
    process.stderr.write(`running ${name} …\n`);
    const benchmark = await benchmarks[name]?.();
    results[name] = (await benchmark?.run()) ?? [];
  }
  process.stdout.write(
    asJson ? `${JSON.stringify({ machine: machine(), results }, null, 2)}\n` : table(results),
  );
  return 0;
}

function table(results: Record<string, BenchResult[]>): string {
  const { cpu, cores, memoryGiB, node, platform, at } = machine();
  const lines = [`${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}, ${platform}, ${at}`];
  for (const [benchmark, rows] of Object.entries(results)) {
    lines.push("", `${benchmark}:`);
    for (const { name, unit, median, runs, note } of rows)
      lines.push(
        `  ${name.padEnd(52)} ${figure(median).padStart(12)} ${unit}  (median of ${runs.length})${note ? `  ${note}` : ""}`,
      );
  }
  return `${lines.join("\n")}\n`;
}

const figure = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

const usage = `npm run bench -- [name…] [--json]: measures what is named, or everything, which takes an hour.
Names: ${Object.keys(benchmarks).join(", ")}.
`;

if (import.meta.main) {
  const args = process.argv.slice(2);
  const unknown = args.filter((arg) => arg.startsWith("-") && arg !== "--json");
  if (args.includes("--help")) process.stdout.write(usage);
  else if (unknown.length > 0) {
    process.stderr.write(`No option ${unknown.join(", ")}.\n${usage}`);
    process.exitCode = 2;
  } else
    process.exitCode = await runBenchmarks(
      args.filter((arg) => arg !== "--json"),
      args.includes("--json"),
    );
}
