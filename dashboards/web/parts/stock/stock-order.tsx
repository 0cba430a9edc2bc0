import { useSignal } from "@preact/signals";
import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/stock-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { Choice, CommandForm, Field, numberIn, textIn } from "../form.tsx";
import type { StockView, Transfer } from "./stock-data.ts";
import type { Places } from "./use-places.ts";

const { t, word } = textsOf(texts);
const actions = ["receive", "count", "adjust", "move", "policy"] as const;
type Action = (typeof actions)[number];
const tiers = ["exceed", "above", "meet"] as const;

interface Props {
  readonly partNo: string;
  readonly places: Places;
  /** What every place has of the part. */
  readonly items: readonly StockView[];
  readonly locationId: string;
  readonly onPlace: (locationId: string) => void;
  readonly onDone: () => void;
}

/** What is booked at one place: receipt, count, adjustment, transfer, band. */
export function StockOrder({ partNo, places, items, locationId, onPlace, onDone }: Props) {
  const action = useSignal<Action>("receive");
  const said = useSignal("");
  /** How often something was booked: each time the form begins anew, and not when others book. */
  const turn = useSignal(0);
  const command = useCommand();
  const item = items.find((one) => one.locationId === locationId);
  const submit = async (form: FormData, isMove: boolean) => {
    const { target, body } = orderOf(action.value, form, { partNo, locationId });
    const reply = await command.run<StockView | Transfer>(target, body);
    if (reply === undefined) return;
    const booked = {
      count: "onHand" in reply ? reply.onHand : 0,
      place: places.nameOf(locationId),
    };
    said.value = isMove ? t("moved") : t("booked", booked);
    turn.value += 1;
    onDone();
  };
  return (
    <section class="card" data-testid="stock-order">
      <h2>{t("bookStock")}</h2>
      <div class="tools">
        <fieldset class="switch wide">
          <legend class="unseen">{t("action")}</legend>
          {actions.map((one) => (
            <button
              key={one}
              type="button"
              data-action={one}
              aria-pressed={action.value === one}
              onClick={() => {
                action.value = one;
                said.value = "";
              }}
            >
              {t(`action.${one}`)}
            </button>
          ))}
        </fieldset>
      </div>
      <CommandForm
        key={`${action.value} ${locationId} ${turn.value}`}
        command={command}
        submit={t("book")}
        testid="stock-form"
        onSubmit={(form) => void submit(form, action.value === "move")}
      >
        <div class="pair">
          <Choice
            label={t("place")}
            name="location"
            words={places.list.map((place) => place.locationId)}
            textOf={places.nameOf}
            value={locationId}
            onChange={onPlace}
          />
          <Fields action={action.value} item={item} places={places} locationId={locationId} />
        </div>
      </CommandForm>
      {said.value !== "" && (
        <p class="even" role="status" data-testid="stock-said">
          {said.value}
        </p>
      )}
    </section>
  );
}

interface FieldsProps {
  readonly action: Action;
  readonly item: StockView | undefined;
  readonly places: Places;
  readonly locationId: string;
}

function Fields({ action, item, places, locationId }: FieldsProps) {
  switch (action) {
    case "receive":
      return (
        <>
          <Pieces name="quantity" label={t("quantity")} least={1} />
          {item === undefined && (
            <Field label={t("bin")}>
              <input name="bin" maxLength={100} />
            </Field>
          )}
          <Reason />
        </>
      );
    case "count":
      return (
        <>
          <Pieces name="counted" label={t("counted")} least={0} />
          <Reason isRequired />
        </>
      );
    case "adjust":
      return (
        <>
          <Pieces name="by" label={t("by")} hint={t("byHint")} />
          <Reason isRequired />
        </>
      );
    case "move":
      return (
        <>
          <Choice
            label={t("to")}
            name="to"
            words={places.list.map((one) => one.locationId).filter((id) => id !== locationId)}
            textOf={places.nameOf}
          />
          <Pieces name="quantity" label={t("quantity")} least={1} />
        </>
      );
    case "policy":
      return <PolicyFields item={item} />;
  }
}

function PolicyFields({ item }: { item: StockView | undefined }) {
  return (
    <>
      <Field label={t("bin")}>
        <input name="bin" maxLength={100} defaultValue={item?.bin ?? ""} />
      </Field>
      {(["min", "target", "max"] as const).map((name) => (
        <Pieces key={name} name={name} label={t(name)} least={0} value={item?.[name] ?? 0} />
      ))}
      <Pieces name="plannedQty" label={t("plannedQty")} least={0} value={item?.plannedQty ?? 0} />
      {tiers.map((tier) => (
        <Pieces
          key={tier}
          name={tier}
          label={t("fencedFor", { tier: word("tier", tier) })}
          least={0}
          value={item?.ringFenced[tier] ?? 0}
        />
      ))}
    </>
  );
}

interface PiecesProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly least?: number;
  readonly value?: number;
}

const Pieces = ({ name, label, hint, least, value }: PiecesProps) => (
  <Field label={label} hint={hint}>
    <input
      name={name}
      type="number"
      inputMode="numeric"
      step={1}
      {...(least === undefined ? {} : { min: least })}
      required
      {...(value === undefined ? {} : { defaultValue: String(value) })}
    />
  </Field>
);

const Reason = ({ isRequired = false }: { isRequired?: boolean }) => (
  <Field label={t("reason")}>
    <input name="reason" maxLength={1000} required={isRequired} />
  </Field>
);

/** The interface's order for what a form says. Pure. */
export function orderOf(
  action: Action,
  form: FormData,
  { partNo, locationId }: { readonly partNo: string; readonly locationId: string },
): { readonly target: string; readonly body: object } {
  const item = path`/stock/${partNo}/${locationId}`;
  const reason = textIn(form, "reason");
  const because = reason === undefined ? {} : { reason };
  const bin = textIn(form, "bin");
  const inBin = bin === undefined ? {} : { bin };
  const number = (name: string) => numberIn(form, name) ?? 0;
  switch (action) {
    case "receive":
      return {
        target: `${item}/receive`,
        body: { quantity: number("quantity"), ...inBin, ...because },
      };
    case "count":
      return { target: `${item}/count`, body: { counted: number("counted"), ...because } };
    case "adjust":
      return { target: `${item}/adjust`, body: { by: number("by"), ...because } };
    case "move":
      return {
        target: "/transfers",
        body: {
          partNo,
          fromId: locationId,
          toId: textIn(form, "to"),
          quantity: number("quantity"),
        },
      };
    case "policy": {
      const levels = ["min", "target", "max", "plannedQty"].map((name) => [name, number(name)]);
      const ringFenced = Object.fromEntries(tiers.map((tier) => [tier, number(tier)]));
      return {
        target: `${item}/policy`,
        body: { ...inBin, ...Object.fromEntries(levels), ringFenced },
      };
    }
  }
}
