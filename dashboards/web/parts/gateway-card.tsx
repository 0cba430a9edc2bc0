import { formatNumber, formatTime } from "../format.ts";
import { problemText, whenText } from "../gateway-text.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/gateway-texts.ts";
import { useResource } from "../live/use-resource.ts";
import type { GatewayHealth, HealthProblem } from "../types.ts";

const { t, word } = textsOf(texts);
const number = (value: number | null): string =>
  value === null ? "–" : formatNumber(value, language.value, 1);

/** How the gateway of a machine fares: what is wrong in plain words, then each bus, the storage, the clock. */
export function GatewayCard({ machineId }: { machineId: string }) {
  const path = `/machines/${encodeURIComponent(machineId)}/gateway`;
  const reply = useResource<{ gateway: GatewayHealth | null }>(path, 5_000);
  if (reply.data === undefined) return null;
  const { gateway } = reply.data;
  return (
    <section class="card gateway" data-testid="gateway">
      <div class="card-head">
        <h2>{t("gateway")}</h2>
        {gateway?.reportedAt && (
          <span class="faint">
            {gateway.gatewayId} · {t("toldAt", { at: whenText(gateway.reportedAt) })}
          </span>
        )}
      </div>
      {gateway === null ? (
        <p class="faint">{t("neverTold")}</p>
      ) : (
        <>
          <Problems problems={gateway.problems} />
          <GatewayFacts gateway={gateway} />
        </>
      )}
    </section>
  );
}

/** Each problem with what to do; colour is never the only sign. */
export function Problems({ problems }: { problems: readonly HealthProblem[] }) {
  if (problems.length === 0) return <p class="even">{t("allWell")}</p>;
  return (
    <ul class="plain health-problems">
      {problems.map((problem) => (
        <li
          key={`${problem.code} ${JSON.stringify(problem.facts)}`}
          class={problem.severity}
          data-problem={problem.code}
        >
          <b>{word("severity", problem.severity)}</b> {problemText(problem)}
        </li>
      ))}
    </ul>
  );
}

function GatewayFacts({ gateway }: { gateway: GatewayHealth }) {
  const { buses, devices, spool, clock, certificate, data } = gateway;
  return (
    <dl class="gateway-facts">
      {buses.map((bus) => (
        <Fact key={`${bus.source} ${bus.bus}`} title={bus.bus} of={`bus ${bus.bus}`}>
          <Since state={word("bus", bus.state)} at={bus.since} />
          {bus.framesPerSecond !== null && <small>{figuresOf(bus)}</small>}
        </Fact>
      ))}
      {devices.map(({ source, device, state, since }) => (
        <Fact key={`${source} ${device}`} title={t("device", { device })} of={`device ${device}`}>
          <Since state={word("bus", state)} at={since} />
        </Fact>
      ))}
      {spool && (
        <Fact title={t("storage")} of="spool">
          {word("mode", spool.mode)}
          <small>
            {t("storageUsed", {
              used: number(spool.pendingMegabytes),
              max: number(spool.maxMegabytes),
            })}
            {spool.hoursLeft !== null &&
              ` · ${t("storageLasts", { hours: number(spool.hoursLeft) })}`}
          </small>
        </Fact>
      )}
      {clock && (
        <Fact title={t("clock")} of="clock">
          <Since state={word("trust", clock.trust)} at={clock.since} />
          {clock.hubDifferenceSeconds !== null && (
            <small>{t("clockDiffers", { seconds: number(clock.hubDifferenceSeconds) })}</small>
          )}
        </Fact>
      )}
      {certificate?.endsAt && (
        <Fact title={t("certificate")} of="certificate">
          {t("until", { at: formatTime(certificate.endsAt, language.value) })}
          {certificate.renewal !== "none" && <small>{word("renewal", certificate.renewal)}</small>}
        </Fact>
      )}
      {data.map(({ machineId, forecastMegabytes, budgetMegabytes }) =>
        forecastMegabytes === null ? null : (
          <Fact key={machineId} title={t("data")} of="data">
            {t(budgetMegabytes === null ? "dataForecast" : "dataFigures", {
              forecast: number(forecastMegabytes),
              budget: number(budgetMegabytes),
            })}
          </Fact>
        ),
      )}
      <Fact title={t("version")} of="version">
        {gateway.version}
        {gateway.startedAt && (
          <small>
            {t("startedAt")} {whenText(gateway.startedAt)}
            {gateway.celsius !== null && ` · ${t("processor")} ${number(gateway.celsius)} °C`}
          </small>
        )}
      </Fact>
    </dl>
  );
}

/** Not every adapter tells its load, nor what it lost. */
const figuresOf = (bus: GatewayHealth["buses"][number]): string =>
  [
    bus.framesPerSecond !== null && t("busRate", { rate: number(bus.framesPerSecond) }),
    bus.loadPercent !== null && t("busLoad", { load: number(bus.loadPercent) }),
    bus.errorFrames !== null && t("busErrors", { errors: number(bus.errorFrames) }),
    bus.lostFrames !== null && t("busLost", { lost: number(bus.lostFrames) }),
  ]
    .filter((text) => text !== false)
    .join(" · ");

const Since = ({ state, at }: { state: string; at: string }) => (
  <>
    {state} <span class="faint">{t("since", { at: whenText(at) })}</span>
  </>
);

function Fact({
  title,
  of,
  children,
}: {
  title: string;
  of: string;
  children: preact.ComponentChildren;
}) {
  return (
    <div data-fact={of}>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}
