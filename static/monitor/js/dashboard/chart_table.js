// Shows the charts as a table: built when it is opened or printed, renewed once a minute while it is open.

import { minuteRows, rowStep, stepHead } from "../charts/table.js";
import { element, setText, slot } from "../page/element.js";
import { duration, inUnit, minuteTime } from "../page/format.js";

/** The mean, and where it is known what 5 and 95 % of the time were not above. */
function cell(value, mostly, unit) {
  const range = mostly && element("span", { class: "mostly" }, ` (${inUnit(mostly.p5, unit)} – ${inUnit(mostly.p95, unit)})`);
  return element("td", { class: "number" }, inUnit(value, unit), range);
}

function cells({ at, values, samples }, names, metrics, source) {
  if (samples === 0) return [element("td", { class: "number", colspan: names.length }, "no data")];
  return names.map((name) => cell(values[name], source.mostlyMs ? source.mostly(name, at) : null, metrics[name]?.unit ?? ""));
}

/** How many ms a row stands for: a window, where its percentiles are known. */
function stepOf(source, span) {
  return source.mostlyMs || (source.widthMs ? rowStep(span, source.widthMs) : 60000);
}

export class ChartTable {
  #root = slot("twin");
  #minute = null;

  /** @param {() => object} read gives what the charts show: {source, start, end, timeOf?} */
  constructor(read, names, metrics) {
    const build = () => {
      const { source, start, end, timeOf = minuteTime } = read();
      const step = stepOf(source, { start, end });
      const rows = minuteRows(source.samples, names, { start, end }, step);
      setText(slot("twin-step"), step === 60000 ? "a minute" : `every ${duration(step)}`);
      setText(slot("twin-head"), stepHead(step));
      setText(slot("twin-means"), `${step === 60000 ? "each minute" : duration(step)}${source.mostlyMs ? ", in brackets 5–95 % of the time" : ""}`);
      slot("twin-rows").replaceChildren(
        ...rows.map((row) =>
          element("tr", { class: row.samples ? null : "empty" }, element("th", { scope: "row" }, timeOf(row.at)), ...cells(row, names, metrics, source)),
        ),
      );
    };
    this.build = build;
    this.#root.addEventListener("toggle", () => this.#root.open && build());
    let wasOpen = false;
    addEventListener("beforeprint", () => {
      wasOpen = this.#root.open;
      build();
      this.#root.open = true;
    });
    addEventListener("afterprint", () => {
      this.#root.open = wasOpen;
    });
  }

  /** Another span is shown. */
  renew() {
    if (this.#root.open) this.build();
  }

  /** Called each second; works once a minute. */
  tick(now) {
    const minute = Math.floor(now / 60000);
    if (minute === this.#minute) return;
    this.#minute = minute;
    if (this.#root.open) this.build();
  }
}
