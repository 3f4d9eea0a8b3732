// What stands in the page becomes what was answered: only what differs is touched, so that focus, place and what was opened stay.
const OWN = new Set(["open"]); // what its reader sets
const part = ({dataset}) => dataset?.part ?? dataset?.key;
const alike = (one, other) => one.nodeName === other.nodeName && part(one) === part(other);

export function become(here, html) {
  const there = document.createElement(here.nodeName);
  there.innerHTML = html;
  fill(here, there);
}

function fill(here, there) {
  const rest = [...here.childNodes];
  const next = [...there.childNodes].map(node => {
    const at = rest.findIndex(each => alike(each, node));
    return at < 0 ? node : follow(...rest.splice(at, 1), node);
  });
  rest.forEach(each => each.remove());
  next.forEach((node, at) => { if (here.childNodes[at] !== node) here.insertBefore(node, here.childNodes[at] ?? null); });
}

function follow(here, there) {
  if (here.nodeType !== Node.ELEMENT_NODE) {
    if (here.data !== there.data) here.data = there.data;
  } else if (here.nodeName === "TEMPLATE") {
    here.innerHTML = there.innerHTML;
  } else if (!("filled" in here.dataset)) {
    for (const {name} of [...here.attributes]) if (!there.hasAttribute(name) && !OWN.has(name)) here.removeAttribute(name);
    for (const {name, value} of there.attributes) if (here.getAttribute(name) !== value && !OWN.has(name)) here.setAttribute(name, value);
    fill(here, there);
  }
  return here;
}
