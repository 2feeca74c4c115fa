// What a browser notification says, and when there is one. Values in, text out.

import { WORD, amount, condition } from "./alerts.js";

/** The notifications for what changed: [{tag, title, body, id, loud}]; one tag an alert, so that news replace each other. */
export function notices({ fired = [], escalated = [], recovered = [] }, words) {
  const bad = (alert) => ({
    tag: tag(alert),
    title: `${WORD[alert.severity] ?? alert.severity}: ${alert.rule} on ${alert.host}`,
    body: alert.explanation || `${condition(alert, words)}, now ${amount(alert.value, alert, words)}.`,
    id: alert.id,
    loud: true,
  });
  const good = (alert) => ({
    tag: tag(alert),
    title: `Recovered: ${alert.rule} on ${alert.host}`,
    body: `${condition(alert, words)}; ${alert.comparison === "below" ? "lowest" : "peak"} ${amount(alert.peak, alert, words)}.`,
    id: alert.id,
    loud: false,
  });
  return [...fired.map(bad), ...escalated.map(bad), ...recovered.map(good)];
}

function tag({ id }) {
  return `loadmon-alert-${id}`;
}

/** What the button says for a permission and a choice: {hidden, pressed, word}. */
export function button({ secure, supported, permission, wanted }) {
  if (!secure || !supported || permission === "denied") return { hidden: true, pressed: false, word: "Notify me" };
  const on = wanted && permission === "granted";
  return { hidden: false, pressed: on, word: on ? "Notifying you" : "Notify me" };
}
