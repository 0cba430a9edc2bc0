import { held } from "../field/field-desk.ts";
import type { HeldOrder, Step } from "../field/field-types.ts";
import { foldSteps } from "../field/fold-steps.ts";
import { useField } from "../field/use-field.ts";
import { t as common, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/work-texts.ts";
import { usePageTitle } from "../page-title.ts";
import { StateLine } from "../parts/work/state-line.tsx";
import { StepList } from "../parts/work/step-list.tsx";
import { WorkHead } from "../parts/work/work-head.tsx";
import { workPath } from "../router.ts";

const { t } = textsOf(texts);

/** The engineer's own tickets, as the phone holds them. */
export function WorkPage() {
  useField();
  usePageTitle(t("myWork"));
  const { orders, steps } = held.value ?? { orders: [], steps: [] };
  const known = new Set(orders.map(({ ticketId }) => ticketId));
  // Of a ticket that has gone from here only what still needs the engineer is of interest.
  const strays = steps.filter(
    ({ ticketId, status, isInOrder }) => !known.has(ticketId) && status !== "done" && !isInOrder,
  );
  return (
    <section class="page work">
      <StateLine />
      <h1>{t("myWork")}</h1>
      {held.value === undefined && <p class="waiting">{common("loading")}</p>}
      {held.value && orders.length === 0 && <Nothing />}
      <ul class="work-list">
        {orders.map((one) => (
          <OneOrder key={one.ticketId} held={one} steps={steps} />
        ))}
      </ul>
      <StepList steps={strays} />
    </section>
  );
}

function Nothing() {
  return <p class="empty">{t(navigator.onLine ? "nothing" : "notFetched")}</p>;
}

function OneOrder({ held: { order, isMine }, steps }: { held: HeldOrder; steps: readonly Step[] }) {
  const { state } = foldSteps(order, steps);
  return (
    <li class="card" data-row={order.ticketId} data-value={state}>
      <WorkHead order={order} state={state} href={workPath(order.ticketId)} />
      {!isMine && <p class="problem">{t("notMine")}</p>}
    </li>
  );
}
