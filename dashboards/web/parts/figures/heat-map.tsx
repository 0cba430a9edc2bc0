import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/figures-texts.ts";

const { t, word } = textsOf(texts);

export interface HeatCell {
  readonly regionId: string;
  readonly faultClass: string;
  readonly count: number;
}

interface Props {
  readonly cells: readonly HeatCell[];
  readonly regionName: (regionId: string) => string;
}

/** How many faults of each class each region had; the number stands in the cell, the colour helps to find it. */
export function HeatMap({ cells, regionName }: Props) {
  const regions = [...new Set(cells.map(({ regionId }) => regionId))].sort();
  const classes = [...new Set(cells.map(({ faultClass }) => faultClass))].sort();
  const most = Math.max(1, ...cells.map(({ count }) => count));
  const countOf = (regionId: string, faultClass: string) =>
    cells.find((one) => one.regionId === regionId && one.faultClass === faultClass)?.count ?? 0;
  if (cells.length === 0) return <p class="empty">{t("none")}</p>;
  return (
    <table class="heat" data-testid="heat-map">
      <thead>
        <tr>
          <th scope="col">{t("region")}</th>
          {classes.map((one) => (
            <th key={one} scope="col">
              {word("faultClass", one)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {regions.map((region) => (
          <tr key={region} data-row={region}>
            <th scope="row">{regionName(region)}</th>
            {classes.map((one) => {
              const count = countOf(region, one);
              const heat = count === 0 ? 0 : Math.ceil((count / most) * 4);
              return (
                <td key={one} class={`heat-${heat}`} data-field={one} data-value={count}>
                  {count}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
