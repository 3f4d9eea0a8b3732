// Search by name or code, as one types; arrows choose, Enter goes, Esc closes.
import {address, byId, say} from "./page.js";
import {go} from "./go.js";

const field = byId("search-text"), list = byId("search-hits");
let hits = [], chosen = -1, waiting, asking;

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(ask, 160);
});

async function ask() {
  const text = field.value.trim();
  asking?.abort();
  if (!text) return close();
  asking = new AbortController();
  const query = new URLSearchParams(location.search);
  query.set("q", text);
  try {
    const answer = await fetch(`${location.pathname}/search?${query}`, {signal: asking.signal});
    if (!answer.ok) throw new Error(answer.statusText);
    offer(await answer.json());
  } catch (error) {
    if (error.name !== "AbortError") note(say("failed"));
  }
  return undefined;
}

function offer(found) {
  hits = found;
  chosen = hits.length ? 0 : -1;
  if (!hits.length) return note(say("nothing"));
  list.replaceChildren(...hits.map((hit, place) => option(hit, place)));
  open();
  return mark();
}

function option(hit, place) {
  const row = document.createElement("li"), name = document.createElement("b"), small = document.createElement("small");
  row.id = `hit-${place}`;
  row.setAttribute("role", "option");
  name.textContent = hit.name;
  small.textContent = hit.kind === "unit" ? hit.code ?? "" : say(hit.kind);
  row.append(name, small);
  row.addEventListener("mousedown", event => { event.preventDefault(); take(place); });
  return row;
}

function note(text) {
  const row = document.createElement("li");
  row.className = "nothing";
  row.textContent = text;
  list.replaceChildren(row);
  hits = [];
  open();
}

function take(place) {
  const hit = hits[place];
  if (!hit) return;
  close();
  field.value = "";
  field.blur();
  go(address({...(hit.unit && {unit: hit.unit}), ...(hit.kind !== "unit" && {box: hit.box.join(",")})}));
}

function mark() {
  [...list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === chosen)));
  field.setAttribute("aria-activedescendant", chosen >= 0 ? `hit-${chosen}` : "");
}

function open() {
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
}

function close() {
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

field.addEventListener("keydown", event => {
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (step && hits.length) {
    event.preventDefault();
    chosen = (chosen + step + hits.length) % hits.length;
    mark();
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (list.hidden) field.blur();
    close();
  }
});
field.addEventListener("blur", close);
byId("search").addEventListener("submit", event => { event.preventDefault(); take(chosen); });
