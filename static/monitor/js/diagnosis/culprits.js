// Who keeps the machine busy, in words; free of the DOM.

import { age } from "../page/age.js";
import { bytes, clockTime, count, duration, percent } from "../page/format.js";
import { culpritWords } from "../page/vocabulary.js";

/** A look at the processes that is older tells nothing of now. */
export const STALE_MS = 60_000;
const NOTABLE_SHORT_LIVED = 20;
/** How many rows the panel has room for; culprits.css reserves as many. */
const ROOM = { cpu: 8, memory: 5, waiting: 5, groups: 6 };
const KINDS = { unit: "service", container: "container", user: "user" };
const NOBODY = "kernel threads"; // what belongs to no user at all
const NOBODY_AT_ALL = {
  cpu: ["Nothing uses much CPU.", "Nothing that can be seen uses much CPU."],
  memory: ["Nothing holds much memory.", "Nothing that can be seen holds much memory."],
  waiting: ["Nothing waits.", "Nothing that can be seen waits."],
  groups: ["No group is known yet.", "No group is known yet."],
};

/** Where a process belongs, after what else there is to say of it: "gone now, pid 4711, of make, build.service". */
function note(process, ...more) {
  const gone = process.gone ? culpritWords().gone : "";
  const job = process.job ? `of ${process.job}` : "";
  return [gone, `pid ${process.pid}`, job, process.unit ?? process.user ?? "", ...more].filter(Boolean).join(", ");
}

function cpuRow(process) {
  return { id: `${process.pid}`, name: process.name, note: note(process), figures: [percent(process.cpu_percent, 0)] };
}

/** Processes that came and went, by who started them. */
function startedRow(parent) {
  const { started, again } = culpritWords();
  const name = started.replace("{}", () => parent.name);
  return { id: `started by ${parent.pid}`, name, note: `${again}, pid ${parent.pid}`, figures: [percent(parent.cpu_percent, 0)] };
}

/** Its own memory; where that is not told what is resident of it, which counts for each what several share. */
function held(one) {
  return one.own_bytes ?? one.rss_bytes;
}

function memoryRow(process) {
  return { id: `${process.pid}`, name: process.name, note: note(process), figures: [bytes(held(process))] };
}

function holderRow({ name, bytes: held }) {
  return { id: name, name, note: "", figures: [bytes(held)] };
}

function waitingRow(process) {
  const place = process.waits_in ? `in ${process.waits_in}` : "";
  return { id: `${process.pid}`, name: process.name, note: note(process, place), figures: [count(process.threads)] };
}

function groupRow(group) {
  const figures = [count(group.processes), percent(group.cpu_percent, 0), bytes(held(group))];
  return { id: `${group.kind} ${group.name}`, name: group.name, note: group.name === NOBODY ? "" : (KINDS[group.kind] ?? group.kind), figures };
}

/** Whether there is a look at the processes that is known to be of now. */
function isOfNow(busy, now) {
  return Boolean(busy) && (age(busy.at, now) ?? Infinity) <= STALE_MS;
}

/** The rows of two kinds, the one with the highest figure first; of equals those of the first kind. */
function merged(rows, row, amount, others, other, otherAmount) {
  const all = [...rows.map((one) => [amount(one) ?? 0, row(one)]), ...others.map((one) => [otherAmount(one) ?? 0, other(one)])];
  return all.sort((a, b) => b[0] - a[0]).map(([, made]) => made);
}

/** Parents whose processes came and went, and used enough of a core to be told. */
function started({ short_lived: found }) {
  return (found?.by ?? []).filter((parent) => (parent.cpu_percent ?? 0) >= culpritWords().least_percent);
}

/** Whether some tasks cannot be seen from here, as far as is known. */
function hides({ hidden_tasks: hidden = null, hidden_reason: reason = null }) {
  return hidden === null ? Boolean(reason) : hidden > 0;
}

/** The one line above the tables. */
function line(busy, now) {
  if (!busy) return "Not known: no look at the processes within the last minute.";
  if (!isOfNow(busy, now)) return `Not known now: the last look at the processes was at ${clockTime(busy.at)}.`;
  const over = busy.seconds === null ? "CPU is known after the next look" : `CPU over ${duration(busy.seconds * 1000)}`;
  const seen = busy.tasks?.processes ?? null;
  const at = clockTime(busy.at);
  if (hides(busy)) return `${seen === null ? "Looked" : `${processes(seen)} seen`} at ${at}; ${hiddenWords(busy)}; ${over}.`;
  const looked = seen === null ? "" : ` at ${processes(seen)}`;
  return `Looked${looked} at ${at}; ${over}.`;
}

