// Ages: known, or said to be unknown; never made up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { age } from "../../../static/monitor/js/page/age.js";
import "./vocabulary.js";

test("an age is the time that has passed", () => {
  assert.deepEqual([age(1000, 4000), age(1000, 1000)], [3000, 0]);
});

test("a little ahead is now, further ahead nobody knows", () => {
  assert.deepEqual([age(6000, 1000), age(6001, 1000)], [0, null]);
});
