// What stands at a place of the map, as far as it is painted: pointing at it names it, pressing opens a card.
/* global L, map_grid, ground_own */
import {say, words} from "./page.js";
import {at} from "./painted.js";

export {at};

const tooltip = L.tooltip({direction: "top", offset: [0, -10]});
let shown;

const kind = thing => words[`${thing.noun}.${thing.kind ?? thing.form}`] ?? "";
const name = thing => (thing.count > 1 ? say("several", {count: thing.count}) : thing.name ?? thing.number ?? kind(thing));
const note = thing => [thing.name ?? thing.number ? kind(thing) : "", thing.clear_width_m ? `${thing.clear_width_m} m` : ""].filter(Boolean).join(" \u00b7 ");

// Text nodes only: names are typed by people.
export function card(thing) {
  const box = document.createElement("div"), own = document.createElement("b"), small = document.createElement("small");
  own.textContent = name(thing);
  small.textContent = note(thing);
  box.append(own, small);
  return box;
}

export function open(thing, latlng) {
  if (thing.count > 1) map_grid.setView(latlng, map_grid.getZoom() + 2);
  else L.popup({closeButton: false, minWidth: 140}).setLatLng(latlng).setContent(card(thing)).openOn(map_grid);
}

function point({latlng}) {
  const thing = at(latlng), key = thing && `${thing.noun} ${thing.id ?? thing.count}`;
  if (key === shown) return;
  shown = key;
  map_grid.getContainer().classList.toggle("is-on-thing", Boolean(thing));
  if (thing) tooltip.setLatLng(latlng).setContent(card(thing)).addTo(map_grid);
  else tooltip.remove();
}

// A finger points at nothing before it presses.
if (window.matchMedia("(hover: hover)").matches) {
  let waiting;
  map_grid.on("mousemove", event => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => point(event));
  });
  map_grid.on("mouseout zoomstart", () => { shown = undefined; tooltip.remove(); });
}
