// While the server is asked: what was shown before is dimmed after a while, stays so where that failed, and words say so.

const DIM_AFTER_MS = 300;

export class Waiting {
  #root;
  #timer = 0;
  #say = null;

  /** @param {HTMLElement} root has data-loading and aria-busy meanwhile */
  constructor(root) {
    this.#root = root;
  }

  /** Something is asked for, perhaps in the place of what has not come yet; `say` is called where it takes long. */
  begin(say) {
    this.#say = say;
    if (this.#root.hasAttribute("aria-busy")) say();
    this.#timer ||= setTimeout(() => {
      this.#root.dataset.loading = "yes";
      this.#root.setAttribute("aria-busy", "true");
      this.#say();
    }, DIM_AFTER_MS);
  }

  /** The answer is there, or nothing is waited for any more. */
  end() {
    this.#stop();
    delete this.#root.dataset.loading;
  }

  /** There is none, and another try may help. */
  fail() {
    this.#stop();
    this.#root.dataset.loading = "failed";
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#root.removeAttribute("aria-busy");
  }
}
