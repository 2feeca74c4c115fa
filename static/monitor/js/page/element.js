// Makes and fills elements; text goes in as text, never as markup.

/** An element with attributes (null and false are left out) and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** An icon of the sprite in the page. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Writes text only where it changed: an untouched node costs no layout and disturbs no selection. */
export function setText(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

/** The element with this data-slot inside `root`. */
export function slot(name, root = document) {
  return root.querySelector(`[data-slot="${name}"]`);
}
