// What every script of the page asks for: elements, words, messages, addresses.
const json = id => JSON.parse(document.getElementById(id).textContent);

export const byId = id => document.getElementById(id);
export const words = json("words");
export const first = json("view");
export const phone = window.matchMedia("(max-width: 760px)");

export const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export function announce(text) {
  byId("live").textContent = text;
}

// A sentence over the map, with an optional way on; it leaves by itself unless there is one.
let leaving;
export function toast(text, way) {
  const box = byId("toast");
  clearTimeout(leaving);
  box.replaceChildren(text);
  if (way) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = way.title;
    button.addEventListener("click", () => { hush(); way.go(); });
    box.append(button);
  } else {
    leaving = setTimeout(hush, 6000);
  }
  box.hidden = false;
}

export function hush() {
  byId("toast").hidden = true;
}

// The bar over the map runs while something is under way: at first the ground, later a request.
const underWay = new Set(["ground"]);

export function waits(what) {
  underWay.add(what);
  byId("progress").hidden = false;
}

export function rests(what) {
  underWay.delete(what);
  byId("progress").hidden = underWay.size === 0;
}

// The address of this page with something changed; null takes a part away.
export function address(changes) {
  const query = new URLSearchParams(location.search);
  ["page", "box", ...("unit" in changes ? ["own", "building", "tab"] : [])].forEach(part => query.delete(part));
  for (const [part, value] of Object.entries(changes)) {
    if (value === null) query.delete(part);
    else query.set(part, value);
  }
  const text = query.toString();
  return location.pathname + (text ? `?${text}` : "");
}
