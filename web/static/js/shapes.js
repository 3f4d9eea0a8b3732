// The shapes that Folium drew: swapped when one goes elsewhere, lit when one points at them or at their row.
/* global L, map_grid, shapes_unit, shapes_outline, shapes_halo, shapes_veil */
import {byId, phone} from "./page.js";

const ORDER = () => [["veil", shapes_veil], ["units", shapes_unit], ["outline", shapes_halo], ["outline", shapes_outline]];
const paths = new Map();
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
let building;

export function draw(shapes) {
  for (const [name, layer] of ORDER()) {
    layer.clearLayers();
    layer.addData(shapes[name]);
  }
  index();
}

export function index() {
  paths.clear();
  shapes_unit.eachLayer(path => {
    paths.set(path.feature.properties.key, path);
    path.bindTooltip(tip(path.feature.properties), {sticky: true, direction: "top", offset: [0, -8]});
  });
}

// Text nodes only: names are typed by people.
export function tip({name, note}) {
  const box = document.createElement("div"), small = document.createElement("small");
  small.textContent = note;
  box.append(name, note ? small : "");
  return box;
}

export const units = () => [...paths.values()].map(path => ({...path.feature.properties, bounds: path.getBounds()}));

export function light(key, on) {
  paths.get(key)?.getElement()?.classList.toggle("is-lit", on);
  document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`).forEach(each => each.classList.toggle("is-lit", on));
}

// Its border over its neighbours'. Never while the mouse is on it: a path moved in the page loses the press that is under way.
export function lift(key) {
  [paths.get(key), shapes_halo, shapes_outline].forEach(each => each?.bringToFront());
}

export function lightBox(box) {
  building?.remove();
  building = box && L.rectangle(asBounds(box).pad(0.03), {className: "lit-building", interactive: false}).addTo(map_grid);
}

export const asBounds = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);

// Fit into what the panel, the sheet and the cards leave free.
export function fit(box, animate = true, largest = 19) {
  const card = byId("layers"), below = byId("panel").offsetHeight + 60 + 36;
  map_grid.fitBounds(asBounds(box), {
    paddingTopLeft: phone.matches ? [16, 100] : [48, 40],
    paddingBottomRight: phone.matches ? [16, Math.min(below, window.innerHeight * 0.65)] : [card.open ? card.offsetWidth + 40 : 72, 56],
    maxZoom: largest,
    animate: animate && !still.matches,
  });
}
