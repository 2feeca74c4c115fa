// The picker of hosts in the header: another host, the same range.

/** The query of the same view of another host. */
export function hostSearch(name, search) {
  const query = new URLSearchParams(search);
  query.set("host", name);
  return `?${query.toString().replaceAll("%3A", ":")}`;
}

/** Lets the picker lead to the host that is chosen; a page without one has a single host. */
export function startHosts(select, current) {
  if (!select) return;
  select.addEventListener("change", () => location.assign(hostSearch(select.value, location.search)));
  addEventListener("pageshow", () => {
    select.value = current; // a page that "back" brings again shows its own host
  });
}
