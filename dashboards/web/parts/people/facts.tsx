import type { ComponentChildren } from "preact";

/** A short list of what is known; what is not known is left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  const known = facts.filter(
    ([, value]) => value !== undefined && value !== "" && value !== null && value !== false,
  );
  return (
    <dl class="facts">
      {known.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
