import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "@firebreak/kit/database.ts";
import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { loadPeople, savePerson } from "../organisation/people.ts";
import type { Person } from "../organisation/person.ts";
import { dispatcher, finding } from "../tickets.fixture.ts";
import { expectConsistent, openWorld, type World } from "../world.fixture.ts";
import { createAuditDesk } from "./audit-desk.ts";
import { createErasureDesk, type ErasureDesk } from "./erasure-desk.ts";

const wang: Person = {
  personId: "P-1",
  name: "王小明",
  firstName: "小明",
  phone: "+86 138 0000 1111",
  email: "wang.xm@example.com",
  address: "杭州市西湖区文三路1号",
  position: "machine operator of the night shift",
};
const others: Person[] = Array.from({ length: 400 }, (_, at) => ({
  personId: `Q-${at}`,
  name: `李${at}`,
  phone: `+86 139 ${String(at).padStart(8, "0")}`,
  address: "x".repeat((at * 37) % 300) || "y",
}));
const actor = { kind: "person", id: "hq-1" } as const;

describeEachDatabase("erasure", (open, { contentsOf }) => {
  let db: Database;
  let world: World;
  let desk: ErasureDesk;
  beforeEach(async () => {
    db = await open();
    world = await openWorld(db);
    desk = createErasureDesk({ db, clock: world.clock });
    for (const half of [others.slice(0, 200), [wang], others.slice(200)])
      await db.transaction(async (tx) => {
        for (const person of half) await savePerson(tx, person);
      });
  });

  /** Which of these stand anywhere in the files or the dump. */
  const foundOf = (...texts: string[]): string[] => {
    const contents = contentsOf(db);
    return texts.filter((text) => contents.includes(Buffer.from(text).toString("latin1")));
  };

  test("leaves nothing of a person in any byte of the database, and everything else valid", async () => {
    await world.apply(finding());
    const [ticket] = (await world.service.page({ limit: 10 })).items.filter(
      ({ kind }) => kind !== "parts",
    );
    const { ticketId = "" } = ticket ?? {};
    const order = { ticketId, actor: dispatcher };
    const note = `${wang.name} (13800001111, ${wang.email}) will be there, ask 李7`;
    await world.service.acknowledge({ ...order, commandId: "c-1", note });
    const { personId, ...personal } = wang;
    const traces = [...Object.values(personal), "13800001111"];
    expect(foundOf(...traces)).toEqual(traces);
    const before = await world.service.get(ticketId);

    const erasure = await desk.erase(personId, actor);
    expect(erasure.redactedTexts).toBeGreaterThan(0);
    expect(foundOf(...traces)).toEqual([]);

    expect(await loadPeople(db, ["P-1"])).toEqual(new Map());
    expect(
      (
        await loadPeople(
          db,
          others.map((person) => person.personId),
        )
      ).size,
    ).toBe(400);
    const after = await world.service.get(ticketId);
    expect(after).toEqual(
      JSON.parse(JSON.stringify(before).replace(note, "*** (***, ***) will be there, ask 李7")),
    );
    await expectConsistent(db);
    await world.service.close({
      ...order,
      commandId: "c-2",
      outcome: "no_fault_found",
      note: "ok",
    });
    await expectConsistent(db);
  });

  test("is told in the audit log by id, and done again only cleans again", async () => {
    await desk.erase("P-1", actor);
    expect(await desk.erase("P-1", actor)).toEqual({ personId: "P-1", redactedTexts: 0 });
    const { items } = await createAuditDesk({ db, newId: () => "" }).page({ limit: 10 });
    expect(items).toEqual([
      expect.objectContaining({
        actor: "hq-1",
        action: "person.erased",
        subjectKind: "person",
        subjectId: "P-1",
        facts: { redactedTexts: 0 },
      }),
    ]);
    await expect(desk.erase("P-0", actor)).rejects.toMatchObject({ code: "PERSON_UNKNOWN" });
  });

  test("does not stop who works meanwhile", async () => {
    let isErased = false;
    const erasing = desk.erase("P-1", actor).finally(() => {
      isErased = true;
    });
    let written = 0;
    // One after the other, each with a pause before it: on a slow disk more would wait for one another without end.
    for (await sleep(2); !isErased; await sleep(2)) {
      const personId = `N-${written++}`;
      await db.transaction((tx) => savePerson(tx, { personId, name: "赵" }));
    }
    await erasing;
    expect(written).toBeGreaterThan(0);
    expect(foundOf(wang.name)).toEqual([]);
  });
});
