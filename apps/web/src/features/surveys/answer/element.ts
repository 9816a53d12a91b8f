/** Elements of the page, made by hand: the page of people who answer carries no framework. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes and children; an attribute that is false or undefined is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

export function button(label: string, className: string, act: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", class: className }, label);
  made.addEventListener("click", act);
  return made;
}

const drawing = "http://www.w3.org/2000/svg";

/** A face from unhappy (share 0) to happy (1). */
export function face(share: number): SVGElement {
  const svg = document.createElementNS(drawing, "svg");
  svg.setAttribute("viewBox", "0 0 40 40");
  svg.setAttribute("aria-hidden", "true");
  const bend = (share - 0.5) * 14; // how far the middle of the mouth hangs below its ends
  svg.innerHTML =
    `<circle cx="20" cy="20" r="17" fill="none" stroke="currentColor" stroke-width="2.4"/>` +
    `<circle cx="14" cy="16" r="2.2" fill="currentColor"/><circle cx="26" cy="16" r="2.2" fill="currentColor"/>` +
    `<path d="M12 ${26 - bend / 2} Q20 ${26 + bend} 28 ${26 - bend / 2}" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/>`;
  return svg;
}
