import type { ActiveEmergency } from "../bus-input.ts";

/** @see CiA 301, error register: bit 0 is the generic error, set whenever there is any */
const genericError = 1;

/**
 * What a node says when its emergencies change, 8 bytes each: a new one once; after one has gone the reset, and what is
 * left again, for a reset alone would say that nothing is.
 * @see CiA 301, emergency object: error code, error register, five bytes of the maker
 */
export function emergenciesToTell(
  told: readonly ActiveEmergency[],
  now: readonly ActiveEmergency[],
): number[][] {
  const isIn = (list: readonly ActiveEmergency[], { code }: ActiveEmergency) =>
    list.some((one) => one.code === code);
  const hasEnded = told.some((one) => !isIn(now, one));
  const fresh = hasEnded ? now : now.filter((one) => !isIn(told, one));
  const register = now.reduce((all, one) => all | registerOf(one), 0);
  const reset = [0, 0, register, 0, 0, 0, 0, 0];
  const messages = fresh.map((one) => [
    one.code & 0xff,
    (one.code >>> 8) & 0xff,
    register,
    0,
    0,
    0,
    0,
    0,
  ]);
  return hasEnded ? [reset, ...messages] : messages;
}

const registerOf = ({ errorRegister = 0 }: ActiveEmergency): number => errorRegister | genericError;
