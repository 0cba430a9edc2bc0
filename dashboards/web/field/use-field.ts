import { useEffect } from "preact/hooks";
import { me } from "../api-client.ts";
import { startField } from "./field-desk.ts";
import { installWorker } from "./install-worker.ts";
import { rememberedMe } from "./remembered-me.ts";

/** Reads the phone and keeps it and the server in step while a page of the field is open. */
export function useField(): void {
  const who = me.value ?? rememberedMe.value;
  useEffect(() => installWorker(), []);
  useEffect(() => (who ? startField(who) : undefined), [who?.username]);
}
