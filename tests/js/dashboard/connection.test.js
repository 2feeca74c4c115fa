// The link: back-off, staleness, and what is never tried again; time and chance are given.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEAD_AFTER_MS, backoff, describe, due, initial, next, silent } from "../../../static/monitor/js/dashboard/connection.js";

const play = (...events) => events.reduce(next, initial());
const open = { type: "frame", now: 0 };
const lost = (code = 1006, now = 0, random = 1) => ({ type: "close", code, now, random });
const view = { now: 0, sampleAge: 1000, limit: 5000 };

test("the back-off doubles from 1 s to 30 s, with full jitter", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 60].map((n) => backoff(n, 1)), [1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  assert.equal(backoff(5, 0), 0);
  assert.equal(backoff(5, 0.5), 8000);
});

test("each failure makes the next try later; one frame forgets them all", () => {
  const state = play(lost(), lost(), lost());
  assert.deepEqual([state.attempt, state.retryAt], [3, 4000]);
  assert.equal(next(state, open).attempt, 0);
});

test("a server that accepts and drops at once does not reset the back-off", () => {
  const state = play(lost(), { type: "connect", now: 1 }, lost(), { type: "connect", now: 2 }, lost());
  assert.equal(state.attempt, 3);
});

test("a try is due at its time and not before", () => {
  const state = play(open, lost(1012, 100, 0.5));
  assert.deepEqual([due(state, 599), due(state, 600)], [false, true]);
});

test("coming online again makes the try due at once", () => {
  const state = play(open, lost(1006, 0, 1), lost(1006, 0, 1), { type: "hurry", now: 5 });
  assert.equal(due(state, 5), true);
});

test("hurry does not disturb an open link", () => {
  const state = play(open, { type: "hurry", now: 5 });
  assert.equal(state.phase, "open");
});

test("a login that ended is asked about once more", () => {
  const state = play(open, lost(4401));
  assert.equal(due(state, 1e12), true);
  assert.equal(play(open, lost(4401), open, lost(4401)).phase, "waiting");
});

for (const [code, word] of [[4401, "Log in"], [4404, "Unknown host"], [4403, "Refused"]]) {
  test(`close code ${code} ends it: ${word}`, () => {
    const state = code === 4401 ? play(open, lost(code), lost(code)) : play(open, lost(code));
    assert.equal(due(state, 1e12), false);
    assert.equal(due(next(state, { type: "hurry", now: 1 }), 1e12), false);
    assert.deepEqual([describe(state, view).state, describe(state, view).word], ["ended", word]);
  });
}

test("a link without a frame for two heartbeats is dead", () => {
  const state = play(open);
  assert.deepEqual([silent(state, DEAD_AFTER_MS), silent(state, DEAD_AFTER_MS + 1)], [false, true]);
});

test("a connection that never opens is given up too", () => {
  const state = play({ type: "connect", now: 0 });
  assert.equal(silent(state, DEAD_AFTER_MS + 1), true);
});

test("a waiting link is not dead", () => {
  assert.equal(silent(play(open, lost()), 1e9), false);
});

test("the chip says what is the matter", () => {
  const words = (state, more = {}) => {
    const { state: name, word, detail } = describe(state, { ...view, ...more });
    return [name, word, detail];
  };
  assert.deepEqual(words(play()), ["connecting", "Connecting", ""]);
  assert.deepEqual(words(play(open)), ["live", "Live", "1 s ago"]);
  assert.deepEqual(words(play(open), { paused: true }), ["paused", "Paused", "data still arrive"]);
  assert.deepEqual(words(play(open), { sampleAge: 5001 }), ["stale", "Stale", "no sample for 5 s"]);
  assert.deepEqual(words(play(open), { sampleAge: null }), ["stale", "No data", "no sample yet"]);
  assert.deepEqual(words(play(open), { sampleAge: null, ahead: 7_200_000 }), ["stale", "Not known", "the newest sample lies 2 h ahead of the clock"]);
  assert.deepEqual(words(play(lost(), lost(), lost())), ["reconnecting", "Reconnecting", "try 3, in 4 s"]);
  assert.deepEqual(words(play(lost(), { type: "connect", now: 1 })), ["reconnecting", "Reconnecting", "try 1, now"]);
  assert.deepEqual(words(play(lost(4429))), ["reconnecting", "Reconnecting", "too many viewers; try 1, in 1 s"]);
});

test("stale data are stale even when paused", () => {
  assert.equal(describe(play(open), { ...view, sampleAge: 6000, paused: true }).state, "stale");
});

test("a made-up host is not stale, however old its samples", () => {
  const { state, word } = describe(play(open), { ...view, sampleAge: 6000, synthetic: true });
  assert.deepEqual([state, word], ["history", "Made up"]);
});
