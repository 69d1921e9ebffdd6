// Building and changing elements. Texts are set as texts, so nothing that a user has written becomes markup.

const SVG = "http://www.w3.org/2000/svg";

const built = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children);
  return element;
};

/** An element: `h("p", { class: "note" }, "text")`. */
export const h = (tag, attributes = {}, ...children) => built(document.createElement(tag), attributes, children);

/** An element of a drawing. */
export const svg = (tag, attributes = {}, ...children) =>
  built(document.createElementNS(SVG, tag), attributes, children);

/** A picture from the set in `index.html`; what it says is said in words beside it. */
export const icon = (name) =>
  svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#${name}` }));

/** Sets an attribute, or takes it away; leaves it alone if it is so already. */
export function setAttribute(element, name, value) {
  if (value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Sets a text; leaves it alone if it is so already. An element without a text is hidden. */
export function setText(element, text = "") {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === "";
}

/**
 * One view per item, in the items' order: `views` keeps them by key. A view is made once by `create(item)`, has an
 * `element` and `update(item, context)`, perhaps `closed()`, and is taken away with its item.
 */
export function showEach({ container, views }, items, { key, create, context }) {
  const gone = new Set(views.keys());
  let previous = null;
  for (const item of items) {
    const id = key(item);
    gone.delete(id);
    if (!views.has(id)) views.set(id, create(item));
    const view = views.get(id);
    view.update(item, context);
    const place = previous ? previous.nextSibling : container.firstChild;
    // Moving an element takes the focus from it: only what is out of place moves.
    if (view.element !== place) container.insertBefore(view.element, place);
    previous = view.element;
  }
  for (const id of gone) {
    const view = views.get(id);
    views.delete(id);
    view.element.remove();
    view.closed?.();
  }
}
