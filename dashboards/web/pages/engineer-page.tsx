import { useEffect } from "preact/hooks";
import { may, path } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { wordsOf } from "../i18n/pages/organisation-texts.ts";
import { texts } from "../i18n/pages/people-texts.ts";
import { onLive } from "../live/live-events.ts";
import { useCommand } from "../live/use-command.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import type { CrewRow } from "../parts/board/board-data.ts";
import { Choice, CommandForm, textIn } from "../parts/form.tsx";
import { Certificates } from "../parts/people/certificates.tsx";
import { EngineerForm } from "../parts/people/engineer-form.tsx";
import { ErasePerson } from "../parts/people/erase-person.tsx";
import { Facts } from "../parts/people/facts.tsx";
import { FileHead } from "../parts/people/file-head.tsx";
import { Load } from "../parts/people/load.tsx";
import { type EngineerView, useNetwork } from "../parts/people/organisation-data.ts";
import { OrganisationTabs } from "../parts/people/organisation-tabs.tsx";
import { ScoreCard } from "../parts/people/score-card.tsx";
import { VehicleStock } from "../parts/people/vehicle-stock.tsx";
import { Problem } from "../parts/problem.tsx";
import { TicketRows } from "../parts/ticket-rows.tsx";
import type { ListOf, Ticket } from "../types.ts";

const { t, word } = textsOf(texts);

/** One engineer: file, presence, vehicle, open work, and how the month was scored. */
export function EngineerPage({ engineerId }: { engineerId: string }) {
  const network = useNetwork();
  const file = useResource<EngineerView>(path`/organisation/engineers/${engineerId}`);
  const crew = useResource<ListOf<CrewRow>>("/board/engineers", 30_000);
  const work = useResource<ListOf<Ticket>>(
    path`/tickets?engineer=${engineerId}&state=open&kind=work&limit=100`,
  );
  const { reload: reloadCrew } = crew;
  const { reload: reloadWork } = work;
  useEffect(
    () =>
      onLive("ticket", () => {
        reloadCrew();
        reloadWork();
      }),
    [reloadCrew, reloadWork],
  );
  const engineer = file.data;
  const name = engineer?.name ?? engineerId;
  usePageTitle(name);
  const member = crew.data?.items.find((one) => one.engineerId === engineerId);
  if (engineer === undefined)
    return (
      <section class="page" aria-busy={file.error === undefined}>
        <OrganisationTabs />
        <Problem error={file.error} />
      </section>
    );
  return (
    <article class="page" data-engineer={engineerId}>
      <OrganisationTabs />
      <FileHead
        over={
          <>
            {member && (
              <span
                class={`chip engineer-state ${member.state}`}
                data-field="state"
                data-value={member.state}
              >
                {word("engineerState", member.state)}
              </span>
            )}
            {engineer.flyingSquad && <span class="chip flying">{t("flyingSquad")}</span>}
            <span class="id">{engineerId}</span>
          </>
        }
        name={name}
        under={
          <>
            <span>{network.stationName(engineer.stationId)}</span>
            <span>{word("level", engineer.level)}</span>
            <span>{word("employment", engineer.employment)}</span>
          </>
        }
        form={(close) => (
          <EngineerForm
            engineer={engineer}
            network={network}
            onSaved={() => {
              close();
              file.reload();
            }}
            onCancel={close}
          />
        )}
      />
      <div class="columns">
        <div>
          <section class="card">
            <h2>{t("openWork")}</h2>
            <Problem error={work.error} />
            <TicketRows tickets={work.data?.items} />
          </section>
          {may("kpi.read") && <ScoreCard engineerId={engineerId} />}
        </div>
        <div>
          {may("tickets.dispatch") && member && <Presence member={member} onSet={crew.reload} />}
          <File engineer={engineer} member={member} />
          {may("stock.read") && <VehicleStock locationId={engineer.vehicleStockLocationId} />}
          <ErasePerson personId={engineerId} name={name} onErased={file.reload} />
        </div>
      </div>
    </article>
  );
}

function Presence({ member, onSet }: { member: CrewRow; onSet: () => void }) {
  const command = useCommand();
  const set = async (form: FormData) => {
    const target = path`/organisation/engineers/${member.engineerId}/presence`;
    if (await command.run(target, { state: textIn(form, "state") })) onSet();
  };
  return (
    <section class="card">
      <CommandForm
        command={command}
        submit={t("setPresence")}
        testid="presence-form"
        onSubmit={(form) => void set(form)}
      >
        <Choice
          key={member.state}
          label={t("presence")}
          name="state"
          words={wordsOf("engineerState")}
          textOf={(one) => word("engineerState", one)}
          value={member.state}
        />
      </CommandForm>
    </section>
  );
}

function File({ engineer, member }: { engineer: EngineerView; member: CrewRow | undefined }) {
  const { skills, shift, person, specialistFor, optimalLoadHours, maxLoadHours } = engineer;
  return (
    <section class="card" data-testid="engineer-file">
      <h2>{t("certificates")}</h2>
      <Certificates of={engineer} />
      <Facts
        facts={[
          [t("load"), member && <Load of={member} />],
          [
            t("faultClasses"),
            skills.faultClasses.map((one) => word("faultClass", one)).join(" · "),
          ],
          [t("specialist"), specialistFor.map((one) => word("productType", one)).join(" · ")],
          [
            t("shift"),
            `${[...shift.days]
              .sort()
              .map((day) => word("day", String(day)))
              .join(" ")} ${shift.from}–${shift.to}`,
          ],
          [t("capacity"), t("hoursAWeek", { best: optimalLoadHours, most: maxLoadHours })],
          [t("phone"), person?.phone && <a href={`tel:${person.phone}`}>{person.phone}</a>],
          [t("email"), person?.email],
        ]}
      />
    </section>
  );
}
