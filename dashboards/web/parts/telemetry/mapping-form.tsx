import { useState } from "preact/hooks";
import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/telemetry-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import { useRested } from "../../live/use-rested.ts";
import type { ListOf, MachineRow, SignalNow } from "../../types.ts";
import { Choice, Field } from "../form.tsx";
import { guessMapping, type Mapping, queryOf, wideOf } from "./mapping.ts";
import { WideColumns } from "./wide-columns.tsx";
import { zones } from "./zones.ts";

const { t, word } = textsOf(texts);

interface Props {
  /** Of the file. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly isBusy: boolean;
  /** What was said of the file before does not hold any more. */
  readonly onChanged: () => void;
  readonly onCheck: (query: string) => void;
}

/** What each column of a file holds: guessed from its header, and to be put right. */
export function MappingForm({ name, columns, isBusy, onChanged, onCheck }: Props) {
  const [said, say] = useState(() => guessMapping(columns));
  const [isIncomplete, warn] = useState(false);
  const machines = useMachines(said.machineId);
  const signals = useSignalsOf(said, machines);
  const mapping: Mapping = { ...said, wide: wideOf(columns, said, signals) };
  const change = (changes: Partial<Mapping>) => {
    say({ ...said, ...changes });
    warn(false);
    onChanged();
  };
  const headers = [...new Set(columns)];
  const pick = (key: keyof Mapping & keyof typeof labels, none?: string) => (
    <Choice
      label={t(labels[key])}
      name={key}
      words={headers}
      textOf={(one) => one}
      value={String(mapping[key])}
      {...(none === undefined ? {} : { none })}
      onChange={(value) => change({ ...said, [key]: value })}
    />
  );
  return (
    <form
      class="command-form"
      data-testid="mapping"
      onSubmit={(event) => {
        event.preventDefault();
        const query = queryOf(mapping, "preview");
        warn(query === undefined);
        if (query !== undefined) onCheck(query);
      }}
    >
      <h2>{t("whatIsIt", { name })}</h2>
      <div class="pair">
        {pick("time")}
        <Choice
          label={t("zone")}
          name="zone"
          words={zones()}
          textOf={(one) => `UTC${one === "Z" ? "" : one}`}
          none={t("zoneInFile")}
          value={mapping.zone}
          onChange={(zone) => change({ zone })}
        />
        {pick("machine", t("oneMachine"))}
        {mapping.machine === "" && (
          <MachineField
            id={mapping.machineId}
            machines={machines}
            onChange={(machineId) => change({ machineId })}
          />
        )}
        <Choice
          label={t("shape")}
          name="shape"
          words={["long", "wide"]}
          textOf={(one) => word("shape", one)}
          value={mapping.shape}
          onChange={(one) => change({ shape: one === "wide" ? "wide" : "long" })}
        />
        {mapping.shape === "long" && (
          <>
            {pick("value", t("noColumn"))}
            {pick("signal", t("oneSignal"))}
            {mapping.signal === "" && (
              <Field label={t("signalName")}>
                <input
                  name="signalName"
                  maxLength={200}
                  value={mapping.signalName}
                  list="signals-known"
                  onInput={({ currentTarget }) =>
                    change({ signalName: currentTarget.value.trim() })
                  }
                />
              </Field>
            )}
            {pick("unit", t("noColumn"))}
            {pick("quality", t("noColumn"))}
          </>
        )}
      </div>
      {mapping.shape === "wide" && (
        <WideColumns
          wide={mapping.wide}
          onChange={(column, signal) => change({ wide: { ...said.wide, [column]: signal } })}
        />
      )}
      <datalist id="signals-known">
        {signals.map((one) => (
          <option key={one.name} value={one.name} />
        ))}
      </datalist>
      {isIncomplete && (
        <p class="problem" role="alert">
          {t("incomplete")}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="strong" data-testid="check-file" disabled={isBusy}>
          {t("check")}
        </button>
      </div>
    </form>
  );
}

const labels = {
  time: "timeColumn",
  machine: "machineColumn",
  value: "valueColumn",
  signal: "signalColumn",
  unit: "unitColumn",
  quality: "qualityColumn",
} as const satisfies Partial<Record<keyof Mapping, keyof typeof texts>>;

const mostSuggested = 20;

/** Machines that are meant by what was typed so far. */
function useMachines(typed: string): readonly MachineRow[] {
  const search = useRested(typed);
  const found = useResource<ListOf<MachineRow>>(
    `/machines?${new URLSearchParams({ search, limit: String(mostSuggested) })}`,
  );
  return found.data?.items ?? [];
}

/** Signals of the one machine, once it is one that there is. */
function useSignalsOf(
  { machine, machineId }: Mapping,
  machines: readonly MachineRow[],
): readonly SignalNow[] {
  const isOne = machine === "" && machines.some((one) => one.machineId === machineId);
  const { data } = useResource<ListOf<SignalNow>>(
    isOne ? path`/machines/${machineId}/signals` : undefined,
  );
  return isOne ? (data?.items ?? []).filter(({ derivedFrom }) => derivedFrom === undefined) : [];
}

interface MachineFieldProps {
  readonly id: string;
  readonly machines: readonly MachineRow[];
  readonly onChange: (machineId: string) => void;
}

const MachineField = ({ id, machines, onChange }: MachineFieldProps) => (
  <Field label={t("machineId")}>
    <input
      name="machineId"
      maxLength={200}
      list="machines-known"
      value={id}
      onInput={({ currentTarget }) => onChange(currentTarget.value.trim())}
    />
    <datalist id="machines-known">
      {machines.map(({ machineId, title }) => (
        <option key={machineId} value={machineId}>
          {title}
        </option>
      ))}
    </datalist>
  </Field>
);
