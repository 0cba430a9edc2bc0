import {
  predictLife,
  type RemainingLife,
} from "@firebreak/rules/prognosis/remaining-life/predict-life.ts";
import { trainLifeModel } from "@firebreak/rules/prognosis/remaining-life/train-life-model.ts";
import { createFileProblems } from "../../files/file-problems.ts";
import { readNumberTable } from "../../files/number-table.ts";
import { openLines } from "../../files/read-lines.ts";
import { compareColumns, fewestHistories, historiesOf, inReach } from "./histories.ts";

export interface PrognoseRequest {
  readonly train: string;
  readonly test: string;
  readonly unit: string;
  readonly cycle: string;
  readonly seed: number;
}

export interface Prognosis extends RemainingLife {
  readonly unit: string;
}

/**
 * Learns from histories that ran to failure and answers for units that run still. `onProgress`: share done, 0 to 1.
 * @throws CodedError BAD_INPUT, not retryable
 */
export async function prognoseFiles(
  request: PrognoseRequest,
  onProgress: (share: number) => void,
): Promise<Prognosis[]> {
  const { train, test } = await readHistories(request);
  const model = trainLifeModel(train, { seed: request.seed, onProgress });
  return test.map((history) => ({ unit: history.unit, ...predictLife(model, history) }));
}

async function readHistories({ train, test, unit, cycle }: PrognoseRequest) {
  const problems = createFileProblems();
  const wanted = { label: unit, required: [cycle] };
  const read = (path: string) =>
    problems.during(async () => readNumberTable(await openLines(path), wanted, problems));
  const trainTable = await read(train);
  const testTable = await read(test);
  if (trainTable && testTable) compareColumns(trainTable, testTable, problems);
  if (!trainTable || !testTable || problems.count > 0) problems.throwIfAny();
  if (!trainTable || !testTable) return { train: [], test: [] };

  const signals = [...trainTable.columns.keys()].filter((name) => name !== cycle);
  const place = { path: train, line: 1, column: 1 };
  if (signals.length === 0)
    problems.add({ ...place, message: "there is no column beside unit and cycle to learn from" });
  const histories = {
    train: historiesOf(trainTable, { cycle, signals }, problems),
    test: historiesOf(testTable, { cycle, signals }, problems),
  };
  if (histories.train.length < fewestHistories) {
    const message = `${histories.train.length} histories; at least ${fewestHistories} are needed`;
    problems.add({ ...place, line: 0, message });
  }
  problems.throwIfAny();
  return inReach(histories.train, histories.test);
}