function processes(number) {
  return number === 1 ? "1 process" : `${count(number)} processes`;
}

/** "185 tasks cannot be seen from here (hidepid)". */
function hiddenWords({ hidden_tasks: hidden, hidden_reason: reason }) {
  const tasks = hidden === 1 ? "1 task" : `${hidden ? count(hidden) : "some"} tasks`;
  return `${tasks} cannot be seen from here${reason ? ` (${reason})` : ""}`;
}

/** What the lists lack: that who uses the CPU cannot be seen, else what came and went beside those who are listed. */
function extra(busy) {
  if (busy.unseen) return `${busy.unseen[0].toUpperCase()}${busy.unseen.slice(1)}.`;
  const listed = started(busy).reduce((sum, parent) => sum + parent.cpu_percent, 0);
  const rest = (busy.short_lived?.cpu_percent ?? 0) - listed;
  if (rest < NOTABLE_SHORT_LIVED) return "";
  return `Processes that came and went used ${percent(rest, 0)}${listed ? " besides" : ""}.`;
}

/** What stands in place of an empty list; of tasks that wait the kernel may know where nobody was found. */
function empty(name, busy) {
  const waiting = Math.round(busy.tasks?.blocked ?? 0);
  if (name === "waiting" && waiting > 0) return `${waiting === 1 ? "1 task waits" : `${count(waiting)} tasks wait`}; which was not seen.`;
  return NOBODY_AT_ALL[name][hides(busy) ? 1 : 0];
}

/** The rows that there is room for; the last one tells how many are left out. */
function fitting(rows, room) {
  if (rows.length <= room) return rows;
  const left = rows.length - room + 1;
  return [...rows.slice(0, room - 1), { id: "more", name: `and ${count(left)} more`, note: "", figures: rows[0].figures.map(() => "") }];
}

function lists(busy) {
  const { by_cpu: cpu = [], by_memory: memory = [], holders = [], blocked = [], groups = [] } = busy;
  return {
    cpu: merged(cpu, cpuRow, (one) => one.cpu_percent, started(busy), startedRow, (one) => one.cpu_percent),
    memory: merged(memory, memoryRow, held, holders, holderRow, (one) => one.bytes),
    waiting: blocked.map(waitingRow),
    groups: groups.map(groupRow),
  };
}

function isNotable(used, above) {
  return used > 1.5 * above + 2;
}

/** The groups in the order of `before`, their last order, but for those that use notably more than who stands above them: who reads a line must not chase it. */
export function steady(before, groups) {
  const places = new Map(before.map((one, i) => [groupKey(one), i]));
  const place = (one) => places.get(groupKey(one)) ?? Infinity;
  const ordered = [...groups].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  for (let i = 1; i < ordered.length; i += 1) {
    for (let at = i; at > 0 && isNotable(ordered[at].cpu_percent, ordered[at - 1].cpu_percent); at -= 1) [ordered[at - 1], ordered[at]] = [ordered[at], ordered[at - 1]];
  }
  return ordered;
}

function groupKey({ kind, name, user }) {
  return JSON.stringify([kind, name, user]);
}

/** Which groups are at work this second: "At work now: nginx.service 42 % of a core, session of anna 12 %."; "" where nobody knows. */
export function atWork(groups) {
  if (!groups) return "";
  const told = groups.map(({ name, user, cpu_percent: used }, i) => `${name}${user ? ` of ${user}` : ""} ${percent(used, 0)}${i === 0 ? " of a core" : ""}`);
  return `At work now: ${told.join(", ") || "no service, container or session"}.`;
}

/**
 * The panel: {line, isPart, extra, known, lists: {cpu, memory, waiting, groups}, empty}, each list of rows {id, name, note,
 * figures}, and what stands in its place where it is empty. `known` is false where there is nothing to show of now; the
 * lists are empty then. `isPart`: others are hidden, and the line says so.
 */
export function culprits(busy, now) {
  const known = isOfNow(busy, now);
  const rows = known ? lists(busy) : {};
  const of = (make) => Object.fromEntries(Object.entries(ROOM).map(([name, room]) => [name, make(name, room)]));
  return {
    known,
    line: line(busy, now),
    isPart: known && hides(busy),
    extra: known ? extra(busy) : "",
    lists: of((name, room) => fitting(rows[name] ?? [], room)),
    empty: of((name) => (known ? empty(name, busy) : "")),
  };
}
