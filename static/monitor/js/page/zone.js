// Tells the server the browser's time zone, so that pages without scripts show its times too.

import { zone } from "./format.js";

const YEAR_SECONDS = 31536000;

/** The cookie that says a zone; "" for a name that no zone has. */
export function zoneCookie(name, path) {
  if (!/^[A-Za-z0-9_+-]{1,30}(\/[A-Za-z0-9_+-]{1,30}){0,2}$/.test(name)) return "";
  return `loadmon_zone=${name}; path=${path}; max-age=${YEAR_SECONDS}; samesite=lax`;
}

/** Remembers this browser's zone for the pages below `path`. */
export function tellZone(path) {
  const cookie = zoneCookie(zone(), path);
  if (cookie) document.cookie = cookie;
}
