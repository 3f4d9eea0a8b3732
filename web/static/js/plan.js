// The start of a plan's page: the first view is on the page already; from here on scripts keep panel and map together.
/* global L, map_grid, shapes_unit */
import {byId, first, phone} from "./page.js";
import {fit, index, lift, light, lightBox} from "./shapes.js";
import {go, show, up} from "./go.js";
import {apply} from "./control.js";
import {setSheet} from "./sheet.js";
import * as map from "./plan_map.js";
import {seen} from "./draft.js";
import {show as showPane} from "./plan_panes.js";
import "./redraw_tools.js";
import "./plan_after.js";
import "./plan_way.js";
import "./plan_said.js";
import "./plan_propose.js";
import "./plan_colours.js";
import "./locate.js";

const body = byId("panel-body");
const keyOf = event => event.propagatedFrom?.feature.properties.key ?? event.layer.feature.properties.key;
const mouse = window.matchMedia("(hover: hover)").matches;

shapes_unit.on("click", event => {
  L.DomEvent.stopPropagation(event);
  const way = document.querySelector(`#rows [data-key="${CSS.escape(keyOf(event))}"] a[data-go]`);
  if (way && !document.body.classList.contains("has-tool")) go(way.href);
  else map.pressUnit(keyOf(event));
});
if (mouse) {
  shapes_unit.on("mouseover", event => light(keyOf(event), true));
  shapes_unit.on("mouseout", event => light(keyOf(event), false));
}
for (const [kind, on] of [...(mouse ? [["mouseover", true], ["mouseout", false]] : []), ["focusin", true], ["focusout", false]]) {
  body.addEventListener(kind, event => {
    const row = event.target.closest?.(".row[data-key]");
    if (!row) return;
    light(row.dataset.key, on);
    if (on) lift(row.dataset.key);
  });
}

document.addEventListener("click", event => {
  const link = event.target.closest?.("a[data-go], [data-box]");
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  if (!link.dataset.box) return void go(link.href);
  const box = link.dataset.box.split(",").map(Number);
  if (phone.matches) setSheet("low");
  fit(box);
  lightBox(box);
});

document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]") && up()) go(up());
});

document.addEventListener("view", () => seen(map.version()));
if (window.innerWidth <= 1100) byId("layers").open = false; // there is no room for it beside the tools
index();
show(first, false);
map.paint();
showPane();
apply();
document.body.dataset.ready = "yes";
