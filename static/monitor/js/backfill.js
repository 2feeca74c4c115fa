// Fetches the samples that the socket did not bring, by id, one request at a time.

const LIMIT = 1000;
const MOST_PAGES = 20;

/** Where to begin so that a long absence does not fetch more than one window: ids are dense enough for that. */
export function startAfter(lastKnown, lastId, windowMs, intervalSeconds) {
  const most = Math.ceil(windowMs / (intervalSeconds * 1000)) + 10;
  return Math.max(lastKnown ?? 0, lastId - most, 0);
}

export class Backfill {
  #url;
  #host;
  #onSamples;
  #wanted = null;
  #busy = false;

  constructor(url, host, onSamples) {
    this.#url = url;
    this.#host = host;
    this.#onSamples = onSamples;
  }

  /** Asks for every sample after an id; calls while one is under way are put together. */
  async want(after) {
    this.#wanted = this.#wanted === null ? after : Math.min(this.#wanted, after);
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#wanted !== null) {
        const from = this.#wanted;
        this.#wanted = null;
        await this.#pages(from);
      }
    } catch {
      // Not reachable just now: the next hello asks again.
    } finally {
      this.#busy = false;
    }
  }

  async #pages(after) {
    let from = after;
    for (let page = 0; page < MOST_PAGES && from !== null; page += 1) {
      const url = new URL(this.#url, location.href);
      url.search = new URLSearchParams({ host: this.#host, after: from, limit: LIMIT });
      const response = await fetch(url, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const { samples, next_after: nextAfter } = await response.json();
      this.#onSamples(samples);
      from = samples.length < LIMIT || nextAfter === from ? null : nextAfter;
    }
  }
}
