// The range that the page shows and how its address says it: live, the last so-and-so long, or from-to.

const SECOND = 1000;
const UNITS = { m: 60 * SECOND, h: 3600 * SECOND, d: 86400 * SECOND, w: 7 * 86400 * SECOND, y: 365 * 86400 * SECOND };
const WORDS = { m: "min", h: "h", d: "d", w: "weeks", y: "y" };
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d:\d\d)$/i;
export const LEAST_SPAN = 60 * SECOND;
export const LONGEST_SPAN = 3650 * 86400 * SECOND;
const LEAST_REFRESH = 15 * SECOND;

export const LIVE = Object.freeze({ kind: "live" });

/** A range of the last `key` ("6h", "7d"), or null where the key is none. */
export function relative(key) {
  const [, amount, unit] = /^([1-9]\d{0,4})([mhdwy])$/.exec(key) ?? [];
  const ms = Number(amount) * UNITS[unit];
  return ms >= LEAST_SPAN && ms <= LONGEST_SPAN ? { kind: "relative", key, ms } : null;
}

/** A range from-to, in ms; whole seconds, so that its address is short. */
export function absolute({ start, end }) {
  return { kind: "absolute", start: Math.round(start / SECOND) * SECOND, end: Math.round(end / SECOND) * SECOND };
}

/** What a query asks for: {range, problem}; what cannot be read is live, with a sentence. */
export function parseRange(search) {
  const query = new URLSearchParams(search);
  const [key, start, end] = ["range", "start", "end"].map((name) => query.get(name));
  if (start !== null || end !== null) return parseFromTo(start, end);
  if (key === null || key === "live") return { range: LIVE, problem: "" };
  const range = relative(key);
  return range ? { range, problem: "" } : { range: LIVE, problem: `The address asks for the range "${shorten(key)}", which does not exist. This is live.` };
}

function parseFromTo(startText, endText) {
  const [start, end] = [startText, endText].map(parseTime);
  if (Number.isNaN(start) || Number.isNaN(end)) {
    const wrong = shorten((Number.isNaN(start) ? startText : endText) ?? "");
    return { range: LIVE, problem: `The address asks for the time "${wrong}", which cannot be read. This is live.` };
  }
  const problem = fromToProblem(start, end);
  return problem ? { range: LIVE, problem: `${problem} This is live.` } : { range: absolute({ start, end }), problem: "" };
}

/** RFC 3339 with an offset; a plus that arrived as a space is a plus. NaN for anything else. */
function parseTime(text) {
  const mended = (text ?? "").replace(/ (?=\d\d:\d\d$)/, "+");
  return TIME.test(mended) ? Date.parse(mended) : NaN;
}

function shorten(text) {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

/** Why from-to is no range; "" where it is one. */
export function fromToProblem(start, end) {
  if (!Number.isFinite(start) || !Number.isFinite(end)) return "Give both times, from and to.";
  if (end <= start) return "The end must lie after the start.";
  if (end - start < LEAST_SPAN) return "The shortest range is 1 minute.";
  return end - start > LONGEST_SPAN ? "The longest range is ten years." : "";
}

/** The query of a range, other parameters kept: "?host=a&range=7d"; "" where nothing is left. */
export function rangeSearch(range, search = "") {
  const query = new URLSearchParams(search);
  for (const name of ["range", "start", "end"]) query.delete(name);
  if (range.kind === "relative") query.set("range", range.key);
  if (range.kind === "absolute") {
    query.set("start", rfc3339(range.start));
    query.set("end", rfc3339(range.end));
  }
  const text = query.toString().replaceAll("%3A", ":");
  return text ? `?${text}` : "";
}

/** "2026-11-24T10:00:00Z". */
export function rfc3339(at) {
  return new Date(at).toISOString().replace(/\.000Z$/, "Z");
}

/** {start, end} of a range at a moment; null for live. */
export function spanOf(range, now) {
  if (range.kind === "relative") return { start: now - range.ms, end: now };
  return range.kind === "absolute" ? { start: range.start, end: range.end } : null;
}

/** "7 d"; "" for what has no such name. */
export function rangeName(range) {
  if (range.kind !== "relative") return "";
  const [, amount, unit] = /^(\d+)(\w)$/.exec(range.key);
  return `${amount} ${amount === "1" && unit === "w" ? "week" : WORDS[unit]}`;
}

/** After how many ms a range is fetched again; null where it can no longer change. */
export function refreshAfter(range, resolutionSeconds, now) {
  const moves = range.kind === "relative" || (range.kind === "absolute" && range.end > now);
  return moves ? Math.max(LEAST_REFRESH, resolutionSeconds * SECOND) : null;
}

/** The value of a datetime-local input, in the browser's zone. */
export function localInput(at) {
  const date = new Date(at);
  const two = (number) => String(number).padStart(2, "0");
  const day = [String(date.getFullYear()).padStart(4, "0"), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The time in a datetime-local input; NaN while it is not filled in. */
export function fromLocalInput(text) {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? new Date(text).getTime() : NaN;
}
