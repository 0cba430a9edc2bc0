/** Milliseconds that this thread has computed: unlike time it does not go on while others have the processor. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
