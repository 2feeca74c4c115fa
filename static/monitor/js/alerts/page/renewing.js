// Keeps the page of an open alert true: asks for what moves every few seconds, and changes only what has changed.

import { localise } from "./localtimes.js";
import { withMember } from "./member.js";

const EVERY_MS = 5000;
const CHART_EVERY_MS = 15000;
const MARGIN_MS = 600000;

export class Renewing {
  #urls;
  #onState;
  #onHistory;
  #chartAt = performance.now();
  #timer = null;

  /** @param {object} options {data: what the server embedded, onState(words): told when the state changes, onHistory(answer)} */
  constructor({ data, onState, onHistory }) {
    Object.assign(this, { data });
    this.#urls = data.urls;
    this.#onState = onState;
    this.#onHistory = onHistory;
  }

  start() {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#soon(0);
    });
    this.#soon(EVERY_MS);
  }

  #soon(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), wait);
  }

  async #look() {
    if (document.hidden) return;
    const open = await this.#parts().catch(() => true);
    if (!open || performance.now() - this.#chartAt > CHART_EVERY_MS) await this.#history(open).catch(() => null);
    if (open) this.#soon(EVERY_MS);
  }

  /** Fetches the moving parts; returns whether the alert is still open. */
  async #parts() {
    const answer = await fetch(this.#urls.parts, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return true;
    const news = new DOMParser().parseFromString(await answer.text(), "text/html");
    const before = document.querySelector(".alert-head").dataset.state;
    for (const part of news.querySelectorAll("[data-part]")) this.#replace(part);
    const head = document.querySelector(".alert-head");
    if (head.dataset.state !== before) this.#onState(head.querySelector(".state-word").textContent, head.dataset.open === "no");
    return head.dataset.open === "yes";
  }

  #replace(part) {
    localise(part);
    const shown = document.querySelector(`[data-part="${part.dataset.part}"]`);
    if (shown && shown.innerHTML !== part.innerHTML && !shown.contains(document.activeElement)) shown.replaceChildren(...part.childNodes);
  }

  async #history(open) {
    this.#chartAt = performance.now();
    const { host, metric, started_at: started } = this.data.alert;
    const span = { start: new Date(started - MARGIN_MS).toISOString(), end: open ? "now" : new Date().toISOString() };
    const answer = await fetch(`${this.#urls.history}?${new URLSearchParams({ host, metrics: metric, points: 600, percentiles: "auto", ...span })}`);
    const parts = this.data.member ? await this.#member({ host, ...span }) : null;
    const history = answer.ok ? withMember(await answer.json(), parts, metric, this.data.member) : null;
    if (history) this.#onHistory(history);
  }

  /** The past of the member that the alert is of; null where it cannot be had now. */
  async #member(span) {
    const { kind, name } = this.data.member;
    const answer = await fetch(`${this.#urls.members}?${new URLSearchParams({ ...span, kind, name, points: 600 })}`);
    return answer.ok ? answer.json() : null;
  }
}
