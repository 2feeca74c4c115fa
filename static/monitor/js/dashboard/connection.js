// What the page knows about its link to the server: a pure state machine; clock and chance come from outside.

import { duration } from "../page/format.js";

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30000;
const HEARTBEAT_MS = 15000;
export const DEAD_AFTER_MS = 2 * HEARTBEAT_MS + 5000;

/** Close codes after which another try would end the same way. */
const FINAL = { 4401: "login", 4403: "refused", 4404: "unknown_host" };

/** Full-jitter back-off: anywhere between 0 and the ceiling, which doubles from 1 s to 30 s. */
export function backoff(attempt, random) {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 10));
  return Math.round(random * ceiling);
}

/** The state before the first connection. */
export function initial() {
  return { phase: "connecting", attempt: 0, retryAt: null, heardAt: null, lost: false, code: null, asked: false };
}

/** The next state after an event {type, now, ...}; times are of one monotonic clock in ms. */
export function next(state, event) {
  switch (event.type) {
    case "connect":
      return { ...state, phase: "connecting", retryAt: null, heardAt: event.now };
    case "frame":
      return { ...state, phase: "open", attempt: 0, retryAt: null, heardAt: event.now, lost: false, code: null, asked: false };
    case "close":
      return closed(state, event);
    case "hurry":
      return state.phase === "waiting" ? { ...state, retryAt: event.now } : state;
    default:
      return state;
  }
}

/** A login that ended is asked about once more: another tab may have logged in since, with a new session. */
function closed(state, { now, code, random }) {
  if (code === 4401 && !state.asked) {
    return { ...state, phase: "waiting", attempt: 1, retryAt: now + backoff(1, random), lost: true, code, asked: true };
  }
  if (code in FINAL) return { ...state, phase: FINAL[code], retryAt: null, lost: true, code };
  const attempt = state.attempt + 1;
  return { ...state, phase: "waiting", attempt, retryAt: now + backoff(attempt, random), lost: true, code };
}

/** True when a connection is due. */
export function due(state, now) {
  return state.phase === "waiting" && now >= state.retryAt;
}

/** True when an open or opening socket has been silent for longer than two heartbeats. */
export function silent(state, now) {
  return ["open", "connecting"].includes(state.phase) && state.heardAt !== null && now - state.heardAt > DEAD_AFTER_MS;
}

const WORDS = {
  login: { state: "ended", word: "Log in", detail: "your session has ended" },
  refused: { state: "ended", word: "Refused", detail: "the server does not accept this address" },
  unknown_host: { state: "ended", word: "Unknown host", detail: "this host is not known to the server" },
};
const REASONS = { 4408: "too slow", 4429: "too many viewers", 4503: "no database" };

/**
 * What the chip shows: {state, word, detail}.
 * state: connecting | live | stale | reconnecting | paused | history | ended.
 * @param {{now: number, sampleAge: number|null, limit: number, ahead: number, paused: boolean, past: boolean, synthetic: boolean}} view times in ms
 */
export function describe(state, { now, sampleAge, limit, ahead = 0, paused = false, past = false, synthetic = false }) {
  if (WORDS[state.phase]) return WORDS[state.phase];
  if (state.phase === "waiting" || (state.phase === "connecting" && state.lost)) return reconnecting(state, now);
  if (state.phase === "connecting") return { state: "connecting", word: "Connecting", detail: "" };
  if (synthetic) return { state: "history", word: "Made up", detail: "" };
  if (ahead > 0) return { state: "stale", word: "Not known", detail: `the newest sample lies ${duration(ahead)} ahead of the clock` };
  if (sampleAge === null) return { state: "stale", word: "No data", detail: "no sample yet" };
  if (sampleAge > limit) return { state: "stale", word: "Stale", detail: `no sample for ${duration(sampleAge)}` };
  if (past) return { state: "history", word: "History", detail: "live data still arrive" };
  if (paused) return { state: "paused", word: "Paused", detail: "data still arrive" };
  return { state: "live", word: "Live", detail: `${duration(Math.max(1000, sampleAge))} ago` };
}

function reconnecting(state, now) {
  const attempt = Math.max(1, state.attempt);
  const wait = state.phase === "waiting" ? Math.ceil(Math.max(0, state.retryAt - now) / 1000) : 0;
  const detail = `try ${attempt}, ${wait > 0 ? `in ${wait} s` : "now"}`;
  const reason = REASONS[state.code];
  return { state: "reconnecting", word: "Reconnecting", detail: reason ? `${reason}; ${detail}` : detail };
}
