// The server's time, kept by a monotonic clock: the browser's own date is never trusted.

export class ServerClock {
  #offset;
  #monotonic;

  /** @param {number} at the server's time in ms; @param {() => number} monotonic ms since some start */
  constructor(at, monotonic) {
    this.#monotonic = monotonic;
    this.#offset = at - monotonic();
  }

  /** A frame that says what time it is at the server: believed, forwards and backwards. A sample's time says no such thing. */
  hear(at) {
    this.#offset = at - this.#monotonic();
  }

  now() {
    return this.#offset + this.#monotonic();
  }
}
