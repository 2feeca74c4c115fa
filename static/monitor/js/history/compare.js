// The same span a day or a week earlier, laid under the present one.

export const CHOICES = { none: "", day: "a day earlier", week: "a week earlier" };
const DAYS = { day: 1, week: 7 };

/** What an address compares with: "day", "week"; "none" where it says nothing that can be read. */
export function namedChoice(search) {
  const choice = new URLSearchParams(search).get("compare");
  return Object.hasOwn(DAYS, choice) ? choice : "none";
}

/** The query with a choice; without it where there is none. */
export function withChoice(search, choice) {
  const query = new URLSearchParams(search);
  if (Object.hasOwn(DAYS, choice)) query.set("compare", choice);
  else query.delete("compare");
  return query.toString();
}

/** How many ms earlier by the calendar: 09:00 is compared with 09:00, also where a day had 23 or 25 hours. */
export function shiftOf(choice, at) {
  const days = DAYS[choice];
  if (!days) return 0;
  const then = new Date(at);
  then.setDate(then.getDate() - days);
  return at - then.getTime();
}

/** The span to fetch. */
export function earlier({ start, end }, shift) {
  return { start: start - shift, end: end - shift };
}

/** Points of the earlier span, moved to where the present one is. */
export function shifted(points, shift) {
  return points.map((point) => ({ ...point, x: point.x + shift }));
}
