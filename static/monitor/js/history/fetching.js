// Asks the server for spans: only the newest question counts, and a slow answer is an error.

const PATIENCE_MS = 20000;

/** An error that says what the server said. */
export class Refused extends Error {
  constructor(status, error) {
    super(error || `status ${status}`);
    this.status = status;
    this.error = error;
  }
}

/** The answer of `path` with these parameters, as JSON. */
export async function ask(path, parameters, signal) {
  const url = new URL(path, location.href);
  url.search = new URLSearchParams(parameters);
  const response = await fetch(url, { headers: { Accept: "application/json" }, signal });
  const answer = await response.json().catch(() => null);
  if (!response.ok || answer === null) throw new Refused(response.status, answer?.error ?? "");
  return answer;
}

/** Asks one thing at a time: a new question drops the one under way, whose answer is never seen. */
export class Newest {
  #controller = null;

  /** The result of `question(signal)`; null when a newer question was asked meanwhile. */
  async ask(question) {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    let slow = false;
    const timer = setTimeout(() => {
      slow = true;
      controller.abort();
    }, PATIENCE_MS);
    try {
      const answer = await question(controller.signal);
      return this.#controller === controller ? answer : null;
    } catch (error) {
      if (this.#controller !== controller) return null;
      throw error instanceof Refused ? error : new Refused(0, slow ? "slow" : "");
    } finally {
      clearTimeout(timer);
    }
  }

  /** Nothing is wanted any more. */
  drop() {
    this.#controller?.abort();
    this.#controller = null;
  }
}
