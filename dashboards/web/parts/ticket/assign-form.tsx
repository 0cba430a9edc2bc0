import { t } from "../../i18n/language.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf, Ticket } from "../../types.ts";
import { AssignPanel } from "../board/assign-panel.tsx";
import type { CrewRow } from "../board/board-data.ts";

interface Props {
  readonly ticket: Ticket;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** Who should go, as on the dispatch board. */
export function AssignForm({ ticket, onDone, onCancel }: Props) {
  const crew = useResource<ListOf<CrewRow>>("/board/engineers");
  return (
    <>
      <AssignPanel
        item={ticket}
        crew={crew.data?.items ?? []}
        wanted={undefined}
        isInTicket
        onAssigned={onDone}
      />
      <button type="button" onClick={onCancel}>
        {t("cancel")}
      </button>
    </>
  );
}
