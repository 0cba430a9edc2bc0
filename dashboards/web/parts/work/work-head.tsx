import type { SmartWorkOrder } from "../../field/field-types.ts";
import { nextClock } from "../../field/next-clock.ts";
import { formatTime } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-texts.ts";
import { Priority, State } from "../badges.tsx";

const { t, word } = textsOf(texts);

/** What a ticket is, how urgent, how far, and what is due next. */
export function WorkHead({
  order,
  state,
  href,
}: {
  order: SmartWorkOrder;
  state: SmartWorkOrder["state"];
  href?: string;
}) {
  const clock = nextClock(order.clocks);
  const isLate = clock !== undefined && Date.parse(clock.dueAt) < Date.now();
  const title = inLanguage(order.title);
  return (
    <header class="work-head">
      <div class="chips">
        <Priority of={order} />
        <State of={{ state }} />
        <span class="code">{order.ticketId}</span>
      </div>
      {href ? (
        <h2>
          <a href={href}>{title}</a>
        </h2>
      ) : (
        <h1>{title}</h1>
      )}
      <p class="faint">
        {[order.machine?.machineId, order.machine?.model, order.site?.projectName]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {clock && (
        <p class={isLate ? "due late" : "due"}>
          {t(isLate ? "overdue" : "dueBy", {
            clock: word("clock", clock.kind),
            time: formatTime(clock.dueAt, language.value),
          })}
        </p>
      )}
    </header>
  );
}
