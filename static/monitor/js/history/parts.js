// Each part of a chart by itself: a choice in the head of the charts of disks, interfaces and file systems.

import { element, setText, slot } from "../page/element.js";
import { inUnit } from "../page/format.js";
import { ask } from "./fetching.js";
import { ALL, apart, choices, KINDS } from "./partpast.js";

const AGAIN_MS = 20000;
const FEW_POINTS = 10;
const MOST_POINTS = 1000;

/** The choice of one chart; the address says which part is chosen, under the name of the chart: "?space=/srv". */
class PartPicker {
  #asked = 0;

  /** @param {string} kind of the chart; @param {object} room {charts, query(): host and span, path} */
  constructor(kind, room) {
    Object.assign(this, { kind, room });
    this.select = element("select", { "aria-label": `${ALL[kind]} or one`, "data-slot": "part", hidden: true });
    this.words = element("p", { class: "part-words muted", "data-slot": "part-words", hidden: true });
    this.select.addEventListener("change", () => {
      this.#write(this.select.value);
      this.renew();
    });
    const { panel } = room.charts.part(kind);
    slot("legend", panel).before(this.select);
    slot("box", panel).after(this.words);
  }

  get #chosen() {
    return new URLSearchParams(location.search).get(this.kind) ?? "";
  }

  #write(name) {
    const query = new URLSearchParams(location.search);
    if (name) query.set(this.kind, name);
    else query.delete(this.kind);
    const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
    history.replaceState(history.state, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
  }

  /** Asks which parts there are, and for the past of the one that is chosen; an answer that was overtaken is dropped. */
  async renew() {
    const { charts, path } = this.room;
    this.#asked += 1;
    const [mine, chosen] = [this.#asked, this.#chosen];
    if (!chosen) this.#show(null);
    if (!charts.kinds.includes(this.kind)) return;
    const query = { ...this.room.query(), kind: KINDS[this.kind] };
    const few = await ask(path, { ...query, points: FEW_POINTS }).catch(() => null);
    if (!few || mine !== this.#asked) return;
    this.#offer(choices(this.kind, few), chosen);
    if (!chosen) return;
    const points = Math.min(MOST_POINTS, Math.max(120, charts.part(this.kind).box.clientWidth));
    const answer = await ask(path, { ...query, name: chosen, points }).catch(() => null);
    if (answer && mine === this.#asked) this.#show(apart(this.kind, chosen, answer, this.room.isLive()));
  }

  #show(part) {
    this.room.charts.showApart(this.kind, part);
    this.words.hidden = !part?.words;
    setText(this.words, part?.words ?? "");
  }

  /** Fills the choice; what was chosen stays in it, though it be not measured in this span. */
  #offer(found, chosen) {
    const names = found.map(({ name }) => name);
    const all = chosen && !names.includes(chosen) ? [...found, { name: chosen, now: null }] : found;
    this.select.hidden = all.length < 2 && !chosen;
    this.select.value = chosen;
    if (document.activeElement === this.select && this.select.dataset.names === String(names)) return;
    this.select.dataset.names = String(names);
    const texts = all.map(({ name, now }) => [name, now === null ? name : `${name}, ${inUnit(now, "percent")}`]);
    this.select.replaceChildren(...[["", ALL[this.kind]], ...texts].map(([value, text]) => element("option", { value }, text)));
    this.select.value = chosen;
  }
}

export class PartPickers {
  #pickers = new Map();

  /** @param {Explorer} explorer; @param {string} path of the parts API */
  constructor(explorer, path) {
    const { charts, model } = explorer.dashboard;
    const stamp = (at) => new Date(at).toISOString();
    const query = () => {
      const { start, end } = explorer.bounds;
      return { host: model.host.name, start: stamp(start), end: stamp(end) };
    };
    this.room = { charts, path, query, isLive: () => explorer.range.kind === "live" };
    setInterval(() => !document.hidden && this.room.isLive() && this.renew(), AGAIN_MS);
  }

  /** Gives a chart its choice, where it shows something that has parts. */
  add(kind) {
    if (!KINDS[kind] || this.#pickers.has(kind) || !this.room.charts.part(kind)) return;
    this.#pickers.set(kind, new PartPicker(kind, this.room));
    this.#pickers.get(kind).renew();
  }

  live() {
    this.renew();
  }

  shown() {
    this.renew();
  }

  /** Another span is shown, or time has passed. */
  renew() {
    for (const picker of this.#pickers.values()) picker.renew();
  }
}
