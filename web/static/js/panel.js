// The list and the map are one thing: pointing at a row lights its unit, pointing at a unit lights its row.
/* global L, map_grid, shapes_unit */
import {byId, phone} from "./page.js";
import {fit, lift, light, lightBox} from "./shapes.js";
import {go, toUnit, up} from "./go.js";
import {setSheet} from "./sheet.js";
import {at, open} from "./things.js";

const body = byId("panel-body");
const rowOf = event => event.target.closest?.(".row[data-key]");
const keyOf = event => event.propagatedFrom?.feature.properties.key ?? event.layer.feature.properties.key;

// A finger points at nothing before it presses.
const mouse = window.matchMedia("(hover: hover)").matches ? [["mouseover", true], ["mouseout", false]] : [];
for (const [kind, on] of [...mouse, ["focusin", true], ["focusout", false]]) {
  body.addEventListener(kind, event => {
    const row = rowOf(event);
    if (!row) return;
    light(row.dataset.key, on);
    if (on) lift(row.dataset.key);
    if (row.dataset.box) lightBox(on ? boxOf(row) : null);
  });
}

const boxOf = link => link.dataset.box.split(",").map(Number);
const plain = event => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", event => {
  const link = event.target.closest?.("a[data-go], a[data-box]");
  if (!link || !plain(event)) return;
  event.preventDefault();
  if (link.dataset.box && !("go" in link.dataset)) {
    if (phone.matches) setSheet("low");
    fit(boxOf(link));
    lightBox(boxOf(link));
  } else {
    go(link.href);
  }
});

shapes_unit.on("mouseover", event => {
  light(keyOf(event), true);
  document.querySelector(".row.is-lit")?.scrollIntoView({block: "nearest"});
});
shapes_unit.on("mouseout", event => light(keyOf(event), false));
shapes_unit.on("click", event => {
  L.DomEvent.stopPropagation(event); // else the map takes it for a press outside
  const thing = at(event.latlng);
  if (thing) open(thing, event.latlng);
  else toUnit(keyOf(event));
});

const typing = () => ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement?.tagName);

document.addEventListener("keydown", event => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing()) return;
  if (event.key === "/") {
    event.preventDefault();
    byId("search-text").focus();
  } else if (event.key === "Escape") {
    if (up()) go(up());
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && document.activeElement !== map_grid.getContainer()) {
    walk(event);
  }
});

function walk(event) {
  const rows = [...document.querySelectorAll("#rows .row")], at = rows.indexOf(document.activeElement);
  const next = rows[event.key === "ArrowDown" ? at + 1 : Math.max(0, at - 1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
