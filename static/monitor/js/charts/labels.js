// Where the words on a chart stand: beside each other, and so that the curve is seen through them.

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
/** How much of the curve the patch behind a label hides. */
const PATCH_ALPHA = 0.55;
const HEIGHT = 16;

function overlap(one, other) {
  return one.left < other.left + other.width && other.left < one.left + one.width && one.top < other.top + other.height && other.top < one.top + one.height;
}

/** The first of some boxes {left, top, width, height} that meets none of those taken; the first one where each does. */
export function freeBox(boxes, taken) {
  return boxes.find((box) => !taken.some((other) => overlap(box, other))) ?? boxes[0];
}

/** The labels of one drawing; each keeps clear of those before it. */
export class Labels {
  #taken = [];
  #ctx;
  #colours;

  constructor(ctx, colours) {
    this.#ctx = ctx;
    this.#colours = colours;
  }

  width(text) {
    this.#ctx.font = FONT;
    return this.#ctx.measureText(text).width + 8;
  }

  /** Writes text from `left` on, at the first of the heights `tops` that is free. */
  write(text, { left, width = this.width(text), tops, colour = this.#colours.muted }) {
    const ctx = this.#ctx;
    const box = freeBox(tops.map((top) => ({ left, top, width, height: HEIGHT })), this.#taken);
    this.#taken.push(box);
    ctx.save();
    ctx.font = FONT;
    ctx.globalAlpha = PATCH_ALPHA;
    ctx.fillStyle = this.#colours.panel;
    ctx.fillRect(box.left, box.top, box.width, box.height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillText(text, box.left + 4, box.top + HEIGHT / 2);
    ctx.restore();
  }
}
