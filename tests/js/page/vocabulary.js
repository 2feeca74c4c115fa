// Hands the scripts under test the vocabulary that the server would: a test of the server holds the file against it.

import { readFileSync } from "node:fs";
import { learn } from "../../../static/monitor/js/page/vocabulary.js";

export const VOCABULARY = JSON.parse(readFileSync(new URL("vocabulary.json", import.meta.url), "utf8"));

learn(VOCABULARY);
