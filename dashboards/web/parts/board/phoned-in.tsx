import { useState } from "preact/hooks";
import { get, path } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/board-texts.ts";
import { useCommand } from "../../live/use-command.ts";
import { CommandForm, Field, textIn } from "../form.tsx";

const { t } = textsOf(texts);

interface Taken {
  readonly report: { readonly ticketId?: string };
  readonly progressCode: string;
}

/** A customer is on the telephone: which machine, what is wrong, who calls. */
export function PhonedIn({ onTaken }: { readonly onTaken: (text: string) => void }) {
  const [isOpen, open] = useState(false);
  const command = useCommand();
  if (!isOpen)
    return (
      <button type="button" data-testid="phoned-in" onClick={() => open(true)}>
        {t("phonedIn")}
      </button>
    );
  const take = async (form: FormData) => {
    const name = textIn(form, "name");
    const phone = textIn(form, "phone");
    const email = textIn(form, "email");
    const place = textIn(form, "place");
    const typed = textIn(form, "serialNumber") ?? "";
    // People read out what stands on the machine: its number with us, or its maker's.
    const isOurs = await get(path`/organisation/machines/${typed}`).then(
      () => true,
      () => false,
    );
    const taken = await command.run<Taken>("/reports", {
      way: "phone",
      ...(isOurs ? { machineId: typed } : { serialNumber: typed }),
      symptom: textIn(form, "symptom"),
      machineStopped: form.has("machineStopped"),
      ...(place === undefined ? {} : { place }),
      ...((name ?? phone ?? email) ? { contact: { name, phone, email } } : {}),
    });
    if (!taken) return;
    const { report, progressCode: code } = taken;
    onTaken(
      report.ticketId === undefined
        ? t("toIdentify", { code })
        : t("taken", { ticket: report.ticketId, code }),
    );
    open(false);
  };
  return (
    <section class="card phoned-in">
      <CommandForm
        command={command}
        submit={t("take")}
        testid="phoned-in-form"
        onSubmit={(form) => void take(form)}
        onCancel={() => open(false)}
      >
        <div class="pair">
          <Field label={t("machineOrSerial")}>
            <input name="serialNumber" required maxLength={100} autocomplete="off" />
          </Field>
          <Field label={t("place")}>
            <input name="place" maxLength={300} />
          </Field>
          <Field label={t("callerName")}>
            <input name="name" maxLength={100} autocomplete="off" />
          </Field>
          <Field label={t("callerPhone")}>
            <input name="phone" type="tel" pattern="[+0-9][0-9 \(\)\-]{4,30}" />
          </Field>
          <Field label={t("callerEmail")}>
            <input name="email" type="email" maxLength={200} autocomplete="off" />
          </Field>
        </div>
        <Field label={t("symptom")}>
          <textarea name="symptom" rows={2} required maxLength={2000} />
        </Field>
        <label class="tick">
          <input type="checkbox" name="machineStopped" />
          <span>{t("machineStopped")}</span>
        </label>
      </CommandForm>
    </section>
  );
}
