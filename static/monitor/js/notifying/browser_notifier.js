// Browser notifications and a short sound: both asked for by a click, both remembered in this browser.

import { addressOf } from "../page/addresses.js";
import { setText, slot } from "../page/element.js";
import { recall, remember } from "../page/storage.js";
import { button, notices } from "./browser_notices.js";

const TONE_HZ = 880;
const BEEP_SECONDS = 0.18;

export class BrowserNotifier {
  #alertUrl;
  #wanted = recall("notify", false) === true;
  #sound = recall("sound", false) === true;
  #audio = null;

  /** @param {string} alertUrl address of an alert's page, with 0 for its id */
  constructor(alertUrl) {
    this.#alertUrl = alertUrl;
  }

  start() {
    slot("notify").addEventListener("click", () => this.#toggle());
    slot("sound").addEventListener("click", () => this.#toggleSound());
    // A browser lets nothing sound before the first touch of a page.
    if (this.#sound) addEventListener("pointerdown", () => this.#context(), { once: true });
    this.#show();
  }

  /** Notifies of what changed: {fired, escalated, recovered}. */
  tell(news, words) {
    const all = notices(news, words);
    if (this.#wanted && this.#permission() === "granted") for (const one of all) this.#notify(one);
    if (this.#sound && all.some(({ loud }) => loud)) this.#beep();
  }

  #permission() {
    return globalThis.Notification?.permission ?? "denied";
  }

  async #toggle() {
    if (this.#permission() === "default") await Notification.requestPermission();
    this.#wanted = this.#permission() === "granted" && !this.#wanted;
    remember("notify", this.#wanted);
    this.#show();
  }

  #toggleSound() {
    this.#sound = !this.#sound;
    remember("sound", this.#sound);
    if (this.#sound) this.#beep();
    this.#show();
  }

  #show() {
    const view = button({ secure: globalThis.isSecureContext, supported: "Notification" in globalThis, permission: this.#permission(), wanted: this.#wanted });
    slot("notify").disabled = view.disabled;
    slot("notify-reason").hidden = view.reason === "";
    setText(slot("notify-reason"), view.reason);
    slot("notify").setAttribute("aria-pressed", String(view.pressed));
    setText(slot("notify"), view.word);
    slot("sound").setAttribute("aria-pressed", String(this.#sound));
    setText(slot("sound"), this.#sound ? "Sound on" : "Sound off");
  }

  #notify({ tag, title, body, id }) {
    try {
      const notice = new Notification(title, { tag, body, renotify: true });
      notice.addEventListener("click", () => {
        focus();
        location.assign(addressOf(this.#alertUrl, id));
      });
    } catch {
      // Some phones know the word but allow it in service workers only: banner and title still tell.
    }
  }

  #context() {
    const Audio = globalThis.AudioContext;
    if (!Audio) return null;
    this.#audio ??= new Audio();
    if (this.#audio.state === "suspended") this.#audio.resume().catch(() => null);
    return this.#audio;
  }

  #beep() {
    const audio = this.#context();
    if (!audio) return;
    const [tone, volume, now] = [audio.createOscillator(), audio.createGain(), audio.currentTime];
    tone.frequency.value = TONE_HZ;
    volume.gain.setValueAtTime(0.2, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + BEEP_SECONDS);
    tone.connect(volume).connect(audio.destination);
    tone.start(now);
    tone.stop(now + BEEP_SECONDS);
  }
}
