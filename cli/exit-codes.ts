/** What every command ends with (78 = EX_CONFIG of sysexits). */
export const exitCodes = { ok: 0, failed: 1, usage: 2, badConfiguration: 78 } as const;
