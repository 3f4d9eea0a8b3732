// Names on the map, each with its halo; one that would touch another, or outgrow its ground, waits until there is room.
/* global L, map_grid */
import {at} from "./painted.js";

const pane = map_grid.createPane("labels");
pane.classList.add("labels-pane", "leaflet-zoom-hide");
let labels = [];

export function name(units, buildings) {
  pane.replaceChildren();
  labels = [
    ...units.map(unit => make(unit, L.latLng(unit.at[1], unit.at[0]), unit.tint === "rest" ? "is-rest" : "")),
    ...buildings.filter(each => each.name).map(each => {
      const [west, south, east, north] = each.box, bounds = L.latLngBounds([south, west], [north, east]);
      return make({...each, bounds, note: ""}, bounds.getCenter(), "is-building");
    }),
  ];
  labels.sort((one, other) => other.weight - one.weight);
  place();
}

function make(thing, at, kind) {
  const element = document.createElement("div"), strong = document.createElement("b"), small = document.createElement("small");
  strong.textContent = thing.name;
  small.textContent = thing.note;
  element.className = `label ${kind}`;
  element.dataset.key = thing.key;
  element.append(strong, small);
  pane.append(element);
  const size = thing.bounds.getNorthEast().lng - thing.bounds.getSouthWest().lng;
  return {element, at, bounds: thing.bounds, weight: kind === "is-rest" ? -1 : size, loose: kind === "is-building" ? 2 : 1.1, note: Boolean(thing.note)};
}

const FORMS = ["", "is-small", "is-plain is-small"];

// All wear the fullest form in which as many names find room as in the barest; what does not fit then tries barer ones.
function place() {
  measure();
  const barest = FORMS.length - 1, room = FORMS.map((_, form) => placed(form, form).size);
  const chosen = placed(room.findIndex(count => count >= room[barest]), barest);
  for (const [label, {form, box}] of chosen) if (hides(box)) chosen.set(label, aside(label, form, chosen));
  for (const label of labels) {
    const found = chosen.get(label);
    label.element.classList.toggle("is-hidden", !found);
    if (!found) continue;
    dress(label, found.form);
    L.DomUtil.setPosition(label.element, L.point(found.box.left, found.box.top).round());
  }
}

// Largest ground first; each takes the fullest form, from `full` to `bare`, in which it fits its ground and touches no other.
function placed(full, bare) {
  const found = new Map();
  for (const label of labels) {
    const ground = extent(label), taken = [...found.values()];
    const free = candidates(label, full, bare).find(({form, box}) => inside(box, ground, looseness(label, form)) && !taken.some(other => touches(box, other.box)));
    if (free) found.set(label, free);
  }
  return found;
}

// The same name a little off, where it hides no station; where it was if there is no such place.
function aside(label, form, chosen) {
  const others = [...chosen].filter(([other]) => other !== label).map(([, {box}]) => box), ground = extent(label), {box} = chosen.get(label);
  const off = OFF.flatMap(down => OFF.map(right => moved(box, right / 2, down))).sort((one, other) => far(one, box) - far(other, box));
  const free = off.find(each => inside(each, ground, looseness(label, form)) && !others.some(other => touches(each, other)) && !hides(each));
  return {form, box: free ?? box};
}

const OFF = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];
// A name is wide: sideways it leaves its ground sooner than up or down.
const far = (one, other) => 2 * Math.abs(one.left - other.left) + Math.abs(one.top - other.top);

function moved({left, top, right, bottom}, across, down) {
  const x = across * (right - left), y = down * (bottom - top);
  return {left: left + x, top: top + y, right: right + x, bottom: bottom + y};
}

// Asked in steps of a station's disc; the breadth that tiles are asked with is one of tiles twice as large.
const DISC_PX = 14;
function hides({left, top, right, bottom}) {
  if (!window.ground_own) return false;
  for (let y = top; y <= bottom; y += DISC_PX)
    for (let x = left; x <= right; x += DISC_PX) if (at(map_grid.layerPointToLatLng([x, y]), 2 * DISC_PX, ["stations"])) return true;
  return false;
}

// The barest name may reach a little farther over its border than a full one.
const looseness = (label, form) => label.loose + (form === FORMS.length - 1 ? 0.25 : 0);

// The middle first, else a line up or down.
function candidates(label, full, bare) {
  const {x, y} = map_grid.latLngToLayerPoint(label.at);
  return label.forms.slice(full, bare + 1).flatMap((size, step) =>
    [0, -1, 1].map(line => ({form: full + step, box: around({x, y: y + line * size.height}, size)})));
}

// Sizes do not depend on zoom: read once, all forms together so that the page is laid out three times, not three times a label.
function measure() {
  const fresh = labels.filter(label => !label.forms);
  fresh.forEach(label => { label.forms = []; });
  FORMS.forEach((_, form) => {
    fresh.forEach(label => dress(label, form));
    fresh.forEach(label => label.forms.push({width: label.element.offsetWidth, height: label.element.offsetHeight}));
  });
}

function dress({element}, form) {
  element.classList.remove("is-plain", "is-small");
  element.classList.add(...FORMS[form].split(" ").filter(Boolean));
}

function extent({bounds}) {
  const {x: left, y: top} = map_grid.latLngToLayerPoint(bounds.getNorthWest()), {x: right, y: bottom} = map_grid.latLngToLayerPoint(bounds.getSouthEast());
  return {left, top, right, bottom};
}

// A name may be a little wider than its ground, and must stand within its height unless the ground is a building's.
function inside(box, ground, loose) {
  const width = ground.right - ground.left, height = ground.bottom - ground.top, slack = ((loose - 1) * height) / 2;
  return box.right - box.left <= width * loose && box.top >= ground.top - slack && box.bottom <= ground.bottom + slack;
}

const around = ({x, y}, {width, height}) => ({left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2});
const touches = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

map_grid.on("zoomend viewreset resize", place);
window.ground_own?.things.on("load", place);
