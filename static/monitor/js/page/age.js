// The age of what a clock told; a time that lies ahead has none, for its clock was set back since, or is another one.

import { allowedSkew } from "./vocabulary.js";

/** Ms from a time to now, both by the server's clock; a little ahead is 0, further ahead is null: not known. */
export function age(at, now) {
  return now - at < -allowedSkew() ? null : Math.max(0, now - at);
}
