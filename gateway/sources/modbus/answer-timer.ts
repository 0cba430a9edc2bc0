/** A timer that fires so late was held up with everything else. */
const heldUpMs = 20;
/** In which a process that was held up reads what has come meanwhile. */
const graceMs = 20;

/**
 * Calls `onOverdue` after so long, unless it is ended before by what this returns. Timers come before input: where the
 * process itself was held up, an answer may lie there unread, and no device is to be called silent for that.
 */
export function startAnswerTimer(limitMs: number, onOverdue: () => void): () => void {
  const dueMs = performance.now() + limitMs;
  let timer = setTimeout(() => {
    if (performance.now() - dueMs < heldUpMs) onOverdue();
    else timer = setTimeout(onOverdue, graceMs);
  }, limitMs);
  return () => clearTimeout(timer);
}
