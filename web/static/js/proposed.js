// What a file would bring in, on the map: pressing a finding goes there, pressing a shape says which row it is.
/* global L, map_grid, ground_own */
import "./job.js";

const byId = id => document.getElementById(id);
const shapes = JSON.parse(byId("proposed").textContent);
const ORDER = ["unchanged", "repaired", "new", "changed", "refused"];
const asBounds = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);
let lit;

shapes.features.sort((one, other) => ORDER.indexOf(one.properties.outcome) - ORDER.indexOf(other.properties.outcome));
ground_own.show(["compounds", "streets", "buildings"]);
ground_own.addTo(map_grid);
const drawn = L.geoJSON(shapes, {
  style: ({properties}) => ({className: `proposed is-${properties.outcome}`}),
  pointToLayer: ({properties}, place) => L.circleMarker(place, {radius: 6, className: `proposed is-point is-${properties.outcome}`}),
}).addTo(map_grid);

// Text nodes only: names are typed by people.
drawn.bindTooltip(path => {
  const {row, key} = path.feature.properties, text = document.createElement("div"), small = document.createElement("small");
  small.textContent = `#${row}`;
  text.append(key, small);
  return text;
}, {sticky: true, direction: "top", offset: [0, -8]});

L.control.scale({imperial: false, maxWidth: 96, position: "bottomleft"}).addTo(map_grid);
L.control.zoom({position: "bottomright"}).addTo(map_grid);
L.control.attribution({prefix: "Leaflet", position: "bottomleft"}).addTo(map_grid);

const fit = box => map_grid.fitBounds(asBounds(box).pad(0.06), {maxZoom: 19, animate: false});
// What changes is looked at first; all of it where nothing does.
const changing = L.geoJSON(shapes, {filter: ({properties}) => properties.outcome !== "unchanged"}).getBounds();
const start = changing.isValid() ? [changing.getWest(), changing.getSouth(), changing.getEast(), changing.getNorth()] : shapes.bbox;
fit(start);
map_grid.once("resize", () => fit(start));

document.addEventListener("click", event => {
  const button = event.target.closest?.("button[data-box]");
  if (!button) return;
  const box = button.dataset.box.split(",").map(Number);
  lit?.remove();
  lit = L.rectangle(asBounds(box).pad(0.1), {className: "lit-place", interactive: false}).addTo(map_grid);
  fit(box);
  byId("map_grid").scrollIntoView({block: "nearest"});
});
