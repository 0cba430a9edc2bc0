import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type ConfigProblem, formatProblems, loadConfig } from "@firebreak/kit/load-config.ts";
import type { ParsedTexts } from "@firebreak/kit/parsed-texts.ts";
import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed } from "../vocabulary.ts";
import { GeoPoint, type StockLocation } from "./location.ts";
import { type Part, PartFacts } from "./part.ts";
import type { RingFence } from "./stock-item.ts";
import type { StockBand } from "./stock-policy.ts";

const PartsFile = Type.Object(
  { parts: Type.Record(Type.String({ minLength: 1 }), PartFacts) },
  closed,
);

const pieces = { minimum: 0, maximum: 1_000_000 };
const Pieces = Type.Integer({ ...pieces, description: "pieces" });

const Stock = Type.Record(
  Type.String({ minLength: 1 }),
  Type.Object(
    {
      bin: Type.String({ minLength: 1, description: "place in the store" }),
      quantity: Type.Integer({ ...pieces, description: "pieces on hand" }),
      min: Type.Optional(Pieces),
      target: Type.Optional(Pieces),
      max: Type.Optional(Pieces),
      planned: Type.Optional(Pieces),
      fenced: Type.Optional(
        Type.Object(
          {
            exceed: Type.Optional(Pieces),
            above: Type.Optional(Pieces),
            meet: Type.Optional(Pieces),
          },
          { ...closed, description: "pieces kept back for machines of a tier" },
        ),
      ),
    },
    closed,
  ),
);

const Id = Type.String({ pattern: "^[a-z][a-z0-9-]*$", description: "kebab-case id" });
const place = {
  id: Id,
  name: I18nText,
  point: Type.Optional(GeoPoint),
  parent: Type.Optional(Type.String({ minLength: 1, description: "place it is stocked up from" })),
};

const StockFile = Type.Object(
  {
    stations: Type.Array(
      Type.Object(
        {
          ...place,
          region: Type.String({ minLength: 1, description: "id of the region" }),
          stock: Stock,
        },
        closed,
      ),
      { minItems: 1 },
    ),
    locations: Type.Optional(
      Type.Array(
        Type.Object(
          {
            ...place,
            kind: Type.Enum(["hq", "regional_centre", "vehicle", "customer", "supplier"] as const),
            region: Type.Optional(Type.String({ description: "id of the region" })),
            station: Type.Optional(Type.String({ minLength: 1, description: "of a vehicle" })),
            engineer: Type.Optional(Type.String({ minLength: 1, description: "of a vehicle" })),
            stock: Type.Optional(Stock),
          },
          closed,
        ),
      ),
    ),
  },
  closed,
);
type StockFile = Static<typeof StockFile>;

export interface Station {
  readonly stationId: string;
  readonly regionId: string;
  readonly name: I18nText;
  readonly location?: GeoPoint;
}

export interface FirstStock extends StockBand {
  readonly partNo: string;
  readonly locationId: string;
  readonly bin: string;
  readonly quantity: number;
  readonly plannedQty: number;
  readonly ringFenced: RingFence;
}

/** The parts master and the first stock, checked. */
export interface PartsCatalogue {
  readonly parts: readonly Part[];
  readonly stations: readonly Station[];
  /** The stations' too. */
  readonly locations: readonly StockLocation[];
  readonly stock: readonly FirstStock[];
}

export interface NamedText {
  /** As problems name it. */
  readonly file: string;
  readonly text: string;
  /** What remembers the text, if anything does. */
  readonly parsed?: ParsedTexts;
}

/**
 * Reads the parts master and the first stock of all places. Pure.
 * @throws CodedError BAD_CONFIGURATION with every problem of both files, each with line and column
 */
export function parsePartsFiles(partsFile: NamedText, stockFile: NamedText): PartsCatalogue {
  const master = loadConfig(partsFile.text, PartsFile, partsFile.parsed);
  const stock = loadConfig(stockFile.text, StockFile, stockFile.parsed);
  if ("problems" in master || "problems" in stock)
    throw badFiles([
      [partsFile.file, "problems" in master ? master.problems : []],
      [stockFile.file, "problems" in stock ? stock.problems : []],
    ]);
  const problems = problemsOf(partsFile.file, master.value.parts, stock);
  if (problems.length > 0) throw badFiles([[stockFile.file, problems]]);
  const { stations, locations = [] } = stock.value;
  return {
    parts: Object.entries(master.value.parts).map(([partNo, part]) => ({ partNo, ...part })),
    stations: stations.map(({ id, name, region, point }) => ({
      stationId: id,
      regionId: region,
      name,
      ...(point ? { location: point } : {}),
    })),
    locations: [...stations, ...locations].map(toLocation),
    stock: [...stations, ...locations].flatMap(({ id, stock: items = {} }) =>
      Object.entries(items).map(([partNo, item]) => toFirstStock(partNo, id, item)),
    ),
  };
}

type PlaceOfFile = StockFile["stations"][number] | NonNullable<StockFile["locations"]>[number];

function toLocation(file: PlaceOfFile): StockLocation {
  const { id, name, region, point, parent } = file;
  return {
    locationId: id,
    kind: "kind" in file ? file.kind : "station",
    name,
    regionId: region ?? "",
    ...(parent === undefined ? {} : { parentId: parent }),
    ...("station" in file && file.station !== undefined ? { stationId: file.station } : {}),
    ...("engineer" in file && file.engineer !== undefined ? { engineerId: file.engineer } : {}),
    ...(point ? { point } : {}),
  };
}

function toFirstStock(
  partNo: string,
  locationId: string,
  item: Static<typeof Stock>[string],
): FirstStock {
  const { bin, quantity, min = 0, planned = 0, fenced = {} } = item;
  const target = Math.max(min, item.target ?? min);
  return {
    partNo,
    locationId,
    bin,
    quantity,
    plannedQty: planned,
    ringFenced: { exceed: 0, above: 0, meet: 0, ...fenced },
    min,
    target,
    max: Math.max(target, item.max ?? target),
  };
}

function problemsOf(
  partsFile: string,
  parts: Readonly<Record<string, unknown>>,
  stock: Extract<ReturnType<typeof loadConfig<typeof StockFile>>, { value: unknown }>,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<string>();
  for (const list of ["stations", "locations"] as const)
    for (const [index, { id, stock: items = {} }] of (stock.value[list] ?? []).entries()) {
      const what = list === "stations" ? "station" : "location";
      if (seen.has(id))
        problems.push(stock.problemAt([list, index, "id"], `the ${what} ${id} is named twice`));
      seen.add(id);
      for (const partNo of Object.keys(items))
        if (!Object.hasOwn(parts, partNo))
          problems.push(
            stock.problemAt(
              [list, index, "stock", partNo],
              `there is no part ${partNo} in ${partsFile}; add it there or correct the number`,
              "key",
            ),
          );
    }
  return problems;
}

const badFiles = (files: readonly (readonly [string, readonly ConfigProblem[]])[]): CodedError =>
  new CodedError(
    "BAD_CONFIGURATION",
    files
      .filter(([, problems]) => problems.length > 0)
      .map(([file, problems]) => formatProblems(file, problems))
      .join("\n"),
  );
