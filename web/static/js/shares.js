// Who would look after whom, on the map: a line from each home; pointing at a row of the table lights that member's lines.
/* global L, map_grid, ground_own */
import {name} from "./labels.js";

const byId = id => document.getElementById(id);
const shares = JSON.parse(byId("shares").textContent);
const of = kind => shares.features.filter(({properties}) => properties.kind === kind);
const HOME_PX = 26, BESIDE = 4;

ground_own.show(["compounds", "streets", "buildings"]);
ground_own.addTo(map_grid);
L.geoJSON(of("house"), {className: "share-house", interactive: false}).addTo(map_grid);

const lines = L.geoJSON(of("line"), {
  style: ({properties: {tint, dwellings}}) => ({className: `share-line tint-${tint}`, weight: 2 + dwellings / 2}),
  onEachFeature: ({properties: {number, dwellings}}, line) => line.bindTooltip(`${number}: ${dwellings}`, {sticky: true}).on("mouseover mouseout", event => light(number, event.type === "mouseover")),
}).addTo(map_grid);

// Homes in one building stand side by side over its name, in rows.
L.geoJSON(of("home"), {
  pointToLayer: ({properties: {number, tint, turn, together}}, at) => L.marker(at, {
    interactive: false,
    keyboard: false,
    icon: L.divIcon({className: `share-home tint-${tint}`, html: `<b>${Number(number)}</b>`, iconSize: [HOME_PX, HOME_PX], iconAnchor: anchor(turn, together)}),
  }),
}).addTo(map_grid);

function anchor(turn, together) {
  const rows = Math.ceil(together / BESIDE), row = Math.floor(turn / BESIDE), here = Math.min(BESIDE, together - row * BESIDE);
  return [HOME_PX * (here / 2 - (turn % BESIDE)), HOME_PX * (rows - row) + 8];
}

function light(number, on) {
  lines.eachLayer(line => { if (line.feature.properties.number === number) line.getElement()?.classList.toggle("is-lit", on); });
  document.querySelector(`tr[data-number="${number}"]`)?.classList.toggle("is-lit", on);
}

for (const row of document.querySelectorAll("tr[data-number]")) {
  row.addEventListener("mouseenter", () => light(Number(row.dataset.number), true));
  row.addEventListener("mouseleave", () => light(Number(row.dataset.number), false));
}

L.control.scale({imperial: false, maxWidth: 96, position: "bottomleft"}).addTo(map_grid);
L.control.zoom({position: "bottomright"}).addTo(map_grid);
L.control.attribution({prefix: "Leaflet", position: "bottomleft"}).addTo(map_grid);
map_grid.scrollWheelZoom.disable(); // the wheel turns the page, which goes on below the map

const [west, south, east, north] = shares.bbox;
const fit = () => map_grid.fitBounds(L.latLngBounds([south, west], [north, east]), {paddingTopLeft: [40, 96], paddingBottomRight: [48, 40], maxZoom: 19, animate: false});
fit();
map_grid.once("resize", fit);
name([], of("house").map(({properties}) => properties));
document.body.dataset.ready = "yes";
