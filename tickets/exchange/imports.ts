import type { ImportKind } from "./import-kind.ts";
import { customers } from "./kinds/customers.ts";
import { engineers } from "./kinds/engineers.ts";
import { history } from "./kinds/history.ts";
import { machines } from "./kinds/machines.ts";
import { parts } from "./kinds/parts.ts";
import { sites } from "./kinds/sites.ts";
import { stock } from "./kinds/stock.ts";

/** In the order in which a new hub is filled: each list refers to those before it. */
export const importNames = [
  "customers",
  "sites",
  "engineers",
  "machines",
  "parts",
  "stock",
  "history",
] as const;
export type ImportName = (typeof importNames)[number];

export const importKinds: Readonly<Record<ImportName, ImportKind>> = {
  customers,
  sites,
  engineers,
  machines,
  parts,
  stock,
  history,
};
