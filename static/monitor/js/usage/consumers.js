// What a consumer is called: its key in addresses, its words on the page, and which one an address asks for.

const WORDS = {
  service: "service",
  container: "container",
  session: "session",
  program: "program",
  kernel: "kernel",
  loadmon: "the monitor itself",
  others: "used less",
  not_seen: "short-lived, hidden, interrupts",
};
const NAMES = { others: "others", not_seen: "not seen" };

/** Whether it stands for what has no name of its own: all others together, or what nobody saw. */
export function isRest({ kind }) {
  return Object.hasOwn(NAMES, kind);
}

/** What tells it from all others: "service:nginx.service:", "program:make:anna". */
export function keyOf({ kind, name, user }) {
  return isRest({ kind }) ? kind : [kind, name, user].join(":");
}

/** "nginx.service"; "others" and "not seen" for the rest. */
export function nameOf({ kind, name }) {
  return NAMES[kind] ?? name;
}

/** "program, anna": what stands beside its name. */
export function noteOf({ kind, user }) {
  return [WORDS[kind] ?? kind, user].filter(Boolean).join(", ");
}

/** "make (anna)": one text that tells it from another of the same name. */
export function titleOf(consumer) {
  return consumer.user ? `${nameOf(consumer)} (${consumer.user})` : nameOf(consumer);
}

/** The consumer that an address asks for, {name, kind, user}, where kind and user may be ""; null where it asks for none. */
export function namedConsumer(search) {
  const query = new URLSearchParams(search);
  const [name, kind, user] = ["consumer", "kind", "user"].map((field) => query.get(field) ?? "");
  return name ? { name, kind, user } : null;
}

/** What asks for a consumer, in an address of the page and of the API alike; nothing for null. */
export function consumerQuery(consumer) {
  if (!consumer) return {};
  const { name, kind, user } = consumer;
  return { consumer: name, ...(kind ? { kind } : {}), ...(user ? { user } : {}) };
}

/** The query with a consumer; without one for null. */
export function withConsumer(search, consumer) {
  const query = new URLSearchParams(search);
  for (const field of ["consumer", "kind", "user"]) query.delete(field);
  for (const [field, value] of Object.entries(consumerQuery(consumer))) query.set(field, value);
  return queryText(query);
}

/** "?range=7d&charts=tasks,disk": a query as the page writes it; "" where nothing is left. */
export function queryText(query) {
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text ? `?${text}` : "";
}
