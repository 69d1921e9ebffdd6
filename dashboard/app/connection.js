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

/** `{phase, text, detail}`: the badge's words; the detail is empty while what is shown is current. */
export function described({ phase, staleSince }, { timeOfDay, duration, now }) {
  const detail =
    staleSince === undefined ? "" : `stale since ${timeOfDay(staleSince)} (${duration(now - staleSince)})`;
  return { phase, text: TEXTS[phase], detail };
}
