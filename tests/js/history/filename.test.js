// Names of saved files.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileName } from "../../../static/monitor/js/history/filename.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const local = (...parts) => new Date(...parts).getTime();
const NOW = local(2026, 10, 24, 12, 0);

test("a saved file has a name that every system takes", () => {
  assert.equal(fileName({ host: "db 01/<b>", kind: "load", start: NOW - HOUR, end: NOW }, "png"), "db-01-b_load_2026-11-24T1100_2026-11-24T1200.png");
  assert.equal(fileName({ host: "..", kind: "cpu", start: NOW, end: NOW }, "csv").slice(0, 9), "host_cpu_");
});
