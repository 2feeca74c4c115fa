// The vocabulary of the page: what things are called and how grave they are, as the server decided it.

let known = { severities: {}, gaps: {}, tiers: {}, collectors: {}, allowed_skew_ms: 0, culprits: {} };

/** Takes the vocabulary that came with the page; before anything is shown. */
export function learn(vocabulary) {
  known = vocabulary;
}

function of(table, name) {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** "Critical"; what the server has no word for is called by its name. */
export function severityWord(severity) {
  return of(known.severities, severity)?.word ?? severity;
}

/** How grave a severity is: the higher the graver, -1 for one that is not known. */
export function rank(severity) {
  return of(known.severities, severity)?.rank ?? -1;
}

/** "sampler was down"; "no data" where no reason is known. */
export function gapWord(kind) {
  return of(known.gaps, kind) ?? "no data";
}

/** "15-minute" for the means of 900 s; null where none are kept of that width. */
export function tierWord(seconds) {
  return of(known.tiers, seconds) ?? null;
}

/** So many ms ahead of the clock a time still counts as now. */
export function allowedSkew() {
  return known.allowed_skew_ms;
}

/** "CPU": what figures a collector brings. */
export function collectorWord(name) {
  return of(known.collectors, name) ?? name.replaceAll("_", " ");
}

/** {gone, started, again, least_percent}: how lists tell processes that are not there any more. */
export function culpritWords() {
  return known.culprits;
}
