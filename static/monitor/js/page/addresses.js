// Addresses of single things, made of the address that the server told for number 0.

/** "/alerts/7/" of "/alerts/0/", "/api/v1/alerts/7/acknowledge" of ".../0/acknowledge"; a sub-path may be "/0" as well. */
export function addressOf(url, id) {
  return url.replace(/\/0(?=(\/[a-z]*)?\/?$)/, `/${id}`);
}
