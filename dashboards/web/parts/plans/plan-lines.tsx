import { path } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/plans-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { numberIn } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { formatChange } from "../stock/stock-format.ts";
import { type Column, Table } from "../table.tsx";
import type { PartsPlan, PlanLine } from "./plan-data.ts";

const { t } = textsOf(texts);

interface Props {
  readonly plan: PartsPlan;
  readonly mayChange: boolean;
  readonly nameOfPart: (partNo: string) => string;
  readonly nameOfRegion: (regionId: string) => string;
  readonly onChart: (line: PlanLine) => void;
  readonly onDone: () => void;
}

const number = (value: number, digits = 0) => formatNumber(value, language.value, digits);

/** What a plan asks for, line by line, beside the forecast and the stock it rests on. */
export function PlanLines(props: Props) {
  const { plan } = props;
  return (
    <Table
      rows={plan.lines}
      columns={columnsOf(props)}
      rowKey={({ partNo, regionId }) => `${partNo}@${regionId}`}
      empty={t("noLines")}
      testid="plan-lines"
    />
  );
}

const columnsOf = (props: Props): Column<PlanLine>[] => [
  {
    key: "part",
    title: t("part"),
    isHead: true,
    cell: ({ partNo, regionId }) => (
      <a href={path`/parts/${partNo}`}>
        {props.nameOfPart(partNo)}
        <span class="id">
          {partNo} · {props.nameOfRegion(regionId)}
        </span>
      </a>
    ),
  },
  {
    key: "expected",
    title: t("expected"),
    isNumber: true,
    value: ({ forecast }) => forecast?.expected,
    cell: ({ forecast }) => (forecast ? number(forecast.expected, 2) : "–"),
  },
  {
    key: "upper",
    title: t("upper"),
    isNumber: true,
    value: ({ forecast }) => forecast?.upper,
    cell: ({ forecast, stockFactor }) =>
      forecast ? (
        <span>
          {number(forecast.upper)}
          {stockFactor !== undefined && <span class="id">× {number(stockFactor, 2)}</span>}
        </span>
      ) : (
        "–"
      ),
  },
  {
    key: "onHand",
    title: t("onHand"),
    isNumber: true,
    value: ({ stock }) => stock.onHand,
    cell: ({ stock }) => (
      <span>
        {number(stock.onHand)}
        {stock.reserved > 0 && <span class="id">{t("reservedOf", { count: stock.reserved })}</span>}
      </span>
    ),
  },
  {
    key: "inTransit",
    title: t("inTransit"),
    isNumber: true,
    value: ({ stock }) => stock.inTransit,
    cell: ({ stock }) => number(stock.inTransit),
  },
  {
    key: "planned",
    title: t("planned"),
    isNumber: true,
    value: ({ quantity }) => quantity,
    cell: (line) =>
      props.mayChange ? <Quantity line={line} {...props} /> : <b>{number(line.quantity)}</b>,
  },
  {
    key: "check",
    title: t("check"),
    value: ({ isAboveUpper }) => (isAboveUpper ? "above-upper" : "plausible"),
    cell: ({ isAboveUpper }) =>
      isAboveUpper ? (
        <span class="chip above-upper">{t("aboveUpper")}</span>
      ) : (
        <span class="faint">{t("plausible")}</span>
      ),
  },
  ...(props.plan.state === "evaluated" ? evaluated() : []),
  {
    key: "actions",
    title: "",
    cell: (line) =>
      line.forecast && (
        <button type="button" class="quiet" data-testid="chart" onClick={() => props.onChart(line)}>
          {t("chart")}
        </button>
      ),
  },
];

const evaluated = (): Column<PlanLine>[] => [
  {
    key: "actual",
    title: t("actual"),
    isNumber: true,
    value: ({ actual }) => actual,
    cell: ({ actual = 0 }) => number(actual),
  },
  {
    key: "error",
    title: t("error"),
    isNumber: true,
    value: ({ error }) => error,
    cell: ({ error = 0 }) => formatChange(Math.round(error * 10) / 10, language.value),
  },
];

function Quantity({ line, plan, onDone }: Props & { readonly line: PlanLine }) {
  const { partNo, regionId, quantity } = line;
  const command = useCommand();
  const submit = async (form: FormData) => {
    const wanted = { partNo, regionId, quantity: numberIn(form, "quantity") };
    await command.run(path`/parts-plans/${plan.planId}/quantity`, wanted);
    onDone();
  };
  return (
    <form
      class="quantity-form"
      data-testid="quantity-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (event.currentTarget instanceof HTMLFormElement)
          void submit(new FormData(event.currentTarget));
      }}
    >
      <input
        key={quantity}
        name="quantity"
        type="number"
        min={0}
        max={1_000_000}
        required
        aria-label={t("planned")}
        defaultValue={String(quantity)}
      />
      <button type="submit" class="quiet" disabled={command.isBusy}>
        {t("set")}
      </button>
      <Problem error={command.error} />
    </form>
  );
}
