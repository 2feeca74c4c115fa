// What a browser notification says, and when there is one. Values in, text out.

import { amount, overWord } from "../alerts/alerts.js";
import { severityWord } from "../page/vocabulary.js";

const BLOCKED = "Notifications are blocked in this browser: allow them for this page in its settings, then reload.";
const INSECURE = "This browser notifies only pages that come by HTTPS, or from this machine.";
const UNSUPPORTED = "This browser knows no notifications.";

/**
 * The notifications for what changed: [{tag, title, body, id, loud}]; one tag an alert, so that news replace each other.
 * Of what a silence holds back nobody is told here either.
 */
export function notices({ fired = [], escalated = [], recovered = [] }, words) {
  const bad = (alert) => ({
    tag: tag(alert),
    title: `${severityWord(alert.severity)}${test(alert)}: ${alert.rule} on ${alert.host}`,
    body: alert.explanation || `${alert.condition}, now ${amount(alert.value, alert, words)}.`,
    id: alert.id,
    loud: true,
  });
  const good = (alert) => ({
    tag: tag(alert),
    title: `${overWord(alert)}${test(alert)}: ${alert.rule} on ${alert.host}`,
    body: `${alert.condition}; ${alert.peak_word} ${amount(alert.peak, alert, words)}.`,
    id: alert.id,
    loud: false,
  });
  const heard = (alerts) => alerts.filter(({ silenced }) => !silenced);
  return [...heard(fired).map(bad), ...heard(escalated).map(bad), ...heard(recovered).map(good)];
}

function test({ is_test: isTest }) {
  return isTest ? " (load test)" : "";
}

function tag({ id }) {
  return `loadmon-alert-${id}`;
}

/** What the button says for a permission and a choice: {disabled, pressed, word, reason}; reason is why it cannot be had. */
export function button({ secure, supported, permission, wanted }) {
  const reason = !secure ? INSECURE : !supported ? UNSUPPORTED : permission === "denied" ? BLOCKED : "";
  const on = wanted && permission === "granted" && !reason;
  return { disabled: reason !== "", pressed: on, word: on ? "Notifying you" : "Notify me", reason };
}
