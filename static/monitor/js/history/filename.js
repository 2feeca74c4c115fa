// The name of a saved file: host, chart and span, in letters that every system takes.

/** "db-01_load_2026-11-17T1100_2026-11-24T1100.png", times in the browser's zone. */
export function fileName({ host, kind, start, end }, extension) {
  const two = (number) => String(number).padStart(2, "0");
  const stamp = (at) => {
    const date = new Date(at);
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    return `${day}T${two(date.getHours())}${two(date.getMinutes())}`;
  };
  const name = host.normalize("NFKD").replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^[-.]+|-+$/g, "") || "host";
  return `${name}_${kind}_${stamp(start)}_${stamp(end)}.${extension}`;
}
