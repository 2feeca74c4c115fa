// One consumer alone: its facts over the span, the alerts in which it was named, and the way back to all.

import { addressOf } from "../page/addresses.js";
import { element, setText, slot } from "../page/element.js";
import { dayTime, duration } from "../page/format.js";
import { severityWord } from "../page/vocabulary.js";
import { keyOf, nameOf, noteOf } from "./consumers.js";
import { factsOf } from "./words.js";

export class OneConsumer {
  #root = slot("usage-one");

  /** @param {string} alertAddress of the page of an alert, with 0 for its id */
  constructor(alertAddress) {
    this.alertAddress = alertAddress;
  }

  /** Shows that a consumer {name, kind, user} is looked at alone, before anything is known of it; null for none. */
  name(consumer) {
    this.#root.hidden = !consumer;
    const key = consumer ? keyOf(consumer) : "";
    if (this.#root.dataset.key === key) return;
    this.#root.dataset.key = key;
    setText(slot("usage-one-name"), consumer?.name ?? "");
    setText(slot("usage-one-note"), consumer ? noteOf(consumer) : "");
    slot("usage-facts").replaceChildren();
    slot("usage-alerts").replaceChildren();
  }

  /** Shows its facts; null where nothing of it is known in the span. */
  show(consumer, layers, alerts, now) {
    if (consumer) {
      setText(slot("usage-one-name"), nameOf(consumer));
      setText(slot("usage-one-note"), noteOf(consumer));
    }
    const facts = consumer ? factsOf(consumer, layers, now) : [];
    slot("usage-facts").replaceChildren(...facts.map(([what, figure, note]) => element("div", {}, element("dt", {}, what), element("dd", {}, figure), element("dd", { class: "muted" }, note))));
    slot("usage-alerts").replaceChildren(...this.#alerts(alerts, now));
  }

  #alerts(alerts, now) {
    if (!alerts) return [];
    if (!alerts.length) return [element("p", { class: "muted" }, "Named in no alert of this span.")];
    const items = alerts.map((alert) => {
      const lasted = alert.resolved_at === null ? "not over" : `lasted ${duration(alert.resolved_at - alert.fired_at)}`;
      const link = element("a", { href: addressOf(this.alertAddress, alert.id) }, element("bdi", {}, alert.title));
      return element("li", {}, `${severityWord(alert.severity)}: `, link, `, ${dayTime(alert.fired_at, now)}, ${lasted}`);
    });
    return [element("h4", {}, "Alerts in which it was named"), element("ul", {}, ...items)];
  }
}
