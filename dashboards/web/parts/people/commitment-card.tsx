import { useState } from "preact/hooks";
import { may, path } from "../../api-client.ts";
import { durationText } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/customers-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { CommitmentForm } from "./commitment-form.tsx";
import { Facts } from "./facts.tsx";
import type { Commitment, MachineFile, Shown } from "./organisation-data.ts";

const { t, word } = textsOf(texts);

interface Props {
  readonly customerId: string;
  readonly machines: readonly MachineFile[];
}

/** What a customer was promised for his machines. */
export function CommitmentCard({ customerId, machines }: Props) {
  const list = useResource<ListOf<Shown<Commitment>>>(
    path`/organisation/commitments?customerId=${customerId}&limit=1000`,
  );
  const [edited, edit] = useState<string | undefined>(undefined);
  const done = () => {
    edit(undefined);
    list.reload();
  };
  const form = { customerId, machines, onSaved: done, onCancel: () => edit(undefined) };
  return (
    <section class="card" data-testid="commitments">
      <div class="card-head">
        <h2>{t("commitments")}</h2>
        {may("organisation.write") && edited === undefined && machines.length > 0 && (
          <button type="button" class="quiet" data-testid="add-commitment" onClick={() => edit("")}>
            {t("addCommitment")}
          </button>
        )}
      </div>
      <Problem error={list.error} />
      {edited === "" && <CommitmentForm {...form} />}
      {list.data?.items.length === 0 && edited === undefined && (
        <p class="empty">{t("noCommitments")}</p>
      )}
      <ul class="entry-list">
        {list.data?.items.map((one) => (
          <li key={one.commitmentId} data-row={one.commitmentId}>
            {edited === one.commitmentId ? (
              <CommitmentForm {...form} commitment={one} />
            ) : (
              <Entry commitment={one} onEdit={() => edit(one.commitmentId)} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Entry({ commitment, onEdit }: { commitment: Commitment; onEdit: () => void }) {
  const { commitmentId, state, validFrom, validTo, slaProfile, slaOverrides } = commitment;
  return (
    <>
      <div class="card-head">
        <p>
          <b>{commitmentId}</b> <span class="chip">{word("commitmentState", state)}</span>
        </p>
        {may("organisation.write") && (
          <button type="button" class="quiet" onClick={onEdit}>
            {t("change")}
          </button>
        )}
      </div>
      <Facts
        facts={[
          [t("validity"), `${validFrom} – ${validTo}`],
          [t("slaProfile"), slaProfile && word("profile", slaProfile)],
          [t("promises"), slaOverrides.length > 0 && <Promises of={slaOverrides} />],
          [t("machines"), commitment.machineIds.join(" · ")],
          [t("warrantyTerms"), commitment.warrantyTerms],
          [t("partsScope"), commitment.partsScope],
          [t("stationedEngineer"), commitment.stationedEngineerId],
          [t("standbyMachine"), commitment.standbyMachine && t("yes")],
        ]}
      />
    </>
  );
}

const Promises = ({ of }: { of: Commitment["slaOverrides"] }) => (
  <ul class="plain-list">
    {of.map(({ clock, priority, targetMinutes }) => (
      <li key={`${clock} ${priority}`}>
        {t("promise", {
          clock: word("clock", clock),
          priority: priority === undefined ? t("anyPriority") : word("priority", priority),
          time: durationText(targetMinutes * 60, language.value),
        })}
      </li>
    ))}
  </ul>
);
