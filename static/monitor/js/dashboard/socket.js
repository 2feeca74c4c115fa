// The WebSocket and its timers around the state machine of connection.js.

import { due, initial, next, silent } from "./connection.js";

const TICK_MS = 250;
const SLEPT_MS = 5000;

/** The address of the live socket for a path of this site. */
export function socketUrl(path, host, location) {
  const url = new URL(path, location);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (host) url.searchParams.set("host", host);
  return url.href;
}

export class LiveSocket {
  #socket = null;
  #url;
  #onFrame;
  #onChange;
  #lead = Date.now() - performance.now();

  constructor(url, { onFrame, onChange }) {
    this.#url = url;
    this.#onFrame = onFrame;
    this.#onChange = onChange;
    this.state = initial();
  }

  start() {
    addEventListener("online", () => this.#step({ type: "hurry" }));
    addEventListener("pageshow", () => this.#step({ type: "hurry" }));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#step({ type: "hurry" });
    });
    setInterval(() => this.#tick(), TICK_MS);
    this.#open();
  }

  /** Sends one frame; whether there was a connection to send it on. */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #step(event) {
    this.state = next(this.state, { now: performance.now(), random: Math.random(), ...event });
    this.#onChange(this.state);
  }

  #tick() {
    const now = performance.now();
    if (this.#slept(now)) this.#wake();
    else if (silent(this.state, now)) this.#abandon();
    else if (due(this.state, now)) this.#open();
    else if (this.state.phase === "waiting") this.#onChange(this.state);
  }

  /** The wall clock ran ahead of the monotonic one: the machine slept, and what is held open is dead. */
  #slept(now) {
    const lead = Date.now() - now;
    const slept = Math.abs(lead - this.#lead) > SLEPT_MS;
    this.#lead = lead;
    return slept;
  }

  #wake() {
    if (["open", "connecting"].includes(this.state.phase)) this.#abandon();
    this.#step({ type: "hurry" });
  }

  /** A link that is gone without a word: do not wait for the browser to notice. */
  #abandon() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#step({ type: "close", code: 1006 });
  }

  #open() {
    this.#step({ type: "connect" });
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#receive(data);
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.#step({ type: "close", code });
    });
  }

  #receive(data) {
    let frame = null;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    this.#step({ type: "frame" });
    this.#onFrame(frame);
  }
}
