// The colours of the charts, read from the style sheet so that they are written down once.

const NAMES = ["cpu", "load1", "load5", "load15", "fifth", "sixth", "text", "muted", "grid", "axis", "panel", "warning", "critical", "info"];

/** {cpu: "#0072b2", ...} as the page is painted now. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}
