import { CodedError } from "@firebreak/kit/coded-error.ts";
import { encodeDictionaries } from "@firebreak/wire/dictionary-codec.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { DataType } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup } from "@firebreak/wire/topics.ts";
import { expect, test } from "vitest";
import { exampleDictionary, exampleMachine } from "../example-machine.fixture.ts";
import { newSession } from "./node-session.ts";
import { createSessionIntake, type SessionIntakeOptions } from "./session-intake.ts";

const dictionary = exampleDictionary(2);
const topic = { group: defaultGroup, edge: "gw", device: "m" };
const birth = {
  timestampMs: 1,
  seq: 1,
  metrics: [
    { name: metricNames.batch, alias: 1, datatype: DataType.Bytes, isNull: true },
    {
      name: metricNames.dictionaries,
      alias: 2,
      datatype: DataType.Bytes,
      value: encodeDictionaries([dictionary]),
    },
  ],
};

/** The intake before a journal that is full or not, and what it has journalled. */
function startIntake() {
  const kinds: string[] = [];
  const journal = { isFull: false, rebirths: 0 };
  const delivery = {
    lookUp: () => ({ seen: false }),
    highest: () => 0,
    hasDictionary: () => kinds.includes("dictionary"),
    append({ kind }: { readonly kind: string }) {
      if (journal.isFull) throw new CodedError("LOG_FULL", "full", { retryable: true });
      kinds.push(kind);
    },
  };
  const intake = createSessionIntake({
    delivery,
    clock: { nowMs: () => 1_780_000_000_000, monotonicMs: () => 0 },
    machinesOf: () => undefined,
    onMachine: () => {},
    askRebirth: () => journal.rebirths++ >= 0,
  } as unknown as SessionIntakeOptions);
  return { intake, journal, kinds };
}

test("a birth that comes while the journal is full leaves no batch behind without its dictionary", () => {
  const { intake, journal, kinds } = startIntake();
  const session = newSession(topic);
  const give = (type: "DBIRTH" | "DDATA", payload: Parameters<typeof intake.take>[2]) =>
    intake.take(session, { ...topic, type }, payload);
  const { block } = exampleMachine({ gatewayId: "gw", machineId: "m", dictionary }).next();
  const data = { timestampMs: 2, seq: 2, metrics: [{ alias: 1, value: block }] };

  journal.isFull = true;
  expect(() => give("DBIRTH", birth)).toThrow("full");
  journal.isFull = false;
  give("DDATA", data);
  expect([kinds, journal.rebirths]).toEqual([[], 1]);

  give("DBIRTH", birth);
  give("DDATA", data);
  expect(kinds).toEqual(["dictionary", "batch"]);
});
