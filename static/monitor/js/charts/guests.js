// Charts of something else that share the cursor and the selection of the charts, as that of usage does.

export class Guests {
  #all = [];

  /**
   * Lets one more come along: its `move(at)` is told of each move and answers what a screen reader should hear of that
   * moment, "" for nothing; `select(span)` of what is being selected; `repaint()` of other colours.
   */
  join(guest) {
    this.#all.push(guest);
  }

  /** Tells all of a move of the cursor, null for none; what a screen reader should hear of it, in a list. */
  move(at) {
    return this.#all.map((guest) => guest.move(at)).filter(Boolean);
  }

  select(span) {
    for (const guest of this.#all) guest.select(span);
  }

  repaint() {
    for (const guest of this.#all) guest.repaint();
  }
}
