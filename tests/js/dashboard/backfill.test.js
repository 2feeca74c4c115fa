// Backfill: one request at a time, page by page, again after a failure.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Backfill, LIMIT, startAfter } from "../../../static/monitor/js/dashboard/backfill.js";

const page = (first, length, nextAfter = null) => ({
  samples: Array.from({ length }, (_, i) => ({ id: first + i })),
  next_after: nextAfter,
});

/** A backfill over the given answers; an Error is thrown. Returns it with what was asked and received. */
function begin(...answers) {
  const asked = [];
  const got = [];
  const pauses = [];
  const fetchPage = async (after) => {
    asked.push(after);
    const answer = answers.shift() ?? page(0, 0);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const backfill = new Backfill(fetchPage, (samples) => got.push(...samples), async (ms) => pauses.push(ms));
  return { backfill, asked, got, pauses };
}

test("a short answer is the last one", async () => {
  const { backfill, asked, got } = begin(page(11, 3, 13));
  await backfill.want(10);
  assert.deepEqual([asked, got.map(({ id }) => id)], [[10], [11, 12, 13]]);
});

test("a full answer is followed by the next page", async () => {
  const { backfill, asked, got } = begin(page(11, LIMIT, 10 + LIMIT), page(11 + LIMIT, 1));
  await backfill.want(10);
  assert.deepEqual([asked, got.length], [[10, 10 + LIMIT], LIMIT + 1]);
});

test("a server that never comes to an end is not asked for ever", async () => {
  const { backfill, asked } = begin(...Array.from({ length: 50 }, (_, i) => page(i * LIMIT, LIMIT, (i + 1) * LIMIT)));
  await backfill.want(0);
  assert.equal(asked.length, 20);
});

test("wishes that come while one is under way are put together", async () => {
  const { backfill, asked } = begin();
  await Promise.all([backfill.want(10), backfill.want(30), backfill.want(20)]);
  assert.deepEqual(asked, [10, 20]);
});

test("what failed is asked again after a pause", async () => {
  const { backfill, asked, got, pauses } = begin(new Error("503"), page(11, 1));
  await backfill.want(10);
  assert.deepEqual([asked, got.length, pauses.length], [[10, 10], 1, 1]);
});

test("after five failures it gives up, and the next wish still fetches all", async () => {
  const { backfill, asked } = begin(...Array.from({ length: 5 }, () => new Error("down")));
  await backfill.want(10);
  assert.equal(asked.length, 5);
  await backfill.want(40);
  assert.equal(asked.at(-1), 10);
});

test("a long absence does not fetch more than one window", () => {
  assert.equal(startAfter(100, 150, 1_200_000, 1), 100);
  assert.equal(startAfter(100, 999_999, 1_200_000, 1), 999_999 - 1210);
  assert.equal(startAfter(null, 5, 1_200_000, 1), 0);
});
