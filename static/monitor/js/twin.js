// Shows the table twin: built when it is opened or printed, renewed once a minute while it is open.

import { element, slot } from "./element.js";
import { inUnit, minuteTime } from "./format.js";
import { minuteRows } from "./table.js";

function cells({ values, samples }, names, metrics) {
  if (samples === 0) return [element("td", { class: "number", colspan: names.length }, "no data")];
  return names.map((name) => element("td", { class: "number" }, inUnit(values[name], metrics[name]?.unit ?? "")));
}

export class Twin {
  #root = slot("twin");
  #minute = null;

  /** @param {() => {samples, start, end}} read gives the window */
  constructor(read, names, metrics) {
    const build = () => {
      const { samples, start, end } = read();
      const rows = minuteRows(samples, names, { start, end });
      slot("twin-rows").replaceChildren(
        ...rows.map((row) =>
          element("tr", { class: row.samples ? null : "empty" }, element("th", { scope: "row" }, minuteTime(row.at)), ...cells(row, names, metrics)),
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

  /** Called each second; works once a minute. */
  tick(now) {
    const minute = Math.floor(now / 60000);
    if (minute === this.#minute) return;
    this.#minute = minute;
    if (this.#root.open) this.build();
  }
}
