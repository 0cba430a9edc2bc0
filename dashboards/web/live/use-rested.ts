import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

const typingPauseMs = 200;

/** A value that follows typing once the typing rests. */
export function useRested(text: string): string {
  const rested = useSignal(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      rested.value = text;
    }, typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, rested]);
  return rested.value;
}
