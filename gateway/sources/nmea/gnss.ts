import type { Sentence } from "./sentence.ts";

/** What a receiver says about itself at one moment; absent where it did not say. */
export interface GnssFix {
  /** Degrees, north and east positive. */
  readonly latitude?: number;
  readonly longitude?: number;
  /** Metres above mean sea level. */
  readonly altitude?: number;
  /** km/h over ground. */
  readonly speed?: number;
  /** Degrees clockwise from true north, 0 to 360. */
  readonly course?: number;
  readonly satellites?: number;
  /** Horizontal dilution of precision. */
  readonly hdop?: number;
  /** UTC, ms since the Unix epoch, as the receiver claims it: see `clock/plausible-time.ts` for whether to believe it. */
  readonly timeMs?: number;
  /** The receiver itself says that it has a position. */
  readonly isValid: boolean;
}

const kmPerNauticalMile = 1.852;

/**
 * Reads RMC, GGA, VTG and ZDA; undefined for every other sentence. Each gives what it holds and nothing else.
 * @see NMEA 0183 4.10, 8.3
 */
export function fixOf({ type, fields }: Sentence): GnssFix | undefined {
  switch (type) {
    case "RMC":
      return rmc(fields);
    case "GGA":
      return gga(fields);
    case "VTG":
      return vtg(fields);
    case "ZDA":
      return zda(fields);
    default:
      return undefined;
  }
}

/** Time, status, latitude, longitude, knots, course, date ddmmyy, variation, mode. */
function rmc(fields: readonly string[]): GnssFix {
  const [time, status, ...rest] = fields;
  const isValid = status === "A";
  const [lat = "", north = "", lon = "", east = "", knots = "", course = "", date = ""] = rest;
  const speed = number(knots, 0, 500);
  return {
    isValid,
    ...(isValid ? position(lat, north, lon, east) : {}),
    ...(isValid ? given("speed", speed === undefined ? undefined : speed * kmPerNauticalMile) : {}),
    ...(isValid ? given("course", number(course, 0, 360)) : {}),
    ...given("timeMs", instant(shortDate(date), time ?? "")),
  };
}

/** Time, latitude, longitude, quality 0-8, satellites, HDOP, altitude in metres. */
function gga(fields: readonly string[]): GnssFix {
  const [, lat = "", north = "", lon = "", east = "", quality = "", count = "", hdop = ""] = fields;
  const [altitude = "", unit = ""] = fields.slice(8);
  // 6 is dead reckoning, 7 typed in, 8 simulated: no position that was measured.
  const isValid = /^[1-5]$/.test(quality);
  return {
    isValid,
    ...(isValid ? position(lat, north, lon, east) : {}),
    ...given("satellites", number(count, 0, 99)),
    ...(isValid ? given("hdop", number(hdop, 0, 99.9)) : {}),
    ...(isValid && unit === "M" ? given("altitude", number(altitude, -500, 9_000)) : {}),
  };
}

/** Course true, `T`, course magnetic, `M`, knots, `N`, km/h, `K`, mode. */
function vtg(fields: readonly string[]): GnssFix {
  const [course = "", , , , , , speed = "", , mode = "A"] = fields;
  const isValid = mode !== "N";
  return {
    isValid,
    ...(isValid ? given("course", number(course, 0, 360)) : {}),
    ...(isValid ? given("speed", number(speed, 0, 1_000)) : {}),
  };
}

/** Time, day, month, year of four digits. It does not say whether there is a fix. */
function zda(fields: readonly string[]): GnssFix {
  const [time = "", day = "", month = "", year = ""] = fields;
  const isWhole = /^\d{2}$/.test(day) && /^\d{2}$/.test(month) && /^\d{4}$/.test(year);
  return {
    isValid: false,
    ...given("timeMs", isWhole ? instant(`${year}-${month}-${day}`, time) : undefined),
  };
}

/** Only two whole coordinates are a position. */
function position(
  lat: string,
  north: string,
  lon: string,
  east: string,
): Pick<GnssFix, "latitude" | "longitude"> {
  const latitude = degrees(lat, north, { degreeDigits: 2, positive: "N", negative: "S", most: 90 });
  const longitude = degrees(lon, east, {
    degreeDigits: 3,
    positive: "E",
    negative: "W",
    most: 180,
  });
  // Receivers without a fix write zeros; the Gulf of Guinea has no building site.
  const isNowhere = latitude === 0 && longitude === 0;
  return latitude === undefined || longitude === undefined || isNowhere
    ? {}
    : { latitude, longitude };
}

interface CoordinateForm {
  readonly degreeDigits: number;
  readonly positive: string;
  readonly negative: string;
  readonly most: number;
}

/** `ddmm.mmmm` or `dddmm.mmmm`. */
function degrees(text: string, side: string, form: CoordinateForm): number | undefined {
  const { degreeDigits, positive, negative, most } = form;
  const match = /^(\d+)(\.\d+)?$/.exec(text);
  if (match?.[1]?.length !== degreeDigits + 2) return undefined;
  if (side !== positive && side !== negative) return undefined;
  const minutes = Number(text.slice(degreeDigits));
  const value = Number(text.slice(0, degreeDigits)) + minutes / 60;
  if (minutes >= 60 || value > most) return undefined;
  return side === negative ? -value : value;
}

function number(text: string, min: number, max: number): number | undefined {
  if (!/^-?\d+(\.\d*)?$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

/** `ddmmyy` says no century: the years 80 to 99 are the last of the century before, as receivers mean them. */
function shortDate(text: string): string | undefined {
  if (!/^\d{6}$/.test(text)) return undefined;
  const [day, month, year] = [text.slice(0, 2), text.slice(2, 4), text.slice(4)];
  return `${Number(year) >= 80 ? 19 : 20}${year}-${month}-${day}`;
}

/** `hhmmss` or `hhmmss.sss`; undefined for a date or time that there is not. */
function instant(date: string | undefined, time: string): number | undefined {
  const match = /^(\d{2})(\d{2})(\d{2})(\.\d+)?$/.exec(time);
  if (date === undefined || match === null) return undefined;
  const [, hours, minutes, seconds = "", fraction = ""] = match;
  // A leap second has no instant of its own.
  const whole = seconds === "60" ? "59" : seconds;
  const ms = Date.parse(`${date}T${hours}:${minutes}:${whole}Z`);
  const isReal = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
  return isReal ? ms + Math.floor(Number(`0${fraction}`) * 1_000) : undefined;
}

const given = <Key extends keyof GnssFix>(key: Key, value: GnssFix[Key] | undefined) =>
  (value === undefined ? {} : { [key]: value }) as Pick<GnssFix, Key> | Record<never, never>;
