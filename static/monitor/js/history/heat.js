// The usual week of a machine in words and levels: load per core by weekday and hour.

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const BOUNDS = [0.25, 0.5, 0.75, 1, 1.5];

/** "09–10". */
export function hourWords(hour) {
  const two = (number) => String(number).padStart(2, "0");
  return `${two(hour)}–${two(hour + 1)}`;
}

/** 0 (idle) to 5 (far over the cores); null where there are no data. */
export function level(value) {
  if (value === null || !Number.isFinite(value)) return null;
  return BOUNDS.filter((bound) => value >= bound).length;
}

/** The legend of the levels. */
export const LEVELS = ["under 0.25", "0.25", "0.5", "0.75", "1, all cores", "1.5 and more"];

/** The cell with the most load: {day, hour, value}; null where there is none. */
export function busiest(cells) {
  let best = null;
  cells.forEach((row, day) => row.forEach((value, hour) => {
    if (value !== null && Number.isFinite(value) && (best === null || value > best.value)) best = { day, hour, value };
  }));
  return best;
}

/** "1.4", "0.06". */
export function cellText(value) {
  if (value < 0.095) return value.toFixed(2).replace(/^0\.00$/, "0");
  return value.toFixed(1);
}

function hours(number) {
  return number === 1 ? "1 hour" : `${number} hours`;
}

/** "Busiest: Mondays 09–10, 1.4 per core. 6 hours of the week are usually above the cores." `cells` hold what is usual. */
export function sentence(cells, weeks = 2) {
  const top = busiest(cells);
  if (!top) return `Not yet known: an hour is called usual once it was measured in ${weeks} other weeks.`;
  const over = cells.flat().filter((value) => value !== null && value >= 1).length;
  const usual = over === 0 ? "No hour of the week is usually above the cores." : `${hours(over)} of the week ${over === 1 ? "is" : "are"} usually above the cores.`;
  return `Busiest: ${DAYS[top.day]}s ${hourWords(top.hour)}, ${top.value.toFixed(2)} per core. ${usual}`;
}

/** What is usual at the weekday and hour of a moment, in the browser's zone: a value per core or null. */
export function usualAt(cells, at) {
  const date = new Date(at);
  return cells[(date.getDay() + 6) % 7]?.[date.getHours()] ?? null;
}

/** "Usual for Mondays 09–10: 1.10 per core."; "" where that is not known. */
export function usualWords(cells, at) {
  const value = usualAt(cells, at);
  if (value === null) return "";
  const date = new Date(at);
  return `Usual for ${DAYS[(date.getDay() + 6) % 7]}s ${hourWords(date.getHours())}: ${value.toFixed(2)} per core.`;
}
