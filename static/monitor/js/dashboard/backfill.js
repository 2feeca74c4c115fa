// Fetches the samples that the socket did not bring, by id, one request at a time.

export const LIMIT = 1000;
const MOST_PAGES = 20;
const MOST_TRIES = 5;
const PAUSE_MS = 5000;

/** Where to begin so that a long absence does not fetch more than one window: ids are dense enough for that. */
export function startAfter(lastKnown, lastId, windowMs, intervalSeconds) {
  const most = Math.ceil(windowMs / (intervalSeconds * 1000)) + 10;
  return Math.max(lastKnown ?? 0, lastId - most, 0);
}

/** A function that fetches one page {samples, next_after} of a host's samples. */
export function pageFetcher(path, host) {
  return async (after) => {
    const url = new URL(path, location.href);
    url.search = new URLSearchParams({ host, after, limit: LIMIT });
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return response.json();
  };
}

export class Backfill {
  #fetchPage;
  #onSamples;
  #pause;
  #wanted = null;
  #busy = false;

  /** @param {(ms: number) => Promise} pause waits between tries */
  constructor(fetchPage, onSamples, pause = (ms) => new Promise((done) => setTimeout(done, ms))) {
    this.#fetchPage = fetchPage;
    this.#onSamples = onSamples;
    this.#pause = pause;
  }

  /** Asks for every sample after an id; calls while one is under way are put together. */
  async want(after) {
    this.#wanted = this.#wanted === null ? after : Math.min(this.#wanted, after);
    if (this.#busy) return;
    this.#busy = true;
    for (let tries = 1; this.#wanted !== null && tries <= MOST_TRIES; ) {
      const from = this.#wanted;
      this.#wanted = null;
      if (await this.#pages(from)) continue;
      this.#wanted = Math.min(from, this.#wanted ?? from);
      tries += 1;
      await this.#pause(PAUSE_MS);
    }
    // Given up: what is still wanted comes with the next call, at the latest with the next connection.
    this.#busy = false;
  }

  /** Fetches page after page; false when the server could not answer. */
  async #pages(after) {
    let from = after;
    try {
      for (let page = 0; page < MOST_PAGES && from !== null; page += 1) {
        const { samples, next_after: nextAfter } = await this.#fetchPage(from);
        this.#onSamples(samples);
        from = samples.length < LIMIT || nextAfter === from ? null : nextAfter;
      }
      return true;
    } catch {
      return false;
    }
  }
}
