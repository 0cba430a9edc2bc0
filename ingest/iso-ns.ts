/** Before there was telematics, ms since the Unix epoch; 0001-01-01 and 1970-01-01 stand for no date. */
export const earliestMs = Date.UTC(2000, 0, 1);

const digits = (length: number) =>
  Array.from({ length: 10 ** length }, (_, at) => String(at).padStart(length, "0"));
const two = digits(2);
const three = digits(3);
const daySeconds = 86_400;
/** The last one asked for: times mostly come in order. */
let dayKnown = { day: Number.NaN, text: "" };

/** Nanoseconds since the Unix epoch as `2026-05-01T08:00:00.123456789Z`; years 0000 to 9999. */
export function isoNs(timeNs: bigint): string {
  let second = Number(timeNs / 1_000_000_000n);
  let rest = Number(timeNs % 1_000_000_000n);
  if (rest < 0) {
    second -= 1;
    rest += 1_000_000_000;
  }
  const day = Math.floor(second / daySeconds);
  if (day !== dayKnown.day)
    dayKnown = { day, text: new Date(day * daySeconds * 1_000).toISOString().slice(0, -13) };
  const ofDay = second - day * daySeconds;
  const time = `${two[Math.floor(ofDay / 3_600)]}:${two[Math.floor(ofDay / 60) % 60]}:${two[ofDay % 60]}`;
  const [ms, us, ns] = [Math.floor(rest / 1e6), Math.floor(rest / 1e3) % 1e3, rest % 1e3];
  return `${dayKnown.text}${time}.${three[ms]}${three[us]}${three[ns]}Z`;
}

/** An hour, counted from the Unix epoch, as ISO time. */
export const isoHour = (hour: number): string => isoNs(BigInt(hour) * 3_600_000_000_000n);

/** What `isoNs` made, back as nanoseconds since the Unix epoch. */
export const nsOfIso = (time: string): bigint =>
  BigInt(Date.parse(`${time.slice(0, -7)}Z`)) * 1_000_000n + BigInt(time.slice(-7, -1));
