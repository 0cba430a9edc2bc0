import { reasonText } from "@firebreak/tickets/dispatch/reason-texts.ts";
import { useEffect, useState } from "preact/hooks";
import { may, path } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/board-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { useResource } from "../../live/use-resource.ts";
import { ticketPath } from "../../router.ts";
import { CommandForm, Field, textIn } from "../form.tsx";
import { Problem } from "../problem.tsx";
import {
  type BoardItem,
  type Bundle,
  type CrewRow as Member,
  type Ranking,
  rankedCrew,
} from "./board-data.ts";
import { CrewRow } from "./crew-row.tsx";

const { t, word } = textsOf(texts);

/** Arrival, level and load stand in the head of the row already. */
const saidInHead: readonly string[] = ["eta", "late", "level", "load"];

interface Props {
  readonly item: Pick<BoardItem, "ticketId" | "title" | "state">;
  readonly crew: readonly Member[];
  /** An engineer the ticket was dropped on. */
  readonly wanted: string | undefined;
  readonly onAssigned: (name: string) => void;
  /** On the ticket's own page, which says its title already. */
  readonly isInTicket?: boolean;
  readonly stationOf?: ((stationId: string) => string) | undefined;
}

/** Who should go to a ticket, and who else could; an engineer that was not suggested needs a reason. */
export function AssignPanel({ item, crew, wanted, onAssigned, isInTicket, stationOf }: Props) {
  const { ticketId } = item;
  const ranking = useResource<Ranking>(path`/tickets/${ticketId}/suggestions`);
  const [asked, ask] = useState<string>();
  const command = useCommand();
  const chosen = ranking.data?.chosen?.engineerId;
  const mayAssign =
    may("tickets.dispatch") && ["new", "acknowledged", "planned", "assigned"].includes(item.state);

  const nameOf = (engineerId: string): string =>
    crew.find((one) => one.engineerId === engineerId)?.name ?? engineerId;
  const assign = async (engineerId: string, reason?: string) => {
    const body = { engineerId, ...(reason === undefined ? {} : { reason }) };
    const done = await command.run(`${path`/tickets/${ticketId}`}/assign`, body);
    if (done) onAssigned(nameOf(engineerId));
  };
  const want = (engineerId: string) => {
    if (engineerId === chosen) void assign(engineerId);
    else ask(engineerId);
  };
  const isKnown = ranking.data !== undefined;
  // Once for each drop, when the ranking is there.
  useEffect(() => {
    if (wanted !== undefined && isKnown) want(wanted);
  }, [wanted, isKnown]);

  return (
    <section
      class={`assign-panel ${isInTicket ? "" : "card"}`}
      data-testid="assign-panel"
      data-ticket-id={ticketId}
    >
      <div class="card-head">
        <h2>
          {t("whoShouldGo")}
          {!isInTicket && `: ${inLanguage(item.title)}`}
        </h2>
        {!isInTicket && <a href={ticketPath(ticketId)}>{t("openTicket")}</a>}
      </div>
      <Problem error={ranking.error ?? command.error} />
      {isKnown && ranking.data?.ranked.length === 0 && <p class="problem">{t("nobody")}</p>}
      {asked !== undefined && (
        <CommandForm
          command={command}
          submit={`${t("assign")}: ${nameOf(asked)}`}
          testid="override-form"
          onCancel={() => ask(undefined)}
          onSubmit={(form) => void assign(asked, textIn(form, "reason"))}
        >
          <Field label={t("reasonForOverride")} hint={t("overrideHint")}>
            <input name="reason" required maxLength={1000} />
          </Field>
        </CommandForm>
      )}
      <ul class="crew">
        {ranking.data &&
          rankedCrew(ranking.data, crew).map(
            ({ ranked, member }, index) =>
              member && (
                <CrewRow
                  key={member.engineerId}
                  member={member}
                  stationOf={stationOf}
                  ranked={ranked}
                  rank={rankOf(member.engineerId, ranking.data)}
                  onDrop={mayAssign ? want : undefined}
                >
                  <ul class="why">
                    {ranked.reasons
                      .filter(({ code }) => !saidInHead.includes(code))
                      .map((reason) => (
                        <li key={reason.code}>
                          {reasonText(reason, language.value, (value) =>
                            word("level", String(value)),
                          )}
                        </li>
                      ))}
                  </ul>
                  {mayAssign && (
                    <button
                      type="button"
                      class={index === 0 ? "strong" : undefined}
                      data-testid="assign"
                      disabled={command.isBusy}
                      onClick={() => want(member.engineerId)}
                    >
                      {t("assign")}
                    </button>
                  )}
                </CrewRow>
              ),
          )}
      </ul>
      {ranking.data && ranking.data.rejected.length > 0 && (
        <details class="rejected">
          <summary>{t("whyNot", { count: ranking.data.rejected.length })}</summary>
          <ul class="why">
            {ranking.data.rejected.map(({ engineerId, why }) => (
              <li key={engineerId} data-row={engineerId}>
                <b>{nameOf(engineerId)}</b>{" "}
                {why
                  .map((reason) =>
                    reasonText(reason, language.value, (value) => word("level", String(value))),
                  )
                  .join("; ")}
              </li>
            ))}
          </ul>
        </details>
      )}
      <BundleHint ticketId={ticketId} />
    </section>
  );
}

function rankOf(engineerId: string, ranking: Ranking | undefined) {
  if (engineerId === ranking?.chosen?.engineerId) return "suggested";
  return engineerId === ranking?.runnerUp?.engineerId ? "runnerUp" : undefined;
}

/** What else lies on the way; sharing a visit merges nothing. */
function BundleHint({ ticketId }: { ticketId: string }) {
  const bundle = useResource<Bundle | null>(path`/tickets/${ticketId}/bundle`);
  const command = useCommand();
  const others = bundle.data?.stops.filter((stop) => stop.ticketId !== ticketId) ?? [];
  if (!bundle.data || others.length === 0) return null;
  const share = async () => {
    const ticketIds = others.map((stop) => stop.ticketId);
    if (await command.run(`${path`/tickets/${ticketId}`}/share-visit`, { ticketIds }))
      bundle.reload();
  };
  return (
    <div class="bundle" data-testid="bundle">
      <p>
        {t("bundle", {
          count: others.length,
          km: formatNumber(bundle.data.savedKm, language.value, 0),
        })}
      </p>
      <Problem error={command.error} />
      {may("tickets.dispatch") && (
        <button type="button" disabled={command.isBusy} onClick={() => void share()}>
          {t("shareVisit")}
        </button>
      )}
    </div>
  );
}
