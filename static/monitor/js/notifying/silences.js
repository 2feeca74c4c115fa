// What keeps people from being told just now, in words; and how long a silence is to last. Values in, text out.

import { clockTime, dayTime, minuteTime } from "../page/format.js";

const HOUR = 3600000;
const NO_NOTIFIER = "Messages are not being sent: no notifier runs. To start one: .venv/bin/python manage.py runnotifier.";

/** "14:05" today, "26 Nov 08:00:00" on another day, "its end" for a silence without one. */
function until(at, now) {
  if (at === null || at === undefined) return "until somebody ends it";
  const text = dayTime(at, now);
  return `until ${text === clockTime(at) ? minuteTime(at) : text.replace(/:\d\d$/, "")}`;
}

/** What one silence holds back: "Load on db-01", "every rule". */
export function subject({ rule, host }) {
  if (rule && host) return `${rule} on ${host}`;
  if (rule) return rule;
  return host ? `every rule on ${host}` : "every rule";
}

/** The lines of the notice of what keeps messages back: [{key, text, end: id of the silence that a button ends, or null, word: of that button}]. */
export function quietLines({ silences, receivers, no_notifier: nobodySends }, now) {
  const lines = [];
  if (nobodySends) lines.push({ key: "notifier", text: NO_NOTIFIER, end: null });
  const maintenance = silences.standing.find((one) => one.maintenance);
  if (maintenance) {
    lines.push({ key: "maintenance", text: `Maintenance ${until(maintenance.until_at, now)}: messages are held back.`, end: maintenance.id });
  }
  const count = silences.count - (maintenance ? 1 : 0);
  const others = silences.standing.filter((one) => one !== maintenance);
  if (count === 1 && others.length === 1) {
    const [{ id, weekly, until_at: end }] = others;
    const line = { key: "silences", text: `${weekly ? "Weekly silence" : "Silence"} ${until(end, now)}: messages of ${subject(others[0])} are held back.`, end: id };
    lines.push(weekly ? { ...line, word: "End it for this time" } : line);
  } else if (count > 0) {
    const known = others.length === count && others.every((one) => one.until_at !== null);
    const last = known ? `, ${until(Math.max(...others.map((one) => one.until_at)), now)}` : "";
    lines.push({ key: "silences", text: `${count} silences are active${last}.`, end: null });
  }
  for (const { name, since_at: since } of receivers) {
    lines.push({ key: `receiver ${name}`, text: `Messages to ${name} fail since ${since === null ? "a while" : dayTime(since, now)}.`, end: null });
  }
  return lines;
}

/** The next 08:00 of a day after `now`, in the browser's zone. */
export function tomorrowMorning(now) {
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(8, 0, 0, 0);
  return morning.getTime();
}

/** {until} in ms for a choice ("1h", "4h", "tomorrow", "custom"), or {error}; `custom` is the time that was typed, NaN for none, `longest` how far away it may be in ms. */
export function endOf(choice, custom, now, longest) {
  if (choice === "1h") return { until: now + HOUR };
  if (choice === "4h") return { until: now + 4 * HOUR };
  if (choice === "tomorrow") return { until: tomorrowMorning(now) };
  if (!Number.isFinite(custom)) return { error: "Say until when." };
  if (custom <= now) return { error: "The end must lie in the future." };
  return custom - now > longest ? { error: "A silence lasts a year at most." } : { until: custom };
}

/** What can be silenced: [{value, text}]; everything, everything on this host, each rule. */
export function offers(host, names) {
  const all = [
    { text: "everything", rule: null, host: null },
    { text: `everything on ${host}`, rule: null, host },
    ...names.map((name) => ({ text: name, rule: name, host: null })),
  ];
  return all.map(({ text, ...what }) => ({ text, value: JSON.stringify(what) }));
}

/** The body of the request for a silence of what was chosen of the offers. */
export function request({ what, note, until }) {
  const { rule, host } = JSON.parse(what);
  return { rule, host, until: new Date(until).toISOString(), note: note.trim() || null };
}
