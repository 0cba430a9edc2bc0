import { Type } from "typebox";
import { commandId } from "./organisation.ts";

export { commandId };

export const PartNo = Type.String({ minLength: 1, maxLength: 100, description: "part number" });
export const LocationId = Type.String({
  minLength: 1,
  maxLength: 100,
  description: "stock location",
});
export const Reason = Type.String({ minLength: 1, maxLength: 1000 });
export const Pieces = Type.Integer({ minimum: 1, maximum: 1_000_000, description: "pieces" });
export const Level = Type.Integer({ minimum: 0, maximum: 1_000_000, description: "pieces" });
export const itemParams = Type.Object({ partNo: PartNo, locationId: LocationId });
