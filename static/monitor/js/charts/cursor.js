// The cursor shared by both charts: by pointer, by touch, by arrow keys; told in words to a screen reader.

/** The next cursor after a key: an index into the samples, null for none, undefined for "not our key". */
export function moved(key, index, length, page = 60) {
  if (!length) return undefined;
  const at = index ?? length - 1;
  switch (key) {
    case "ArrowLeft":
      return index === null ? length - 1 : Math.max(0, at - 1);
    case "ArrowRight":
      return index === null ? length - 1 : Math.min(length - 1, at + 1);
    case "PageUp":
      return Math.max(0, at - page);
    case "PageDown":
      return Math.min(length - 1, at + page);
    case "Home":
      return 0;
    case "End":
      return length - 1;
    case "Escape":
      return null;
    default:
      return undefined;
  }
}

/** The cursor {at, values} for a time: the nearest sample within `limit`, else the bare time. */
export function cursorAt(source, at, limit) {
  const sample = source.nearest(at);
  if (sample && Math.abs(sample.at - at) <= limit) return { at: sample.at, values: sample.values };
  return { at, values: null };
}

/** Wires one chart's box; `source` gives what is shown; `onMove(at | null, byKey)` gets a time. */
export function listen(box, chart, source, current, onMove) {
  let keyed = false;
  const follow = (event) => {
    keyed = false;
    const left = event.clientX - chart.canvas.getBoundingClientRect().left;
    const inside = left >= chart.area.left && left <= chart.area.right;
    onMove(inside ? chart.timeAt(left) : null, false);
  };
  box.addEventListener("pointermove", follow);
  box.addEventListener("pointerdown", follow);
  box.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") onMove(null, false);
  });
  box.addEventListener("blur", () => onMove(null, false));
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.target !== box) return;
    const at = current();
    // A cursor that merely lies under the pointer does not keep Escape from going out of a zoom.
    if (event.key === "Escape" && (at === null || !keyed)) return;
    const shown = source();
    const { samples } = shown;
    const index = at === null ? null : samples.indexOf(shown.nearest(at));
    const next = moved(event.key, index, samples.length);
    if (next === undefined) return;
    event.preventDefault();
    keyed = next !== null;
    onMove(next === null ? null : samples[next].at, true);
  });
}
