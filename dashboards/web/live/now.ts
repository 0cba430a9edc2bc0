import { computed, signal } from "@preact/signals";
import { clockOffsetMs } from "../api-client.ts";

const device = signal(Date.now());
setInterval(() => {
  device.value = Date.now();
}, 1_000);

/** The server's time, ms since the Unix epoch, once a second. */
export const serverNowMs = computed(() => device.value + clockOffsetMs.value);
