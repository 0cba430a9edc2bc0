import type { MachinePipeline } from "./pipeline/machine-pipeline.ts";
import type { Spool } from "./spool/spool.ts";

/** What is announced to the hub: every configured machine, and those that only have batches left. */
export function deviceBirths(pipelines: readonly MachinePipeline[], spool: Spool) {
  const configured = pipelines.map((pipeline) => {
    const { machineId, dictionary } = pipeline;
    const held = spool.dictionariesOf(machineId);
    const dictionaries = held.some(({ hash }) => hash === dictionary.hash)
      ? held
      : [...held, dictionary];
    return { machineId, signals: pipeline.lastValues(), dictionaries };
  });
  const known = new Set(configured.map(({ machineId }) => machineId));
  const left = spool.heldMachines().filter((machineId) => !known.has(machineId));
  return [
    ...configured,
    ...left.map((machineId) => {
      const dictionaries = spool.dictionariesOf(machineId);
      const names = new Set(dictionaries.flatMap(({ signals }) => signals.map(({ name }) => name)));
      const signals = [...names].map((name) => ({ name, value: null }));
      return { machineId, signals, dictionaries };
    }),
  ];
}
