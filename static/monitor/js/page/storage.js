// Remembers small choices in this browser; where storage is forbidden it forgets, and nothing else breaks.

const PREFIX = "loadmon.";

/** The remembered value, or `fallback`. */
export function recall(key, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** Remembers a value that JSON can hold. */
export function remember(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Forbidden or full: the choice holds until the page is left.
  }
}
