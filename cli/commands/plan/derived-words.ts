import type { Derived, Operand } from "@firebreak/plans/derived-schema.ts";

const operandWords = (operand: Operand): string =>
  typeof operand === "string" ? operand : `${operand.value} ${operand.unit}`;

const conditionWords = (
  { signal, above, below }: { signal: string; above?: number; below?: number },
  unless = "",
): string =>
  [
    signal,
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(below === undefined ? [] : [`${unless}below ${below}`]),
  ].join(" ");

/** How a derived signal is reckoned, in one line. */
export function derivedWords(derived: Derived): string {
  const { context } = derived;
  return `${operatorWords(derived)}${context === undefined ? "" : `, while ${context}`}`;
}

function operatorWords(derived: Derived): string {
  switch (derived.operator) {
    case "ratio":
      return `${operandWords(derived.of)} / ${operandWords(derived.by)}`;
    case "difference":
      return `${operandWords(derived.of)} - ${operandWords(derived.minus)}`;
    case "product":
      return `${operandWords(derived.of)} x ${operandWords(derived.times)}`;
    case "sum":
      return [
        ...derived.of.map(({ signal, times = 1 }) => (times === 1 ? signal : `${times} ${signal}`)),
        ...(derived.plus === undefined ? [] : [`${derived.plus} ${derived.unit}`]),
      ].join(" + ");
    case "extreme":
      return `${derived.extreme} of ${derived.of.join(", ")}`;
    case "integral":
      return `integral of ${derived.of}`;
    case "rate":
      return `slope of ${derived.of} over ${derived.windowSeconds} s`;
    case "window": {
      const { statistic, quantile, of, windowSeconds } = derived;
      const what = quantile === undefined ? statistic : `quantile ${quantile}`;
      return `${what} of ${of} over ${windowSeconds} s`;
    }
    case "cycle": {
      const { by, feature, of } = derived;
      const cycle =
        "counter" in by
          ? `each step of ${by.counter}`
          : `each time ${conditionWords(by, "after ")}`;
      return `${feature}${of === undefined ? "" : ` of ${of}`}, ${cycle}`;
    }
    case "band":
      return `root mean square of ${derived.of} from ${derived.fromHz} to ${derived.toHz} Hz`;
    case "duration": {
      const how = derived.measure === "holds" ? "for how long" : "how long ago";
      return `${how} ${conditionWords(derived.condition)}`;
    }
  }
}
