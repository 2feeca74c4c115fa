// Puts the tiles on the page: built once, then only texts and bars change.

import { element, setText } from "../page/element.js";

function build(tile) {
  const value = element("dd", { class: "value" });
  const note = element("dd", { class: "note" });
  const fill = "share" in tile ? element("div", { class: "bar-fill" }) : null;
  const bar = fill && element("dd", { class: "bar", "aria-hidden": "true" }, fill);
  const label = element("dt");
  const root = element("div", { class: "tile", "data-tile": tile.key, "data-series": tile.series }, label, value, bar, note);
  return { root, label, value, note, fill };
}

export class Tiles {
  #root;
  #parts = new Map();

  constructor(root) {
    this.#root = root;
  }

  show(tiles) {
    for (const tile of tiles) {
      if (!this.#parts.has(tile.key)) {
        const made = build(tile);
        this.#parts.set(tile.key, made);
        this.#root.append(made.root);
      }
      const { label, value, note, fill } = this.#parts.get(tile.key);
      setText(label, tile.label);
      setText(value, tile.value);
      setText(note, tile.note);
      if (fill) fill.style.width = `${(tile.share * 100).toFixed(1)}%`;
    }
  }
}
