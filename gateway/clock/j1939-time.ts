/** Time/Date. @see SAE J1939-71, PGN 65254 */
export const timeDatePgn = 65_254;

const highestAnalogByte = 250;

/**
 * UTC of a Time/Date message, ms since 1970; undefined when a field is absent, out of its range or no date. Bytes:
 * seconds in quarters, minutes, hours, month, day in quarters, years since 1985, and the local offsets. With a local
 * hour offset the time is local and the offset is taken off; 250 there says that the time is local without saying which.
 */
export function decodeTimeDate(data: Uint8Array, length: number): number | undefined {
  if (length < 6) return undefined;
  const [quarters = 255, minutes = 255, hours = 255, month = 255, dayQuarters = 255, years = 255] =
    data;
  const day = Math.floor((dayQuarters + 3) / 4);
  const isInside =
    quarters < 240 && minutes < 60 && hours < 24 && month >= 1 && month <= 12 && day >= 1;
  if (!isInside || day > 31 || years > highestAnalogByte) return undefined;
  const offset = localOffsetMs(data, length);
  if (offset === undefined) return undefined;
  const wholeMs = Date.UTC(1985 + years, month - 1, day, hours, minutes);
  // A day that its month does not have.
  if (new Date(wholeMs).getUTCDate() !== day) return undefined;
  return wholeMs + quarters * 250 - offset;
}

function localOffsetMs(data: Uint8Array, length: number): number | undefined {
  const [minuteCode = 0xff, hourCode = 0xff] = length >= 8 ? data.subarray(6, 8) : [];
  if (hourCode === highestAnalogByte) return undefined;
  const hours = hourCode > highestAnalogByte ? 0 : hourCode - 125;
  const minutes = minuteCode > highestAnalogByte ? 0 : minuteCode - 125;
  if (Math.abs(hours) > 24 || Math.abs(minutes) > 59) return undefined;
  return (hours * 60 + minutes) * 60_000;
}
