import { Type } from "typebox";
import { closed } from "../vocabulary.ts";

export const idPattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
export const machineIdPattern =
  "^[^\\s/+#\\u0000-\\u001f](?:[^/+#\\u0000-\\u001f]{0,198}[^\\s/+#\\u0000-\\u001f])?$";
export const phonePattern = "^[+0-9][0-9 ()-]{2,30}$";
export const emailPattern = "^[^@\\s]{1,64}@[^@\\s]{1,190}$";
export const productTypePattern = "^[a-z][a-z0-9_]{0,63}$";

/** An id that people type into lists and files: letters, figures, dot, dash, underscore. */
export const OrganisationId = Type.String({
  pattern: idPattern,
  description: "letters, figures, dot, dash and underscore; at most 64",
});

/** As the machine's gateway names it. */
export const MachineId = Type.String({
  pattern: machineIdPattern,
  description: "as the gateway names it; none of / + #; at most 200 characters",
});

export const ShortText = Type.String({ minLength: 1, maxLength: 200 });
export const LongText = Type.String({ maxLength: 4000 });

/** A day of the calendar, without a zone. */
export const Day = Type.String({
  pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
  description: "YYYY-MM-DD",
});

export const Place = Type.Object(
  {
    lat: Type.Number({ minimum: -90, maximum: 90, description: "degrees north, WGS 84" }),
    lon: Type.Number({ minimum: -180, maximum: 180, description: "degrees east, WGS 84" }),
  },
  closed,
);

/** Month 1 is inspected whether it stands here or not (PL-2). */
export const InspectionMonths = Type.Array(Type.Integer({ minimum: 1, maximum: 600 }), {
  minItems: 1,
  maxItems: 120,
  uniqueItems: true,
  description: "months after handover at which a machine is inspected, in place of the plan's",
});

/** When more is asked of machines than at other times, both days included. */
export const PeakPeriod = Type.Object(
  { from: Day, to: Day, note: Type.Optional(ShortText) },
  closed,
);
