import { useState } from "preact/hooks";
import { may, path } from "../../api-client.ts";
import { formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/rollouts-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { useResource } from "../../live/use-resource.ts";
import { Problem } from "../problem.tsx";
import { ProblemList } from "./problem-list.tsx";
import type { RolloutRow, RolloutTarget, WholeRollout } from "./rollout-types.ts";

const { t, word } = textsOf(texts);

interface Props {
  readonly rollout: RolloutRow;
  readonly onChanged: () => void;
}

/** One roll-out: how far it is, what can be done about it, and each of its gateways. */
export function RolloutCard({ rollout, onChanged }: Props) {
  const [isOpen, open] = useState(false);
  const { rolloutId, version, title, state, reason, wave, createdBy, createdAt, counts } = rollout;
  const at = formatTime(createdAt, language.value);
  return (
    <section class="card" data-rollout={rolloutId} data-state={state}>
      <h2>{title}</h2>
      <p>
        <b>{word("rollout", state)}</b>{" "}
        <span class="faint">
          {[
            t("version", { version }),
            ...(rollout.rollbackOf === null ? [] : [t("isRollback")]),
            wave === 0 ? t("canary") : t("waveNow", { wave }),
            t("by", { actor: createdBy, at }),
          ].join(" · ")}
        </span>
      </p>
      {reason !== "" && <p data-testid="rollout-reason">{reason}</p>}
      <p>
        {Object.entries(counts)
          .map(([one, count]) => t("inState", { state: word("target", one), count }))
          .join(" · ")}
      </p>
      <div class="buttons">
        <button type="button" data-testid="rollout-gateways" onClick={() => open(!isOpen)}>
          {t(isOpen ? "hide" : "show")}
        </button>
        {may("gateways.configure") && <Orders rollout={rollout} onChanged={onChanged} />}
      </div>
      {isOpen && <Gateways rolloutId={rolloutId} isMoving={isMoving(rollout)} />}
    </section>
  );
}

/** Whether a gateway's state may still change. */
const isMoving = ({ state, counts }: RolloutRow): boolean =>
  state === "running" ||
  state === "paused" ||
  ["sent", "trying"].some((one) => (counts[one] ?? 0) > 0);

function Orders({ rollout: { rolloutId, state, counts }, onChanged }: Props) {
  const command = useCommand();
  const give = async (order: string) => {
    if (await command.done(`${path`/rollouts/${rolloutId}`}/${order}`)) onChanged();
  };
  const isOpen = state === "running" || state === "paused";
  const hasReached = ["confirmed", "sent", "trying"].some((one) => (counts[one] ?? 0) > 0);
  const orders = [
    ...(state === "running" ? (["pause"] as const) : []),
    ...(state === "paused" ? (["resume"] as const) : []),
    ...(isOpen || state === "stopped" ? (["cancel"] as const) : []),
    ...(hasReached ? (["rollback"] as const) : []),
  ];
  return (
    <>
      {orders.map((order) => (
        <button
          type="button"
          key={order}
          data-testid={`rollout-${order}`}
          disabled={command.isBusy}
          onClick={() => void give(order)}
        >
          {t(order === "cancel" ? "cancelIt" : order)}
        </button>
      ))}
      <Problem error={command.error} />
    </>
  );
}

/** Of a fleet nobody reads more at once. */
const firstShown = 100;

/** Those that need a look first. */
function Gateways(props: { readonly rolloutId: string; readonly isMoving: boolean }) {
  const { data, error } = useResource<WholeRollout>(
    path`/rollouts/${props.rolloutId}`,
    props.isMoving ? 5_000 : undefined,
  );
  const [isWhole, showAll] = useState(false);
  const targets = data?.targets.toSorted(byNeed) ?? [];
  return (
    <>
      <Problem error={error} />
      <table class="rows" data-testid="rollout-targets" hidden={data === undefined}>
        <thead>
          <tr>
            <th scope="col">{t("gateway")}</th>
            <th scope="col">{t("wave")}</th>
            <th scope="col">{t("state")}</th>
            <th scope="col">{t("since")}</th>
            <th scope="col">{t("why")}</th>
          </tr>
        </thead>
        <tbody>
          {(isWhole ? targets : targets.slice(0, firstShown)).map((target) => (
            <tr key={target.gatewayId} data-gateway={target.gatewayId} data-state={target.state}>
              <td data-label={t("gateway")}>{target.gatewayId}</td>
              <td data-label={t("wave")}>{target.wave === 0 ? t("canary") : target.wave}</td>
              <td data-label={t("state")}>{word("target", target.state)}</td>
              <td data-label={t("since")}>{formatTime(target.updatedAt, language.value)}</td>
              <td data-label={t("why")}>
                {target.reason}
                <ProblemList problems={target.problems} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!isWhole && targets.length > firstShown && (
        <p class="more">
          <button type="button" data-testid="rollout-all-gateways" onClick={() => showAll(true)}>
            {t("showAll", { count: targets.length })}
          </button>
        </p>
      )}
    </>
  );
}

const needsNoLook = ["trying", "sent", "waiting", "untouched", "confirmed"];
const byNeed = (one: RolloutTarget, other: RolloutTarget): number =>
  needsNoLook.indexOf(one.state) - needsNoLook.indexOf(other.state);
