import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/machine-files-texts.ts";
import { customerPath, machineFilePath } from "../../router.ts";
import { type Column, Table } from "../table.tsx";
import { type MachineFile, type Shown, today, type useNetwork } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

type Row = Shown<MachineFile>;

interface Props {
  readonly rows: readonly Row[] | undefined;
  readonly network: ReturnType<typeof useNetwork>;
  readonly empty: string;
  /** Given where the page is not about one customer. */
  readonly customerName?: ((customerId: string) => string) | undefined;
}

/** Machine files as a table. */
export const MachineRows = ({ rows, network, empty, customerName }: Props) => (
  <Table
    rows={rows}
    columns={columnsOf(network, customerName).filter(
      ({ key }) => customerName !== undefined || key !== "customer",
    )}
    rowKey={({ machineId }) => machineId}
    rowClass={({ state }) => (state === "retired" || state === "scrapped" ? "faint" : "")}
    empty={empty}
    testid="machine-files"
  />
);

const columnsOf = (
  network: ReturnType<typeof useNetwork>,
  customerName: Props["customerName"],
): Column<Row>[] => [
  {
    key: "machine",
    title: t("machine"),
    isHead: true,
    value: ({ machineId }) => machineId,
    cell: ({ machineId }) => <a href={machineFilePath(machineId)}>{machineId}</a>,
  },
  {
    key: "serial",
    title: t("serialNumber"),
    value: ({ serialNumber }) => serialNumber,
    cell: ({ serialNumber }) => serialNumber,
  },
  {
    key: "type",
    title: t("productType"),
    value: ({ productType }) => productType,
    cell: ({ productType, model }) =>
      [word("productType", productType), model].filter(Boolean).join(" · "),
  },
  {
    key: "state",
    title: t("state"),
    value: ({ state }) => state,
    cell: ({ state }) => (
      <span class={`chip machine-state ${state}`}>{word("machineState", state)}</span>
    ),
  },
  {
    key: "customer",
    title: t("customer"),
    value: ({ customerId }) => customerId,
    cell: ({ customerId }) =>
      customerId !== undefined && (
        <a href={customerPath(customerId)}>{customerName?.(customerId) ?? customerId}</a>
      ),
  },
  { key: "region", title: t("region"), cell: ({ regionId }) => network.regionName(regionId) },
  { key: "station", title: t("station"), cell: ({ stationId }) => network.stationName(stationId) },
  {
    key: "warranty",
    title: t("warranty"),
    value: ({ warrantyEndsAt }) => warrantyEndsAt,
    cell: ({ warrantyEndsAt: date }) =>
      date !== undefined && <span class={date < today() ? "faint" : ""}>{date}</span>,
  },
];
