// The tabs of the panel: two lie in the page, two are asked for when they are opened; each says so when it cannot be had.
import {byId, say} from "./page.js";
import {become} from "./become.js";

let open = new URLSearchParams(location.search).get("tab") ?? "impact";
const kept = new Map();
let loading;

export function show(tab = open, query = location.search) {
  if (!byId(`tab-${tab}`)) return void show("impact");
  open = tab;
  for (const each of document.querySelectorAll("[role=tab]")) {
    const on = each.dataset.tab === tab;
    each.setAttribute("aria-selected", String(on));
    each.tabIndex = on ? 0 : -1;
  }
  loading?.abort();
  const pane = byId("pane"), inPage = byId(`pane-${tab}`);
  pane.setAttribute("aria-labelledby", `tab-${tab}`);
  if (!inPage) return void load(pane, tab, query);
  pane.removeAttribute("aria-busy");
  put(tab, inPage.innerHTML);
  document.dispatchEvent(new CustomEvent("pane", {detail: tab}));
  return undefined;
}

// What is shown already becomes what is new in it.
function put(tab, html) {
  const pane = byId("pane");
  if (pane.dataset.filled === tab) become(pane, html);
  else pane.innerHTML = html;
  pane.dataset.filled = tab;
}

async function load(pane, tab, query) {
  if (pane.dataset.filled !== tab) put(tab, kept.get(tab) ?? "<div class=\"pane-waits\"><i></i><i></i><i></i></div>");
  pane.setAttribute("aria-busy", "true");
  loading = new AbortController();
  try {
    const answer = await fetch(`${pane.dataset.address}/${tab}${query}`, {signal: loading.signal, headers: {Accept: "text/html"}});
    if (!answer.ok) throw new Error(answer.statusText);
    const html = await answer.text();
    kept.set(tab, html);
    put(tab, html);
  } catch (error) {
    if (error.name === "AbortError") return;
    kept.delete(tab);
    failed(byId("pane"), tab, query);
  }
  byId("pane").removeAttribute("aria-busy");
  document.dispatchEvent(new CustomEvent("pane", {detail: tab}));
}

function failed(pane, tab, query) {
  const told = document.createElement("p"), again = document.createElement("button");
  told.className = "empty-list";
  told.textContent = say("tab_failed");
  again.type = "button";
  again.className = "button";
  again.textContent = say("retry");
  again.addEventListener("click", () => load(pane, tab, query));
  pane.replaceChildren(told, again);
}

const body = byId("panel-body");
body.addEventListener("click", event => {
  const tab = event.target.closest?.("[role=tab]");
  if (tab) show(tab.dataset.tab);
});
body.addEventListener("keydown", event => {
  const tabs = [...document.querySelectorAll("[role=tab]")], at = tabs.indexOf(event.target);
  const next = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1}[event.key];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  const tab = tabs[(next + tabs.length) % tabs.length];
  show(tab.dataset.tab);
  tab.focus();
});
for (const kind of ["view", "settled"]) document.addEventListener(kind, () => show());
