import { may, path } from "../../api-client.ts";
import { durationText } from "../../format.ts";
import { t as common, inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/board-texts.ts";
import { serverNowMs } from "../../live/now.ts";
import { useCommand } from "../../live/use-command.ts";
import { ticketPath } from "../../router.ts";
import { Priority, State } from "../badges.tsx";
import { Problem } from "../problem.tsx";
import { type BoardItem, urgencyOf } from "./board-data.ts";

const { t, word } = textsOf(texts);

/** Which clock is due first and when; colour is never the only sign. */
export function DueChip({ due }: { readonly due: BoardItem["due"] | undefined }) {
  const { level, seconds } = urgencyOf(due, serverNowMs.value);
  if (due === undefined) return <span class="faint due none">{t("noClock")}</span>;
  const time = durationText(Math.abs(seconds), language.value);
  return (
    <span class={`due ${level}`} data-field="due" data-value={due.at}>
      {word("clock", due.clock)} {t(level === "breached" ? "overdueBy" : "dueIn", { time })}
    </span>
  );
}

/** What the parts tickets of a job have come to. */
export function PartsChips({ parts }: Pick<BoardItem, "parts">) {
  if (parts.length === 0) return <span class="faint">{t("partsNone")}</span>;
  return (
    <span class="parts-chips">
      {t("parts")}
      {parts.map(({ ticketId, state }) => (
        <a key={ticketId} href={ticketPath(ticketId)} class={`chip state ${state}`}>
          {word("state", state)}
        </a>
      ))}
    </span>
  );
}

interface Props {
  readonly item: BoardItem;
  readonly isChosen: boolean;
  readonly isMovable: boolean;
  readonly engineerName: string | undefined;
  readonly onChoose: (ticketId: string) => void;
  readonly onChanged: () => void;
}

/** One ticket of the queue: chosen by a click, or dragged onto an engineer. */
export function QueueCard({ item, isChosen, isMovable, engineerName, onChoose, onChanged }: Props) {
  const { ticketId, title, priority, machineId, isFlapping, customerReported, reopenCount } = item;
  const command = useCommand();
  const acknowledge = async () => {
    await command.run(`${path`/tickets/${ticketId}`}/acknowledge`);
    onChanged();
  };
  const signs = [
    ...(item.safetyRelated ? [t("safety")] : []),
    ...(isFlapping ? [t("flapping")] : []),
    ...(customerReported ? [t("customerReported")] : []),
    ...(reopenCount > 0 ? [t("reopened", { count: reopenCount })] : []),
  ];
  return (
    <li
      class={`queue-card ${priority}`}
      data-row={ticketId}
      draggable={isMovable}
      onDragStart={(event) => {
        event.dataTransfer?.setData("text/plain", ticketId);
        onChoose(ticketId);
      }}
    >
      <button
        type="button"
        class="choose"
        aria-pressed={isChosen}
        data-testid="choose-ticket"
        onClick={() => onChoose(ticketId)}
      >
        <span class="queue-title">{inLanguage(title)}</span>
        <span class="faint">
          {[machineId, word("kind", item.kind), engineerName].filter(Boolean).join(" · ")}
        </span>
      </button>
      <div class="queue-facts">
        <Priority of={item} />
        <State of={item} />
        <DueChip due={item.due} />
        {signs.map((sign) => (
          <span key={sign} class="chip sign">
            {sign}
          </span>
        ))}
        <PartsChips parts={item.parts} />
        {item.state === "new" && may("tickets.work") && (
          <button
            type="button"
            class="acknowledge"
            data-testid="acknowledge"
            disabled={command.isBusy}
            onClick={() => void acknowledge()}
          >
            {common("acknowledge")}
          </button>
        )}
        <a class="id" href={ticketPath(ticketId)}>
          {ticketId}
        </a>
      </div>
      <Problem error={command.error} />
    </li>
  );
}
