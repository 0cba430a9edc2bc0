import { path } from "../api-client.ts";
import { formatNumber, formatTime } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/freeze-frame-texts.ts";
import { useResource } from "../live/use-resource.ts";
import type { FreezeFrameRow } from "../types.ts";

const { t } = textsOf(texts);
const valueNames = [
  "engineSpeedRpm",
  "engineLoadPercent",
  "boostKpa",
  "coolantTemperatureC",
  "vehicleSpeedKmh",
] as const;

interface CodePlace {
  readonly network?: number | undefined;
  readonly sa: number;
  readonly spn: number;
  readonly fmi: number;
}

interface Props {
  readonly machineId: string;
  readonly codes: readonly CodePlace[];
}

/** What control units kept when these codes became active; nothing where they kept nothing. */
export function FreezeFrames(props: Props) {
  return props.codes.length === 0 ? null : <FramesOfCodes {...props} />;
}

function FramesOfCodes({ machineId, codes }: Props) {
  const reply = useResource<{ items: readonly FreezeFrameRow[] }>(
    path`/machines/${machineId}/freeze-frames`,
    30_000,
  );
  const wanted = new Set(codes.map(placeOf));
  const frames = reply.data?.items.filter((frame) => wanted.has(placeOf(frame))) ?? [];
  if (frames.length === 0) return null;
  return (
    <div data-testid="freeze-frames">
      <h3>{t("freezeFrames")}</h3>
      <ul class="plain-list">
        {frames.map((frame) => {
          const { spn, fmi, sa, since } = frame;
          const at = formatTime(since, language.value);
          return (
            <li key={placeOf(frame)} data-spn={spn} data-fmi={fmi}>
              <span class="faint">{t("frame", { spn, fmi, sa, at })}</span> {valuesOf(frame)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const placeOf = ({ network = 0, sa, spn, fmi }: CodePlace): string =>
  `${network}/${sa}:${spn}:${fmi}`;

function valuesOf(frame: FreezeFrameRow): string {
  const values = valueNames.flatMap((name) => {
    const value = frame[name];
    if (value === null) return [];
    return [t(`value.${name}`, { value: formatNumber(value, language.value, 1) })];
  });
  if (frame.extra !== "") values.push(t("extra", { hex: frame.extra }));
  return values.length === 0 ? t("nothing") : values.join(" · ");
}
