// Going to another unit or date: panel and shapes are swapped, the address can be shared, the back button works.
/* global map_grid, ground_own */
import {address, announce, byId, hush, rests, say, toast, waits} from "./page.js";
import {draw, fit, lightBox, units} from "./shapes.js";
import {name} from "./labels.js";
import {mark} from "./uses.js";

let state, going, moved = false;

export const current = () => state;

export function show(next, animate = true, stay = false) {
  state = next;
  lightBox(null);
  name(units(), state.buildings);
  mark(state.markers);
  legend();
  document.dispatchEvent(new Event("legend"));
  ground_own.deepen(state.deeper);
  if (stay) return;
  moved = false;
  fitAll(animate);
}

function fitAll(animate) {
  const box = new URLSearchParams(location.search).get("box")?.split(",").map(Number);
  if (box?.length === 4 && box.every(Number.isFinite)) {
    fit(box, animate);
    lightBox(box);
  } else if (state.box) {
    fit(state.box, animate);
  }
}

// A window that gets its size late, or another, still shows all of it, unless its reader has moved the map.
for (const kind of ["pointerdown", "wheel", "keydown"]) map_grid.getContainer().addEventListener(kind, () => { moved = true; }, {passive: true});
map_grid.on("resize", () => { if (state && !moved) fitAll(false); });

// The legend names what is shown, and leaves out what is not.
function legend() {
  byId("layers").hidden = !state.box;
  document.body.classList.toggle("shows-nothing", !state.box);
  for (const title of document.querySelectorAll("[data-title]")) {
    title.textContent = state.titles[title.dataset.title] ?? "";
    title.parentElement.hidden = !state.titles[title.dataset.title];
  }
}

// With `stay` the same place is looked at again, after a change: the map is not moved.
export async function go(href, {push = true, stay = false} = {}) {
  const to = new URL(href, location.href);
  going?.abort();
  going = new AbortController();
  busy(true);
  try {
    const answer = await fetch(`${to.pathname}/panel${to.search}`, {signal: going.signal, headers: {Accept: "application/json"}});
    if (answer.status === 401 || answer.status === 404 || answer.status === 403) return void location.assign(to);
    if (!answer.ok) throw new Error(answer.statusText);
    swap(await answer.json(), to, {push, stay});
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    toast(say("failed"), {title: say("retry"), go: () => go(href, {push, stay})});
  }
  busy(false);
  return undefined;
}

function swap({view, shapes}, to, {push, stay}) {
  const body = byId("panel-body"), top = stay ? body.scrollTop : 0;
  if (!stay) hush();
  if (push && !stay) history.pushState(null, "", to);
  document.title = view.title;
  body.innerHTML = view.html;
  body.scrollTop = top;
  const open = byId("timeline").open;
  byId("timeline").outerHTML = view.timeline;
  byId("timeline").open = open;
  draw(shapes);
  show(view.state, true, stay);
  document.dispatchEvent(new CustomEvent("view", {detail: shapes}));
  if (!stay) announce(say("opened", {name: view.state.name}));
}

function busy(on) {
  (on ? waits : rests)("panel");
  byId("panel-body").setAttribute("aria-busy", String(on));
}

export const up = () => document.querySelector("[data-up]")?.href;
// The row of a shape knows where it leads: to a unit, or to a building.
export const toUnit = key => go(document.querySelector(`#rows .row[data-key="${CSS.escape(key)}"]`)?.href ?? address({unit: key}));

window.addEventListener("popstate", () => go(location.href, {push: false}));
