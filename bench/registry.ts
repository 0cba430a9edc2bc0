import type { BenchResult } from "./result.ts";

/** Every benchmark by name; a new one is one file and one line. */
export const benchmarks: Record<string, () => Promise<{ run(): Promise<BenchResult[]> }>> = {
  decode: () => import("./decode.ts"),
  delivery: () => import("./delivery.ts"),
  findings: () => import("./findings.ts"),
  gateway: () => import("./gateway.ts"),
  ingest: () => import("./ingest.ts"),
  latency: () => import("./latency.ts"),
  link: () => import("./link.ts"),
  log: () => import("./log.ts"),
  query: () => import("./query.ts"),
  rules: () => import("./rules.ts"),
  service: () => import("./service.ts"),
  simulator: () => import("./simulator.ts"),
  store: () => import("./store.ts"),
  wire: () => import("./wire.ts"),
};
