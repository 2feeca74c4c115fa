// The calendar by keyboard: one stop for the Tab key, arrows between the days.

const STEPS = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 };

/** The index to go to from `index` of `count` days; null where the key means nothing here. */
export function target(key, index, count) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (!(key in STEPS)) return null;
  const to = index + STEPS[key];
  return to >= 0 && to < count ? to : index;
}

/** Wires the calendar in `root`. */
export function startYear(root) {
  const days = [...root.querySelectorAll("a[data-date]")].sort((a, b) => (a.dataset.date < b.dataset.date ? -1 : 1));
  if (!days.length) return;
  const first = days.findIndex((day) => day.hasAttribute("aria-current"));
  let at = first < 0 ? days.length - 1 : first;
  days.forEach((day, index) => day.setAttribute("tabindex", index === at ? "0" : "-1"));
  root.addEventListener("keydown", (event) => {
    const index = days.indexOf(document.activeElement);
    const to = index < 0 || event.ctrlKey || event.altKey || event.metaKey ? null : target(event.key, index, days.length);
    if (to === null) return;
    event.preventDefault();
    days[at].setAttribute("tabindex", "-1");
    at = to;
    days[at].setAttribute("tabindex", "0");
    days[at].focus();
  });
  const scroller = root.querySelector('[data-slot="year-scroller"]');
  scroller.scrollLeft = scroller.scrollWidth;
}
