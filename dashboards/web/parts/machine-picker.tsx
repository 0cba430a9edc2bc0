import { useSignal } from "@preact/signals";
import { get } from "../api-client.ts";
import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/machine-picker-texts.ts";
import { useAttempt } from "../live/use-attempt.ts";
import { useResource } from "../live/use-resource.ts";
import { useRested } from "../live/use-rested.ts";
import type { ListOf, MachineRow } from "../types.ts";
import { Problem } from "./problem.tsx";

const { t } = textsOf(texts);

/** What the interface gives at once, and takes. */
const mostChosen = 1_000;
const mostFound = 6;
/** Those that are chosen already are asked for in vain. */
const mostAsked = 200;
const mostNamed = 12;

export type PickedMachine = Pick<
  MachineRow,
  "machineId" | "title" | "plan" | "planTitle" | "origin"
>;

const listPath = (search: string, limit: number): string =>
  `/machines?${new URLSearchParams({ search, limit: String(limit), sort: "machineId", order: "asc" })}`;

interface Props {
  readonly label: string;
  readonly chosen: readonly PickedMachine[];
  readonly onChange: (chosen: readonly PickedMachine[]) => void;
}

/** Machines out of a fleet of any size: typed for, and added one by one or all that match. */
export function MachinePicker({ label, chosen, onChange }: Props) {
  const typed = useSignal("");
  const search = useRested(typed.value.trim());
  const known = new Set(chosen.map(({ machineId }) => machineId));
  const asked = Math.min(mostAsked, mostFound + known.size);
  const found = useResource<ListOf<MachineRow>>(listPath(search, asked));
  const { attempt, isBusy, error } = useAttempt();
  const add = (rows: readonly PickedMachine[]) => {
    const fresh = rows.filter(({ machineId }) => !known.has(machineId));
    onChange([...chosen, ...fresh].slice(0, mostChosen));
  };
  const addAll = async () => {
    const all = await attempt(() => get<ListOf<MachineRow>>(listPath(search, mostChosen)));
    if (all) add(all.items);
  };
  const rest = (found.data?.items ?? []).filter(({ machineId }) => !known.has(machineId));
  return (
    <fieldset class="machine-picker" data-testid="machine-picker">
      <legend>{label}</legend>
      <Chosen chosen={chosen} onChange={onChange} />
      <label class="field">
        <span class="unseen">{t("search")}</span>
        <input
          type="search"
          placeholder={t("search")}
          value={typed.value}
          maxLength={200}
          data-testid="machine-search"
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            add(rest.slice(0, 1));
          }}
        />
      </label>
      <Problem error={error ?? found.error} />
      {found.data?.items.length === 0 && <p class="faint">{t("none")}</p>}
      <ul class="found-machines">
        {rest.slice(0, mostFound).map((row) => (
          <li key={row.machineId}>
            <button
              type="button"
              data-add={row.machineId}
              aria-label={t("add", { id: row.machineId })}
              onClick={() => add([row])}
            >
              <span aria-hidden="true">+</span> {row.machineId}
              {row.title !== row.machineId && <small class="id"> {row.title}</small>}
            </button>
          </li>
        ))}
        {rest.length > 1 && (
          <li>
            <button
              type="button"
              data-testid="add-all"
              disabled={isBusy}
              onClick={() => void addAll()}
            >
              {t("addAll")}
            </button>
          </li>
        )}
      </ul>
    </fieldset>
  );
}

function Chosen({ chosen, onChange }: Pick<Props, "chosen" | "onChange">) {
  if (chosen.length === 0) return null;
  const without = (id: string) => chosen.filter(({ machineId }) => machineId !== id);
  return (
    <p class="chosen-machines">
      <span class="faint">{t("chosen", { count: chosen.length })}</span>
      {chosen.slice(0, mostNamed).map(({ machineId }) => (
        <button
          key={machineId}
          type="button"
          class="chip"
          data-chosen={machineId}
          aria-label={t("remove", { id: machineId })}
          onClick={() => onChange(without(machineId))}
        >
          {machineId} <span aria-hidden="true">×</span>
        </button>
      ))}
      {chosen.length > mostNamed && (
        <span class="faint">{t("andMore", { count: chosen.length - mostNamed })}</span>
      )}
      {chosen.length > 1 && (
        <button type="button" class="chip" onClick={() => onChange([])}>
          {t("clear")}
        </button>
      )}
    </p>
  );
}
