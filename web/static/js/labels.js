// Names on the map, each with its halo; one that would touch another, or outgrow its ground, waits until there is room.
/* global L, map_grid */
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

const FORMS = ["", "is-plain", "is-plain is-small"];

// Largest ground first; each takes the fullest form that fits.
function place() {
  measure();
  const taken = [];
  for (const label of labels) {
    const centre = map_grid.latLngToLayerPoint(label.at);
    const form = label.forms.findIndex(size => fits(label, size) && !taken.some(box => touches(box, around(centre, size))));
    label.element.classList.toggle("is-hidden", form < 0);
    if (form < 0) continue;
    dress(label, form);
    const box = around(centre, label.forms[form]);
    taken.push(box);
    L.DomUtil.setPosition(label.element, L.point(box.left, box.top));
  }
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

function fits({bounds, loose}, {width, height}) {
  const corner = map_grid.latLngToLayerPoint(bounds.getNorthWest()), other = map_grid.latLngToLayerPoint(bounds.getSouthEast());
  return width <= (other.x - corner.x) * loose && height <= (other.y - corner.y) * loose;
}

const around = ({x, y}, {width, height}) => ({left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2});
const touches = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

map_grid.on("zoomend viewreset resize", place);
