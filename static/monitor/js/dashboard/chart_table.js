// Shows the charts as a table: built when it is opened or printed, renewed once a minute while it is open.

import { minuteRows, rowStep, stepHead } from "../charts/table.js";
import { element, setText, slot } from "../page/element.js";
import { duration, inUnit, minuteTime } from "../page/format.js";

function cells({ values, samples }, names, metrics) {
  if (samples === 0) return [element("td", { class: "number", colspan: names.length }, "no data")];
  return names.map((name) => element("td", { class: "number" }, inUnit(values[name], metrics[name]?.unit ?? "")));
}

export class ChartTable {
  #root = slot("twin");
  #minute = null;

  /** @param {() => object} read gives what the charts show: {source, start, end, timeOf?} */
  constructor(read, names, metrics) {
    const build = () => {
      const { source, start, end, timeOf = minuteTime } = read();
      const step = source.widthMs ? rowStep({ start, end }, source.widthMs) : 60000;
      const rows = minuteRows(source.samples, names, { start, end }, step);
      setText(slot("twin-step"), step === 60000 ? "a minute" : `every ${duration(step)}`);
      setText(slot("twin-head"), stepHead(step));
      setText(slot("twin-means"), step === 60000 ? "each minute" : duration(step));
      slot("twin-rows").replaceChildren(
        ...rows.map((row) =>
          element("tr", { class: row.samples ? null : "empty" }, element("th", { scope: "row" }, timeOf(row.at)), ...cells(row, names, metrics)),
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
