import { join } from "node:path";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import type { OutboundAdapter, OutboundBatch, OutboundKind } from "./adapter.ts";

const columns: Readonly<Record<OutboundKind, readonly string[]>> = {
  "closed-ticket": [
    "offset",
    "ticketId",
    "kind",
    "priority",
    "machineId",
    "customerId",
    "stationId",
    "regionId",
    "faultCode",
    "outcome",
    "createdAt",
    "closedAt",
    "visits",
    "billable",
  ],
  "parts-movement": [
    "offset",
    "movementId",
    "partNo",
    "locationId",
    "kind",
    "quantity",
    "ticketId",
    "at",
  ],
};

/**
 * Drops one CSV file per batch into a folder: header, CRLF, quotes where they are needed (RFC 4180), written beside and
 * renamed, so that a reader never sees half a file. The same batch is the same file.
 */
export const csvDrop = (folder: string): OutboundAdapter => ({
  name: "csv-drop",
  kinds: ["closed-ticket", "parts-movement"],
  async write(batch) {
    writeFileDurably(join(folder, fileNameOf(batch)), csvOf(batch), 0o640);
  },
});

export const fileNameOf = ({ kind, batchNo }: Pick<OutboundBatch, "kind" | "batchNo">): string =>
  `${kind}-${String(batchNo).padStart(8, "0")}.csv`;

export function csvOf({ kind, rows }: OutboundBatch): string {
  const names = columns[kind];
  const lines = rows.map(({ offset, values }) =>
    names.map((name) => cell(name === "offset" ? offset : (values[name] ?? ""))).join(","),
  );
  return `${[names.join(","), ...lines].join("\r\n")}\r\n`;
}

/** A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
