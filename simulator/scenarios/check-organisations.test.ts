import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findServiceMistakes } from "./check-organisations.ts";
import { findScenario, loadScenario, readScenario } from "./load-scenario.ts";

const text = readFileSync(findScenario("as-3") ?? "", "utf8");
const pathsOf = (changed: string) => readScenario(changed, "as-3").problems.map(({ path }) => path);

test.each([
  { name: "nothing", from: "seed: 3", to: "seed: 4", paths: [] },
  {
    name: "a fault that the type does not have",
    ...{ from: "fault: main-pump-wears", to: "fault: wheel-falls-off" },
    paths: ["faultDraw.mix[0].fault"],
  },
  {
    name: "a cause that the failure mode does not have",
    ...{ from: "cause: pump-worn", to: "cause: belt-slips" },
    paths: ["faultDraw.mix[0].cause"],
  },
  {
    name: "two organisations of one name",
    ...{ from: "- name: baseline", to: "- name: improved" },
    paths: ["organisations[1].name", "references[0].organisation", "conditions[0].of"],
  },
  {
    name: "a figure per nobody",
    ...{ from: "downtimeHours, per: baseline", to: "downtimeHours, per: nobody" },
    paths: ["conditions[6].per"],
  },
])("tells of $name", ({ from, to, paths }) => {
  expect(text).toContain(from);
  const told = pathsOf(text.replace(from, to));
  expect(told).toEqual(expect.arrayContaining(paths));
  if (paths.length === 0) expect(told).toEqual([]);
});

test("machines that people have to go to need a home", () => {
  const { machines, ...rest } = loadScenario("as-3");
  const [first, ...others] = machines.map(({ home, ...group }, at) =>
    at === 0 || !home ? group : { ...group, home },
  );
  const homeless = { ...rest, machines: [...(first ? [first] : []), ...others] };
  expect(findServiceMistakes(homeless).map(({ path }) => path)).toEqual([["machines", 0]]);
});
