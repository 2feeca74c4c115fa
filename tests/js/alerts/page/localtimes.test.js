// Times in the browser's zone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { localText } from "../../../../static/monitor/js/alerts/page/localtimes.js";

test("a time is told with its day and to the second", () => {
  assert.match(localText(Date.UTC(2026, 8, 4, 12, 41, 7)), /^[345] Sep 2026 \d\d:\d\d:07$/);
});
