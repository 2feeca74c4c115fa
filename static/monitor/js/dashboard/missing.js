// Why a figure is not there, in plain words; a source that the host lacks is not a source that failed.

import { collectorWord } from "../page/vocabulary.js";

/** The words beside an "n/a" for one metric of `metrics`, the catalogue; `values` are those of the same sample. */
export function whyMissing(metric, failing, values, metrics) {
  const { kind = "", collector = "" } = metrics[metric] ?? {};
  if (collector in failing) return "could not be read";
  const first = values.cpu_percent === null || values.cpu_percent === undefined;
  if (collector === "pressure" && !first) return "this kernel does not report it";
  return kind === "rate" ? "needs two readings" : "not reported by this host";
}

/** One sentence for each collector that fails: "Disk figures are missing: ...". */
export function failures(failing) {
  return Object.entries(failing).map(([name, sentence]) => {
    const label = collectorWord(name);
    return `${label[0].toUpperCase()}${label.slice(1)} figures are missing: ${sentence}`;
  });
}
