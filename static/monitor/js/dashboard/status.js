// The chip, the verdict and the notices: how the link, the machine and the sampler are.

import { age as ageOf } from "../page/age.js";
import { element, icon, setText, slot } from "../page/element.js";
import { clockTime, count, dayTime, duration } from "../page/format.js";
import { failures } from "./missing.js";

/** For a day everybody is told that a host has another name. */
const RENAMED_SHOWN_MS = 86_400_000;

const MOST_SAID = 3;

/** The sentence and tone to show; old news are said to be old. */
export function verdictView(verdict, { link, seenAt, age, now, synthetic = false }) {
  if (synthetic) {
    const end = seenAt === null ? "" : ` It ends at ${dayTime(seenAt, now)}.`;
    return { tone: "unknown", head: "Made-up history.", text: `Nothing of it was measured.${end}` };
  }
  if (["stale", "reconnecting", "ended"].includes(link)) {
    if (seenAt === null) return { tone: "unknown", head: "No data.", text: "No sample has arrived yet." };
    if (age === null && verdict.tone === "unknown") return { tone: "unknown", head: "Not known now.", text: verdict.text };
    const when = age === null ? `${dayTime(seenAt, now)}, which is ahead of the clock` : `${clockTime(seenAt)}, ${duration(age)} ago`;
    const text = `Last seen at ${when}: ${verdict.text}`;
    return { tone: "unknown", head: "Not known now.", text };
  }
  const [head, ...rest] = verdict.text.split(/(?<=\.) /);
  return rest.length ? { tone: verdict.tone, head, text: rest.join(" ") } : { tone: verdict.tone, head: "", text: verdict.text };
}

/** That the host had another name until lately; "" where it had not. */
export function renamedLine({ name, renamed_from: before = "", renamed_at: at = null }, now) {
  if (!before || at === null || (ageOf(at, now) ?? Infinity) > RENAMED_SHOWN_MS) return "";
  return `The host "${before}" is called "${name}" since ${dayTime(at, now)}: it is the same machine, with its history.`;
}

/** Sentences about the host and its sampler that a person must know of; none when all is well. */
export function noticeLines(sampler, { stepped = null, synthetic = false, renamed = "", parts = [] } = {}) {
  const lines = parts.map(partLine);
  if (synthetic) return lines; // the verdict says that it is, and that is enough
  const waiting = sampler.waiting ?? 0;
  if (sampler.state === "storing_failed") {
    const kept = waiting === 1 ? "1 sample waits" : `${count(waiting)} samples wait`;
    lines.push(`${sampler.message || "Samples cannot be stored."} Reading goes on; ${kept} in memory${lostWords(sampler.dropped ?? 0)}.`);
  } else if (sampler.state === "stopped") {
    const last = sampler.last_sample_at ? `, the last sample is of ${clockTime(sampler.last_sample_at)}` : "";
    const what = sampler.message || "The sampler has stopped.";
    lines.push(`${what} Nothing is watched${last}. To start it: .venv/bin/python manage.py runsampler.`);
  } else if (sampler.state === "unknown") {
    lines.push(`${sampler.message} If it does not, nothing is watched; on the server .venv/bin/python manage.py doctor tells.`);
  } else if (sampler.message) {
    lines.push(sampler.message);
  }
  if (stepped) lines.push(`The server's clock was set back by ${duration(stepped.by)} at ${clockTime(stepped.at)}.`);
  if (renamed) lines.push(renamed);
  return [...lines, ...failures(sampler.failing ?? {})];
}

/** That a part keeps ending; its last lines where they may be seen. */
function partLine({ sentence, said }) {
  return said?.length ? `${sentence} It last said: ${said.slice(-MOST_SAID).join(" | ")}` : sentence;
}

/** "; no more fit, and 42 older ones are lost"; "" while all are kept. */
function lostWords(dropped) {
  if (dropped <= 0) return "";
  return `; no more fit, and ${dropped === 1 ? "1 older one is" : `${count(dropped)} older ones are`} lost`;
}

/** What the live region says when the link changes; null for changes nobody needs to hear. */
export function linkAnnouncement(before, after, ahead = 0) {
  if (before === after) return null;
  if (after === "stale" && ahead > 0) return "How old the data are is not known: the newest lie ahead of the clock.";
  if (after === "stale") return "The data are stale: no new samples.";
  if (after === "reconnecting") return "Connection lost, reconnecting.";
  if (after === "ended") return "The connection has ended.";
  if (after === "live" && !["connecting", "paused", "history"].includes(before)) return "Live again.";
  return null;
}

export function showChip({ state, word, detail }, loginUrl) {
  const chip = slot("chip");
  if (chip.dataset.state !== state || !chip.dataset.drawn) {
    chip.dataset.state = state;
    chip.dataset.drawn = "yes";
    slot("chip-icon").replaceChildren(icon(state));
  }
  if (word === "Log in") {
    if (!chip.querySelector("a")) slot("chip-word").replaceChildren(element("a", { href: loginUrl }, word));
  } else {
    setText(slot("chip-word"), word);
  }
  setText(slot("chip-detail"), detail);
}

export function showVerdict({ tone, head, text }) {
  const root = slot("verdict");
  if (!root) return;
  if (root.dataset.tone !== tone || !root.dataset.drawn) {
    root.dataset.tone = tone;
    root.dataset.drawn = "yes";
    slot("verdict-icon").replaceChildren(icon(tone));
    slot("verdict-text").replaceChildren(element("strong"), " ", element("span"));
  }
  setText(slot("verdict-text").firstElementChild, head);
  setText(slot("verdict-text").lastElementChild, text);
}

export function showNotices(lines) {
  const root = slot("notices");
  const text = JSON.stringify(lines);
  if (root.dataset.shown === text) return;
  root.dataset.shown = text;
  root.replaceChildren(...lines.map((line) => element("p", { class: "notice" }, line)));
}
