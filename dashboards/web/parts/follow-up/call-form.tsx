import type { FollowUp } from "@firebreak/tickets/customers/follow-up.ts";
import { useEffect, useRef, useState } from "preact/hooks";
import { path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/follow-up-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { CommandForm, Field, textIn } from "../form.tsx";
import { Problem } from "../problem.tsx";
import { RatingFields, ratingIn, Scale } from "../rating-fields.tsx";
import type { CustomerView } from "./about.tsx";

const { t, word } = textsOf(texts);

interface Props {
  readonly task: FollowUp;
  readonly customer: CustomerView | undefined;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** What a customer said on the telephone: reached, solved, and a rating if one was given. */
export function CallForm({ task, customer, onDone, onCancel }: Props) {
  const [isReached, reach] = useState(false);
  const [isSaved, saved] = useState(false);
  const rating = useCommand();
  const done = useCommand();
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.scrollIntoView({ block: "nearest" }), []);
  // The rating is stored first: a ticket that opens again takes none. It stays when the second order fails.
  const isRated = isSaved || rating.error?.code === "FEEDBACK_GIVEN";

  const save = async (form: FormData) => {
    const feedback = isReached && !isRated ? ratingIn(form) : undefined;
    if (feedback !== undefined) {
      const stored = await rating.run(path`/tickets/${task.ticketId}/feedback`, { feedback });
      if (stored === undefined) return;
      saved(true);
    }
    const outcome = isReached ? textIn(form, "outcome") : "not_reached";
    const body = { outcome, note: textIn(form, "note") };
    if (await done.run(path`/follow-ups/${task.followUpId}/done`, body)) onDone();
  };
  const command = { ...done, isBusy: done.isBusy || rating.isBusy };
  return (
    <section class="card" ref={card}>
      <h2>{t("callOf", { ticket: task.ticketId })}</h2>
      <Contacts ticketId={task.ticketId} of={customer} />
      <CommandForm
        command={command}
        submit={t("save")}
        testid="call-form"
        onSubmit={(form) => void save(form)}
        onCancel={onCancel}
      >
        <Scale
          name="reached"
          label={t("reached")}
          words={["yes", "no"]}
          textOf={(one) => word("reached", one)}
          isRequired
          onChange={(one) => reach(one === "yes")}
        />
        {isReached && (
          <Scale
            name="outcome"
            label={t("solved")}
            words={["solved", "not_solved"]}
            textOf={(one) => word("outcome", one)}
            isRequired
          />
        )}
        {isReached && (
          <fieldset class="rating">
            <legend>{t("rating")}</legend>
            {isRated ? <p>{t("ratingKept")}</p> : <RatingFields />}
          </fieldset>
        )}
        <Problem error={rating.error} />
        <Field label={t("note")} hint={t("noteHint")}>
          <textarea name="note" rows={3} required maxLength={4_000} />
        </Field>
      </CommandForm>
    </section>
  );
}

interface Callable {
  readonly name: string;
  readonly phone?: string;
}

/** Who reported it, then the people of the customer, as far as who asks may see them. */
function Contacts({ ticketId, of }: { ticketId: string; of: CustomerView | undefined }) {
  const reports = useResource<ListOf<{ readonly contact?: Callable }>>(
    path`/tickets/${ticketId}/customer-reports`,
  );
  const all = [
    ...(reports.data?.items.flatMap(({ contact }) => contact ?? []) ?? []),
    ...(of?.contacts ?? []),
  ];
  const known = new Map(all.flatMap((one) => (one.phone ? [[one.phone, one.name] as const] : [])));
  if (known.size === 0) return <p class="faint">{t("noContacts")}</p>;
  return (
    <p class="contacts" data-testid="contacts">
      <span class="faint">{t("contacts")}</span>
      {[...known].map(([phone, name]) => (
        <span key={phone}>
          {name} <a href={`tel:${phone.replaceAll(/[^+\d]/g, "")}`}>{phone}</a>
        </span>
      ))}
    </p>
  );
}
