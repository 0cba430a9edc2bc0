import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type ConfigProblem, formatProblems, loadConfig } from "@firebreak/kit/load-config.ts";
import { type Static, Type } from "typebox";
import type { I18nText } from "../evidence.ts";
import { closed } from "../vocabulary.ts";

const Name = Type.Object(
  { en: Type.String({ minLength: 1 }), "zh-CN": Type.String({ minLength: 1 }) },
  { ...closed, description: "name in both languages" },
);

const Part = Type.Object(
  {
    name: Name,
    category: Type.Union(
      [
        Type.Literal("bearing"),
        Type.Literal("drivetrain"),
        Type.Literal("non_standard"),
        Type.Literal("consumable"),
        Type.Literal("standard"),
        Type.Literal("tool"),
        Type.Literal("auxiliary"),
        Type.Literal("component"),
      ],
      { description: "class of part" },
    ),
    unitPriceFen: Type.Integer({ minimum: 0, description: "price of one, in fen" }),
    leadTimeDays: Type.Integer({ minimum: 0, maximum: 3650, description: "calendar days" }),
  },
  closed,
);

const PartsFile = Type.Object({ parts: Type.Record(Type.String({ minLength: 1 }), Part) }, closed);

const StockFile = Type.Object(
  {
    stations: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: "^[a-z][a-z0-9-]*$", description: "kebab-case id" }),
          name: Name,
          region: Type.String({ minLength: 1, description: "id of the region" }),
          stock: Type.Record(
            Type.String({ minLength: 1 }),
            Type.Object(
              {
                bin: Type.String({ minLength: 1, description: "place in the store" }),
                quantity: Type.Integer({ minimum: 0, description: "pieces on hand" }),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      { minItems: 1 },
    ),
  },
  closed,
);

export interface Part extends Static<typeof Part> {
  readonly partNo: string;
}

export interface Station {
  readonly stationId: string;
  readonly regionId: string;
  readonly name: I18nText;
}

/** The parts master and the first stock, checked. */
export interface PartsCatalogue {
  readonly parts: readonly Part[];
  readonly stations: readonly Station[];
  readonly stock: readonly {
    readonly partNo: string;
    readonly stationId: string;
    readonly bin: string;
    readonly quantity: number;
  }[];
}

export interface NamedText {
  /** As problems name it. */
  readonly file: string;
  readonly text: string;
}

/**
 * Reads the parts master and the stock of the stations. Pure.
 * @throws CodedError BAD_CONFIGURATION with every problem of both files, each with line and column
 */
export function parsePartsFiles(partsFile: NamedText, stockFile: NamedText): PartsCatalogue {
  const master = loadConfig(partsFile.text, PartsFile);
  const stock = loadConfig(stockFile.text, StockFile);
  if ("problems" in master || "problems" in stock)
    throw badFiles([
      [partsFile.file, "problems" in master ? master.problems : []],
      [stockFile.file, "problems" in stock ? stock.problems : []],
    ]);
  const problems: ConfigProblem[] = [];
  const { stations } = stock.value;
  for (const [index, { id, stock: items }] of stations.entries()) {
    if (stations.findIndex((station) => station.id === id) < index)
      problems.push(stock.problemAt(["stations", index, "id"], `the station ${id} is named twice`));
    for (const partNo of Object.keys(items))
      if (!Object.hasOwn(master.value.parts, partNo))
        problems.push(
          stock.problemAt(
            ["stations", index, "stock", partNo],
            `there is no part ${partNo} in ${partsFile.file}; add it there or correct the number`,
            "key",
          ),
        );
  }
  if (problems.length > 0) throw badFiles([[stockFile.file, problems]]);
  return {
    parts: Object.entries(master.value.parts).map(([partNo, part]) => ({ partNo, ...part })),
    stations: stations.map(({ id, name, region }) => ({ stationId: id, regionId: region, name })),
    stock: stations.flatMap(({ id, stock: items }) =>
      Object.entries(items).map(([partNo, item]) => ({ partNo, stationId: id, ...item })),
    ),
  };
}

const badFiles = (files: readonly (readonly [string, readonly ConfigProblem[]])[]): CodedError =>
  new CodedError(
    "BAD_CONFIGURATION",
    files
      .filter(([, problems]) => problems.length > 0)
      .map(([file, problems]) => formatProblems(file, problems))
      .join("\n"),
  );
