// The connection as people are told of it. Pure; `realtime` moves it, `main` shows it.

/** Where the connection stands. */
export const Phase = Object.freeze({
  connecting: "connecting",
  live: "live",
  reconnecting: "reconnecting",
  draining: "draining",
  polling: "polling",
});

export const START = Object.freeze({ phase: Phase.connecting });

/**
 * The connection in a new phase at `now`. `staleSince` is when what is shown was last known to be current;
 * it stays until the connection is live again.
 */
export function moved({ phase: before, staleSince }, phase, now) {
  switch (phase) {
    case Phase.live:
      return { phase };
    case Phase.polling:
      return { phase, staleSince: now };
    case Phase.draining:
      return staleSince === undefined ? { phase } : { phase, staleSince };
    default: {
      const wasCurrent = before === Phase.live || before === Phase.draining;
      const since = staleSince ?? (wasCurrent ? now : undefined);
      return since === undefined ? { phase } : { phase, staleSince: since };
    }
  }
}

const TEXTS = {
  [Phase.connecting]: "Connecting",
  [Phase.live]: "Live",
  [Phase.reconnecting]: "Reconnecting",
  [Phase.draining]: "Server restarting",
  [Phase.polling]: "Not live",
};

/**
 * `{phase, text, detail, isStale}`: the badge's words; the detail is empty while what is shown is current. What is
 * read every now and then is as old as it says, and not stale.
 */
export function described({ phase, staleSince }, { timeOfDay, duration, now }) {
  const text = TEXTS[phase];
  if (staleSince === undefined) return { phase, text, detail: "", isStale: false };
  if (phase === Phase.polling) return { phase, text, detail: `as of ${timeOfDay(staleSince)}`, isStale: false };
  const detail = `stale since ${timeOfDay(staleSince)} (${duration(now - staleSince)})`;
  return { phase, text, detail, isStale: true };
}
