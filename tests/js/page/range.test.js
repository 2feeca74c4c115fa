// The range and its address: what is written is read again, what cannot be read is live with a sentence.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as range from "../../../static/monitor/js/page/range.js";

const NOW = Date.UTC(2026, 10, 24, 11);
const HOUR = 3_600_000;

test("no parameter is live", () => {
  assert.deepEqual(range.parseRange("?host=db-01"), { range: range.LIVE, problem: "" });
});

test("every range of the page survives its address", () => {
  for (const key of ["1h", "6h", "24h", "7d", "30d", "1y", "90m", "2w"]) {
    const made = range.relative(key);
    assert.deepEqual(range.parseRange(range.rangeSearch(made)).range, made);
  }
  const made = range.absolute({ start: NOW - HOUR + 400, end: NOW });
  assert.deepEqual(range.parseRange(range.rangeSearch(made, "?host=a")).range, made);
});

test("an address keeps what else it holds and names one range only", () => {
  assert.equal(range.rangeSearch(range.relative("7d"), "?host=a&start=x&end=y"), "?host=a&range=7d");
  assert.equal(range.rangeSearch(range.LIVE, "?range=7d"), "");
  assert.equal(range.rangeSearch(range.absolute({ start: NOW - HOUR, end: NOW })), "?start=2026-11-24T10:00:00Z&end=2026-11-24T11:00:00Z");
});

test("an offset is understood, also when its plus became a space", () => {
  const { range: read } = range.parseRange("?start=2026-11-24T10:00:00+01:00&end=2026-11-24T06:00:00-05:00");
  assert.deepEqual([read.start, read.end], [NOW - 2 * HOUR, NOW]);
});

for (const search of ["?range=0d", "?range=soon", "?range=30s", "?range=99999y", "?start=now&end=later", "?start=2026-11-24T10:00:00Z",
  "?start=2026-11-24T10:00:00&end=2026-11-24T11:00:00", "?start=2026-11-24T11:00:00Z&end=2026-11-24T10:00:00Z", "?start=2026-11-24T10:00:00Z&end=2026-11-24T10:00:59Z"]) {
  test(`${search} is live, and said to be`, () => {
    const read = range.parseRange(search);
    assert.equal(read.range, range.LIVE);
    assert.match(read.problem, /\.$/);
  });
}

test("a relative range ends now, a fixed one where it ends", () => {
  assert.deepEqual(range.spanOf(range.relative("6h"), NOW), { start: NOW - 6 * HOUR, end: NOW });
  assert.deepEqual(range.spanOf(range.absolute({ start: 0, end: HOUR }), NOW), { start: 0, end: HOUR });
  assert.equal(range.spanOf(range.LIVE, NOW), null);
});

test("a span that moves is fetched again each bucket, never more often than each 15 s", () => {
  assert.equal(range.refreshAfter(range.relative("1h"), 4, NOW), 15_000);
  assert.equal(range.refreshAfter(range.relative("7d"), 900, NOW), 900_000);
  assert.equal(range.refreshAfter(range.absolute({ start: 0, end: NOW }), 60, NOW), null);
  assert.equal(range.refreshAfter(range.absolute({ start: 0, end: NOW + HOUR }), 60, NOW), 60_000);
});

test("ranges have names", () => {
  assert.deepEqual(["24h", "7d", "1w", "2w", "1y", "90m"].map((key) => range.rangeName(range.relative(key))), ["24 h", "7 d", "1 week", "2 weeks", "1 y", "90 min"]);
});

test("the two date inputs hold local times, in every zone and on both sides of a change of the clock", () => {
  for (const at of [NOW, Date.UTC(2026, 2, 29, 6), Date.UTC(2026, 9, 25, 6), Date.UTC(2028, 1, 29, 12)]) {
    assert.equal(range.fromLocalInput(range.localInput(at)), at);
  }
  assert.ok(Number.isNaN(range.fromLocalInput("")));
  assert.equal(range.fromToProblem(NaN, NOW), "Give both times, from and to.");
});
