import type { DatabaseSync } from "node:sqlite";

const held = "state in ('there', 'arriving')";

/** Bytes on disk, or on the way there, as running totals: a sum over all rows is too dear for each recording. */
export function countHeldBytes(database: DatabaseSync) {
  const ofRow = database.prepare(
    `select gateway, iif(${held}, stored_bytes, 0) as bytes from capture where id = ?`,
  );
  const byGateway = new Map<string, number>();
  let total = 0;
  const add = (gatewayId: string, bytes: number) => {
    total += bytes;
    const now = (byGateway.get(gatewayId) ?? 0) + bytes;
    if (now === 0) byGateway.delete(gatewayId);
    else byGateway.set(gatewayId, now);
  };
  const sums = database.prepare(
    `select gateway, sum(stored_bytes) as bytes from capture where ${held} group by gateway`,
  );
  for (const { gateway, bytes } of sums.all()) add(String(gateway), Number(bytes));

  return {
    /** Of one gateway, or of all. */
    of: (gatewayId?: string): number =>
      gatewayId === undefined ? total : (byGateway.get(gatewayId) ?? 0),
    /** Carries out a change of a row, and counts what it comes to. */
    around(id: number, change: () => void): void {
      const before = ofRow.get(id);
      change();
      if (before === undefined) return;
      add(String(before.gateway), Number(ofRow.get(id)?.bytes ?? 0) - Number(before.bytes));
    },
  };
}
