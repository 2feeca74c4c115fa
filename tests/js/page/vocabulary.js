// Hands the scripts under test the tables that the server would: a test of the server holds the file against it.

import { readFileSync } from "node:fs";
import { learn } from "../../../static/monitor/js/page/vocabulary.js";

const { words, metrics } = JSON.parse(readFileSync(new URL("vocabulary.json", import.meta.url), "utf8"));

/** The catalogue of metrics. */
export const METRICS = metrics;

learn(words);
