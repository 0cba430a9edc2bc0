/** Resolves at SIGTERM or SIGINT; a second one ends the process at once. */
export function untilToldToEnd(): Promise<void> {
  return new Promise((end) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        end();
      });
  });
}
