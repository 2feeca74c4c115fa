// Who keeps the machine busy, in words; free of the DOM.

import { age } from "../page/age.js";
import { bytes, clockTime, count, duration, percent } from "../page/format.js";

/** A look at the processes that is older tells nothing of now. */
export const STALE_MS = 60_000;
const NOTABLE_SHORT_LIVED = 20;
/** How many rows the panel has room for; culprits.css reserves as many. */
const ROOM = { cpu: 8, memory: 5, waiting: 5, groups: 6 };
const KINDS = { unit: "service", container: "container", user: "user" };
const NOBODY = "kernel threads"; // what belongs to no user at all

/** Where a process belongs: its unit or container, else its user. */
function home({ unit, user }) {
  return unit ?? user ?? "";
}

function cpuRow(process) {
  return { id: `${process.pid}`, name: process.name, note: home(process), figures: [percent(process.cpu_percent, 0)] };
}

function memoryRow(process) {
  return { id: `${process.pid}`, name: process.name, note: home(process), figures: [bytes(process.rss_bytes)] };
}

function waitingRow(process) {
  const place = process.waits_in ? `in ${process.waits_in}` : "";
  const note = [home(process), place].filter(Boolean).join(", ");
  return { id: `${process.pid}`, name: process.name, note, figures: [count(process.threads)] };
}

function groupRow(group) {
  const figures = [count(group.processes), percent(group.cpu_percent, 0), bytes(group.rss_bytes)];
  return { id: `${group.kind} ${group.name}`, name: group.name, note: group.name === NOBODY ? "" : (KINDS[group.kind] ?? group.kind), figures };
}

/** Whether there is a look at the processes that is known to be of now. */
function isOfNow(busy, now) {
  return Boolean(busy) && (age(busy.at, now) ?? Infinity) <= STALE_MS;
}

/** The one line above the tables. */
function line(busy, now) {
  if (!busy) return "Not known: no look at the processes within the last minute.";
  if (!isOfNow(busy, now)) return `Not known now: the last look at the processes was at ${clockTime(busy.at)}.`;
  const over = busy.seconds === null ? "CPU is known after the next look" : `CPU over ${duration(busy.seconds * 1000)}`;
  const tasks = busy.tasks?.processes ?? null;
  const looked = tasks === null ? "" : ` at ${count(tasks)} processes`;
  return `Looked${looked} at ${clockTime(busy.at)}; ${over}.`;
}

function shortLived({ short_lived: found } = {}) {
  if ((found?.cpu_percent ?? 0) < NOTABLE_SHORT_LIVED) return "";
  const parents = found.by.map(({ name }) => name).join(", ");
  return `Processes that came and went used ${percent(found.cpu_percent, 0)}${parents ? `, started by ${parents}` : ""}.`;
}

/** The rows that there is room for; the last one tells how many are left out. */
function fitting(rows, room) {
  if (rows.length <= room) return rows;
  const left = rows.length - room + 1;
  return [...rows.slice(0, room - 1), { id: "more", name: `and ${count(left)} more`, note: "", figures: rows[0].figures.map(() => "") }];
}

/**
 * The panel: {line, extra, known, lists: {cpu, memory, waiting, groups}}, each list of rows {id, name, note, figures}.
 * `known` is false where there is nothing to show of now; the lists are empty then.
 */
export function culprits(busy, now) {
  const known = isOfNow(busy, now);
  const of = (name, rows, row) => (known ? fitting((rows ?? []).map(row), ROOM[name]) : []);
  return {
    known,
    line: line(busy, now),
    extra: known ? shortLived(busy) : "",
    lists: {
      cpu: of("cpu", busy?.by_cpu, cpuRow),
      memory: of("memory", busy?.by_memory, memoryRow),
      waiting: of("waiting", busy?.blocked, waitingRow),
      groups: of("groups", busy?.groups, groupRow),
    },
  };
}
