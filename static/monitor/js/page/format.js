// Numbers, spans and times as people read them; an unknown value is "n/a", never 0.

export const UNKNOWN = "n/a";
const KIBI = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

function known(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/** "94.2 %", with a fixed number of decimals so that the text keeps its width. */
export function percent(value, decimals = 1) {
  return known(value) ? `${value.toFixed(decimals)} %` : UNKNOWN;
}

/** "7.81", "12.4", "301": three digits or more, whichever size. */
export function load(value) {
  if (!known(value)) return UNKNOWN;
  if (value < 99.995) return value.toFixed(2);
  return value < 999.95 ? value.toFixed(1) : value.toFixed(0);
}

/** "3", "0", "2.5": no decimals where there is nothing after the point. */
export function count(value) {
  if (!known(value)) return UNKNOWN;
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(2)));
}

/** "3.2 GiB". */
export function bytes(value) {
  if (!known(value)) return UNKNOWN;
  let size = value;
  let unit = 0;
  while (Math.abs(size) >= 1023.95 && unit < KIBI.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size.toFixed(0) : size.toFixed(1)} ${KIBI[unit]}`;
}

/** A value in the unit of its metric. */
export function inUnit(value, unit) {
  switch (unit) {
    case "percent":
      return percent(value);
    case "load":
      return load(value);
    case "bytes":
      return bytes(value);
    case "bytes_per_second":
      return known(value) ? `${bytes(value)}/s` : UNKNOWN;
    case "seconds":
      return known(value) ? `${count(value)} s` : UNKNOWN;
    default:
      return count(value);
  }
}

/** A threshold: as short as it can be, "75 %", "2". */
export function threshold(value, unit) {
  if (!known(value)) return UNKNOWN;
  if (unit === "percent") return `${count(value)} %`;
  return ["bytes", "bytes_per_second", "seconds"].includes(unit) ? inUnit(value, unit) : count(value);
}

/** "45 s", "2 min 10 s", "3 h 5 min", "12 d 4 h": two parts at most. */
export function duration(ms) {
  if (!known(ms)) return UNKNOWN;
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(" ");
}

/** "1 s ago". */
export function ago(ms) {
  return `${duration(ms)} ago`;
}

/** "1 core", "8 cores", "1.5 cores". */
export function cores(value) {
  return `${count(value)} ${value === 1 ? "core" : "cores"}`;
}

/** The browser's time zone as a person names it: "Europe/Berlin". */
export function zone() {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "local time";
}

// Making a DateTimeFormat is slow: one of each for the life of the page.
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const MINUTE = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const ZONED = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", timeZoneName: "short" });
// No zone changes its offset twice within this time, nor by more.
const CHANGE_MS = 3 * 3600000;
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

const YEAR_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short" });
const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "short" });

/** "23 Nov", or "23 Nov 2025" with the year. */
export function date(at, withYear = false) {
  return known(at) ? (withYear ? YEAR_DAY : DAY).format(at) : UNKNOWN;
}

/** The year of a time, as a number: 2026. */
export function year(at) {
  return new Date(at).getFullYear();
}

/** "Nov". */
export function month(at) {
  return MONTH.format(at);
}

/** "Mon". */
export function weekday(at) {
  return WEEKDAY.format(at);
}

/** "1.5G" at an axis: K, M, G are powers of 1024. */
export function shortBytes(value) {
  const [size, unit] = bytes(value).split(" ");
  return `${size.replace(/\.0$/, "")}${unit === "B" ? "" : unit[0]}`;
}

/** "12:41:07" in the browser's zone, "02:30:00 CET" where that zone has this time of day twice. */
export function clockTime(at) {
  return known(at) ? told(TIME, at) : UNKNOWN;
}

/** "12:41". */
export function minuteTime(at) {
  return known(at) ? told(MINUTE, at) : UNKNOWN;
}

/** "12:41:07" today, "23 Nov 12:41:07" on another day than `now`, with the year where it is another one. */
export function dayTime(at, now) {
  if (!known(at)) return UNKNOWN;
  if (YEAR_DAY.format(at) === YEAR_DAY.format(now)) return clockTime(at);
  return `${date(at, year(at) !== year(now))} ${clockTime(at)}`;
}

function told(format, at) {
  const name = zoneAt(at);
  return name ? `${format.format(at)} ${name}` : format.format(at);
}

/** "CEST" or "GMT+2" for a moment whose local time comes twice, because the clock is set back; "" for any other. */
export function zoneAt(at) {
  if (![-CHANGE_MS, CHANGE_MS].some((away) => isTwin(at, at + away))) return "";
  return ZONED.formatToParts(at).find(({ type }) => type === "timeZoneName").value;
}

/** Whether the clock shows at `at` what it shows once more with the offset of the moment `other`. */
function isTwin(at, other) {
  const [own, theirs] = [at, other].map((one) => new Date(one).getTimezoneOffset());
  return own !== theirs && new Date(at + (theirs - own) * 60000).getTimezoneOffset() === theirs;
}
