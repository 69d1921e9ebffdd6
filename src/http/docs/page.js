// Shows the OpenAPI document of this server: operations by tag, then the schemas that they name.

const METHODS = ["get", "post", "patch", "put", "delete"];

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const anchor = (reference) => `#schema-${reference.split("/").pop()}`;

// JSON with each reference as a link to its schema.
const shown = (value) => {
  const block = element("pre");
  for (const part of JSON.stringify(value, null, 2).split(/("#\/components\/schemas\/[^"]+")/)) {
    const isReference = part.startsWith('"#/components/');
    block.append(isReference ? element("a", { href: anchor(JSON.parse(part)) }, part) : part);
  }
  return block;
};

const parameters = (operation) => {
  if (!operation.parameters.length) return [];
  const rows = operation.parameters.map((parameter) =>
    element(
      "tr",
      {},
      element("td", {}, element("code", {}, parameter.name)),
      element("td", {}, parameter.in),
      element("td", {}, element("code", {}, JSON.stringify(parameter.schema))),
      element("td", {}, parameter.description ?? ""),
    ),
  );
  return [element("h4", {}, "Parameters"), element("table", {}, ...rows)];
};

const contents = (title, content = {}) =>
  Object.entries(content).flatMap(([type, { schema }]) => [element("h4", {}, `${title} ${type}`), shown(schema)]);

const operationOf = (method, path, operation) => {
  const access = operation.security.flatMap(Object.keys).join(" or ") || "anybody";
  return element(
    "details",
    { id: operation.operationId },
    element("summary", {}, element("code", { class: method }, method.toUpperCase()), " ", element("code", {}, path), ` ${operation.summary}`),
    element("p", {}, `For ${access}. ${operation.description ?? ""}`),
    ...parameters(operation),
    ...contents("Body", operation.requestBody?.content),
    ...Object.entries(operation.responses).flatMap(([status, response]) => contents(status, response.content)),
  );
};

const byTag = (paths) => {
  const tags = new Map();
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS.filter((known) => item[known])) {
      const [tag] = item[method].tags;
      tags.set(tag, [...(tags.get(tag) ?? []), operationOf(method, path, item[method])]);
    }
  }
  return tags;
};

const show = ({ info, paths, components }) => {
  document.querySelector("#about").textContent = `Version ${info.version}. ${info.description}`;
  for (const [tag, operations] of byTag(paths)) {
    document.querySelector("#tags").append(element("a", { href: `#tag-${tag}` }, tag), " ");
    document.querySelector("#operations").append(element("h2", { id: `tag-${tag}` }, tag), ...operations);
  }
  for (const [name, schema] of Object.entries(components.schemas)) {
    document.querySelector("#schemas").append(element("h3", { id: `schema-${name}` }, name), shown(schema));
  }
};

show(await (await fetch("/api/v1/openapi.json")).json());
