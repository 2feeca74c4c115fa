// What the panel By what says of a span: its line, its rows, the moment at the cursor, and what is lacking.

import { UNKNOWN, bytes, clockTime, count, date, duration, minuteTime, weekday, year } from "../page/format.js";
import { boundsWords, moment, widthWords } from "../history/words.js";
import { isRest, keyOf, nameOf, noteOf, titleOf } from "./consumers.js";
import { KINDS, amount, growth, share } from "./kinds.js";

const DAY_MS = 86400000;
const MOST_TOLD = 3;

/** "12.3 s", "3 h 5 min". */
export function seconds(value) {
  if (!Number.isFinite(value)) return UNKNOWN;
  if (value >= 59.5) return duration(value * 1000);
  return `${value < 9.95 ? count(Math.round(value * 10) / 10) : value.toFixed(0)} s`;
}

/** When a bucket of a span was, as short as it can be: "12:41", "Tue 24 Nov 03:00". */
export function whenWords(at, { start, end, widthMs }, now) {
  if (end - start < DAY_MS && new Date(start).toDateString() === new Date(now).toDateString()) return widthMs < 60000 ? clockTime(at) : minuteTime(at);
  const day = end - start < DAY_MS ? "" : `${date(at, year(at) !== year(now))} `;
  return `${weekday(at)} ${day}${minuteTime(at)}`;
}

/** The line above the chart: what is shown of which span, and since when it is kept where that is later. Live it stays the same, or it would be read out each minute. */
export function lineWords(answer, layers, now, { alone = false, live = false } = {}) {
  const { noun } = KINDS[answer.by];
  const span = boundsWords(layers, now);
  if (answer.oldest_at === null) return "Who uses this machine is known after the first quarter of a minute, and kept from then on.";
  const kept = `it is kept since ${moment(answer.oldest_at, now)}`;
  if (layers.empty) return answer.end <= answer.oldest_at ? `Who used this machine from ${span} is not known: ${kept}.` : `Nothing is known of who used this machine from ${span}.`;
  const isNow = live && now - answer.end < 2 * 60000;
  const late = answer.start < answer.oldest_at - 60000 && layers.samples[0].at - answer.start > layers.widthMs;
  return `${noun[0].toUpperCase()}${noun.slice(1)} ${alone ? "of this one" : "by who used it"}, ${isNow ? `the last ${duration(answer.end - answer.start)}` : span}; ${widthWords(answer.resolution_seconds)} means${late ? `; ${kept}` : ""}.`;
}

/** The heaviest of one bucket: [{consumer, value}], those that used nothing left out. */
export function heaviest(consumers, index) {
  return consumers
    .map((consumer) => ({ consumer, value: consumer.series[index] ?? null }))
    .filter(({ value }) => value !== null && value > 0)
    .sort((a, b) => isRest(a.consumer) - isRest(b.consumer) || b.value - a.value);
}

/** Who was busy in one bucket, in words: "make (anna) 1.2 cores, nginx.service 0.20 cores, others 0.01 cores". */
export function busyWords(consumers, index, unit) {
  const found = heaviest(consumers, index);
  const named = found.filter(({ consumer }) => !isRest(consumer)).slice(0, MOST_TOLD);
  const rest = found.filter(({ consumer }) => isRest(consumer));
  const words = [...named, ...rest].map(({ consumer, value }) => `${titleOf(consumer)} ${amount(value, unit)}`);
  return words.length ? words.join(", ") : "nobody";
}

/** When it was heaviest: {value: "1.9 cores", when: "Tue 24 Nov 03:00"}. */
function highest({ highest: value, highest_at: at }, layers, now) {
  return value === null || at === null ? { value: UNKNOWN, when: "" } : { value: amount(value, layers.unit), when: whenWords(at, layers, now) };
}

/** One row of the table: {key, name, note, isRest, share, part, cpu, highest, when, memory, growth, read, written, waiting}. */
export function rowOf(consumer, layers, now) {
  const { value, when } = highest(consumer, layers, now);
  return {
    key: keyOf(consumer),
    name: nameOf(consumer),
    note: noteOf(consumer),
    isRest: isRest(consumer),
    cpu: seconds(consumer.cpu_seconds),
    share: share(consumer.share_percent),
    part: Math.max(0, Math.min(100, consumer.share_percent ?? 0)),
    highest: value,
    when,
    memory: bytes(consumer.memory_bytes),
    growth: growth(consumer.memory_growth_bytes),
    read: bytes(consumer.read_bytes),
    written: bytes(consumer.written_bytes),
    waiting: seconds(consumer.waiting_seconds),
  };
}

/** The facts of one consumer: [[what, figure, note]...]. */
export function factsOf(consumer, layers, now) {
  const row = rowOf(consumer, layers, now);
  return [
    ["CPU time", row.cpu, ""],
    [`Share of ${KINDS[layers.by].noun}`, row.share, ""],
    [`Most ${KINDS[layers.by].noun}`, row.highest, row.when],
    ["Memory", row.memory, `most ${bytes(consumer.memory_highest_bytes)}`],
    ["Memory growth", row.growth, Number.isFinite(consumer.memory_growth_bytes) ? "from its first tenth to its last" : "not enough is known to tell"],
    ["Read", row.read, ""],
    ["Written", row.written, ""],
    ["Waited for disks", row.waiting, ""],
    ["Processes", String(consumer.processes ?? UNKNOWN), `most at once; ${consumer.started ?? UNKNOWN} started, ${consumer.ended ?? UNKNOWN} ended`],
  ];
}

/** The canvas in words: the line and the heaviest. */
export function describe(line, answer) {
  const told = answer.consumers.filter((one) => one.share_percent > 0).map((one) => `${titleOf(one)} ${share(one.share_percent)}`);
  return `${line} ${told.length ? `Shares: ${told.join(", ")}.` : ""}`.trim();
}
