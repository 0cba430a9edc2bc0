import { durationText, formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/follow-up-texts.ts";
import { serverNowMs } from "../../live/now.ts";
import { useResource } from "../../live/use-resource.ts";
import type { NameOf } from "../../names.ts";
import { machinePath, ticketPath } from "../../router.ts";
import type { ListOf } from "../../types.ts";

const { t } = textsOf(texts);

export interface CustomerView {
  readonly customerId: string;
  readonly name: string;
  /** For who may see whom to call. */
  readonly contacts?: readonly { personId: string; name: string; phone?: string }[];
}

export const useCustomers = () =>
  useResource<ListOf<CustomerView>>("/organisation/customers?limit=1000").data?.items;

export const nameIn =
  (customers: readonly CustomerView[] | undefined): NameOf =>
  (id) =>
    customers?.find(({ customerId }) => customerId === id)?.name ?? id;

export const TicketLink = ({ id }: { id: string | undefined }) =>
  id === undefined ? null : <a href={ticketPath(id)}>{id}</a>;

export const MachineLink = ({ id }: { id: string | undefined }) =>
  id === undefined ? null : <a href={machinePath(id)}>{id}</a>;

/** When something is due and how long that is; colour is never the only sign. */
export function Due({ at }: { at: string }) {
  const seconds = (Date.parse(at) - serverNowMs.value) / 1000;
  const time = durationText(Math.abs(seconds), language.value);
  return (
    <span>
      {formatTime(at, language.value)}{" "}
      <span class={seconds < 0 ? "due breached" : "due faint"}>
        {t(seconds < 0 ? "overdueBy" : "leftFor", { time })}
      </span>
    </span>
  );
}
