import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { SpoolIndex } from "./spool-index.ts";

const machines = 3;

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("push", "push", "settle", "unsettle", "gone", "trim"),
    at: fc.nat(40),
    machine: fc.nat(machines - 1),
  }),
  { maxLength: 200 },
);

const entryOf = (index: SpoolIndex, { machine = 0, bytes = 10 } = {}) => ({
  ...{ position: index.end * 100, bytes, epoch: 0, machine, dictionary: 0 },
  ...{ number: index.end + 1, isAlarm: false, isTombstone: false },
});

test("what waits is counted as it changes, machine by machine, as if all of it were looked through", () => {
  fc.assert(
    fc.property(steps, (given) => {
      const index = new SpoolIndex();
      for (const { kind, at, machine } of given) {
        const ordinal = Math.min(index.first + at, Math.max(index.first, index.end - 1));
        // What was found before must not hide what has changed since.
        index.firstPending();
        if (kind === "push") index.push(entryOf(index, { machine, bytes: 10 + at }));
        else if (kind === "trim") index.trimBefore(index.position(ordinal));
        else if (index.first < index.end && kind === "gone") index.setGone(ordinal);
        else index.setSettled(ordinal, kind === "settle");
      }
      const pending = Array.from({ length: index.end - index.first }, (_, at) => index.first + at)
        .filter((ordinal) => index.isPending(ordinal))
        .map((ordinal) => ({
          ordinal,
          machine: index.machine(ordinal),
          bytes: index.bytes(ordinal),
        }));
      expect(index.firstPending()).toBe(pending[0]?.ordinal ?? index.end);
      expect(index.pendingBatches).toBe(pending.length);
      expect(index.pendingBytes).toBe(pending.reduce((sum, { bytes }) => sum + bytes, 0));
      for (let machine = 0; machine < machines; machine++)
        expect(index.pendingOf(machine)).toBe(
          pending.filter((one) => one.machine === machine).length,
        );
    }),
  );
});

test("what the hub has had is not looked through again at each acknowledgement", () => {
  const index = new SpoolIndex();
  const batches = 2_000;
  for (let count = 0; count < batches; count++) index.push(entryOf(index));
  const looks = vi.spyOn(index, "isPending");
  for (let ordinal = 0; ordinal < batches; ordinal++) {
    index.setSettled(ordinal, true);
    expect(index.firstPending()).toBe(ordinal + 1);
  }
  expect(looks.mock.calls.length).toBeLessThan(4 * batches);
});
