// The past of the one file system that an alert on a maximum is of, in place of that of the fullest one.

/**
 * A history answer in which the metric's series is the member's own, from an answer of the parts API.
 * Null where that could not be had: the chart stays as it is, rather than to become another one.
 */
export function withMember(history, parts, metric, member) {
  if (!member) return history;
  const series = parts?.parts[0]?.figures[member.figure]?.series;
  if (!series) return null;
  const { times, resolution_seconds: seconds, tier_seconds: tier } = parts;
  // Of a part no percentiles are kept, nor the lowest: its band is from the mean to the highest.
  return { ...history, times, resolution_seconds: seconds, percentile_seconds: 0, of_member: true, tier_seconds: tier, series: { [metric]: { ...series, low: series.mean } } };
}
