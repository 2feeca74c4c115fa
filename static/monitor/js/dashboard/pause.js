// The pause button, and the live view as it was when it was pressed.

import { icon, setText, slot } from "../page/element.js";
import { clockTime } from "../page/format.js";

/** A view that stays as it is: the window goes on, and would lose its samples after 20 minutes. */
function still(view, seenAt) {
  return { ...view, source: view.source.still(), rest: seenAt === null ? view.rest : clockTime(seenAt) };
}

export class Pause {
  /** What the charts keep; null while they go on. */
  view = null;

  /** @param {() => void} onPress */
  constructor(onPress) {
    this.button = slot("pause");
    this.button.addEventListener("click", onPress);
  }

  get on() {
    return this.view !== null;
  }

  /** Keeps a view whose newest sample is of `seenAt`. */
  keep(view, seenAt) {
    this.view = still(view, seenAt);
    this.#show();
  }

  end() {
    this.view = null;
    this.#show();
  }

  #show() {
    this.button.setAttribute("aria-pressed", String(this.on));
    this.button.querySelector("svg").replaceWith(icon(this.on ? "resume" : "pause"));
    setText(slot("pause-word"), this.on ? "Resume" : "Pause");
  }
}
