import { me } from "../../api-client.ts";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/tickets-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import type { CrewRow } from "../board/board-data.ts";
import { Filter } from "../filters.tsx";

const { t } = textsOf(texts);

/** Whose tickets; for an engineer the own ones stand first. */
export function EngineerFilter() {
  const { data } = useResource<ListOf<CrewRow>>("/board/engineers");
  const names = new Map(data?.items.map(({ engineerId, name }) => [engineerId, name]));
  const own = me.value?.engineerId === undefined ? [] : ["me"];
  const textOf = (id: string) => {
    if (id === "me") return t("mine");
    if (id === "none") return t("nobody");
    return names.get(id) ?? id;
  };
  return (
    <Filter
      name="engineer"
      label={t("engineer")}
      none={t("allEngineers")}
      words={[...own, "none", ...names.keys()]}
      textOf={textOf}
    />
  );
}
