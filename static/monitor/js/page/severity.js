// Which severity of an alert a page shows.

/** The severity to show: the present one of an open alert, the worst one of an alert that is over. */
export function shownSeverity({ severity, worst_severity: worst, resolved_at: resolved }) {
  return resolved === null || resolved === undefined ? severity : (worst ?? severity);
}
