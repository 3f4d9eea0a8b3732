// A plan on the map: its units and buildings, what differs from today, and today itself.
/* global L, map_grid, shapes_unit */
import {byId, first, say} from "./page.js";
import {draw, tip, units as named} from "./shapes.js";
import {current} from "./go.js";
import {name} from "./labels.js";
import {contains, edges, neighbours, only, size_m2} from "./redraw_borders.js";

let shapes = JSON.parse(byId("shapes").textContent), compares = false, locked = {units: [], buildings: []};
let press = () => {}, pressBuilding = () => {};
const ticked = new Set();
// Above the units, one of which comes to the front when somebody points at it.
map_grid.createPane("plan").style.zIndex = 420;
const lines = className => L.polyline([], {className, interactive: false, pane: "plan"}).addTo(map_grid);
const buildings = L.geoJson(null, {
  pane: "plan",
  style: ({properties: {key, unit, was}}) => ({className: `plan-building${was !== null && unit !== was ? " is-moved" : ""}${locked.buildings.includes(key) ? " is-locked" : ""}${ticked.has(key) ? " is-ticked" : ""}`}),
  onEachFeature: (feature, path) => path.bindTooltip(() => said(feature.properties), {sticky: true, direction: "top", offset: [0, -8]}).on("click", event => {
    L.DomEvent.stopPropagation(event);
    pressBuilding(feature.properties.key);
  }),
}).addTo(map_grid);
// What is only looked at; the plan's own borders give way to it.
const shown = L.geoJson(null, {interactive: false, pane: "plan", style: ({properties: {changed = true}}) => ({className: changed ? "border-proposed" : "border-same"})}).addTo(map_grid);
const gone = lines("border-old"), halo = lines("border-new-halo"), fresh = lines("border-new");

export const asks = handlers => { press = handlers.unit; pressBuilding = handlers.building; };
export const pressUnit = key => press(key);
export const unit = key => features().get(key)?.properties;
export const unitName = key => unit(key)?.name ?? current().today.find(each => each.key === key)?.name ?? key;
export const grounds = () => new Map([...features()].map(([key, feature]) => [key, feature.geometry]));
export const borders = () => shapes.units.features.flatMap(({geometry}) => [...edges(geometry).values()]);
export const beside = key => neighbours(grounds(), key);
export const isLocked = key => locked.buildings.includes(key) || locked.units.includes(Number(key));
export const version = () => current().version;
export const unitAt = point => [...features()].find(([, {geometry}]) => contains(geometry, point))?.[0];
export const houses = () => current().buildings;
export const chosen = () => houses().filter(({key}) => ticked.has(key));
export const inside = ring => houses().filter(({at}) => contains(ring, at)).map(({key}) => key);

// The units on both sides of a point of a line: those a little beside it.
export function unitsNear([lng, lat], gap = 2e-5) {
  return [[gap, 0], [-gap, 0], [0, gap], [0, -gap]].map(([dx, dy]) => unitAt([lng + dx, lat + dy])).filter(Boolean);
}

const features = () => new Map(shapes.units.features.map(feature => [feature.properties.key, feature]));

function said({name: own, note, unit: now, was}) {
  const from = was !== null && was !== now ? say("moved_building", {unit: unitName(was)}) : "";
  return tip({name: own || say("building"), note: [note, from].filter(Boolean).join(" · ")});
}

export function tick(keys, on) {
  keys.forEach(key => (on ?? !ticked.has(key) ? ticked.add(key) : ticked.delete(key)));
  paintBuildings();
}

export function untick() {
  ticked.clear();
  paintBuildings();
}

export function lock(now) {
  locked = now;
  paint();
}

function paintBuildings() {
  buildings.clearLayers();
  if (compares) buildings.addData(houses().map(each => ({...feature(each), properties: {...each, unit: each.was}})));
  else buildings.addData(houses().map(feature));
}

const feature = ({shape, ...properties}) => ({type: "Feature", properties, geometry: shape});

// What differs from today: only where the same kind of units is there today.
function paintBorders() {
  const now = shapes.units.features.map(({geometry}) => geometry), before = current().today.map(({shape}) => shape);
  const both = before.length > 1 && now.length > 0 && !compares;
  const asLines = found => found.map(edge => edge.map(([lng, lat]) => [lat, lng]));
  const added = both ? asLines(only(now, before)) : [], taken = both ? asLines(only(before, now)) : [];
  [halo, fresh].forEach(each => each.setLatLngs(added).bringToFront());
  gone.setLatLngs(taken).bringToFront();
  byId("redraw-legend").hidden = compares || (!added.length && !houses().some(each => each.was !== null && each.was !== each.unit));
}

export function preview(units) {
  shown.clearLayers();
  map_grid.getContainer().classList.toggle("is-previewing", Boolean(units));
  if (units) shown.addData(units).bringToFront();
}

// Class and note of each unit while they are coloured by a measure.
let shades = new Map();
export function shade(next) {
  shades = next;
  paint();
}
export const isToday = () => compares;

function paintShades() {
  map_grid.getContainer().classList.toggle("is-shaded", shades.size > 0);
  shapes_unit.eachLayer(path => {
    const found = shades.get(path.feature.properties.key);
    if (found) path.getElement()?.classList.add(`shade-${found.shade}`);
  });
}

export function paint() {
  if (compares) {
    const today = current().today.map(({key, name: own, shape}) => ({
      type: "Feature", geometry: shape, properties: {...(unit(key) ?? {tint: "rest", at: middle(shape)}), key, name: own, note: ""},
    }));
    draw({...shapes, units: collection(today)});
  } else {
    draw(shapes);
  }
  name(named().map(each => ({...each, note: [shades.get(each.key)?.note ?? each.note, isLocked(each.key) ? say("locked") : ""].filter(Boolean).join(" · ")})), houses());
  paintShades();
  paintBuildings();
  paintBorders();
}

function middle(shape) {
  const {lng, lat} = L.geoJson(shape).getBounds().getCenter();
  return [lng, lat];
}

const changes = ({units, gone: ended = []}) => ({
  changed: new Map((units?.features ?? []).filter(({properties}) => properties.leaf !== false).map(each => [String(each.properties.key), each])),
  lost: new Set(ended.map(String)),
});

// What a move would do: the buildings that come into another unit, and how many square metres.
export function would(answer) {
  const {changed, lost} = changes(answer);
  const goes = houses().filter(({unit: key, at}) => {
    const takes = [...changed].find(([, {geometry}]) => contains(geometry, at))?.[0];
    return (lost.has(key) || changed.has(key)) && takes !== undefined && takes !== key;
  });
  const grown = [...changed].map(([key, {geometry}]) => Math.max(0, size_m2(geometry) - (features().has(key) ? size_m2(features().get(key).geometry) : 0)));
  return {buildings: goes.length, households: goes.reduce((sum, each) => sum + (each.households ?? 0), 0), ground: grown.reduce((sum, each) => sum + each, 0)};
}

const WORLD = [[-540, -89], [540, -89], [540, 89], [-540, 89], [-540, -89]];
const collection = features => ({type: "FeatureCollection", features});
// Ground that answers to moves have brought, by unit, and every building that was shown, by its own key.
const brought = new Map(), met = new Map();

// The answer to a move: only what it changed is drawn anew.
export function patch(answer) {
  const {changed, lost} = changes(answer);
  for (const {geometry, properties} of answer.units?.features ?? []) brought.set(String(properties.key), geometry);
  if (![...changed.keys(), ...lost].some(key => features().has(key))) return;
  const kept = shapes.units.features.filter(({properties: {key}}) => !lost.has(key) && !changed.has(key));
  const drawn = [...changed].map(([key, {geometry, properties}]) => ({
    type: "Feature", geometry, properties: {tint: freeTint(kept), at: middle(geometry), note: "", ...unit(key), key, name: properties.name},
  }));
  shapes = {...shapes, units: collection([...kept, ...drawn])};
  paint();
}

// What the service then says of all that is shown: names, figures, who holds which building. False where ground or a building is not here.
export function settle({shapes: said, units, held, version: next}) {
  const ground = key => brought.get(key) ?? features().get(key)?.geometry;
  houses().forEach(house => met.set(house.key, house));
  if (said.some(({key}) => !ground(key)) || Object.keys(held).some(key => !met.has(key))) return false;
  const drawn = said.map(properties => ({type: "Feature", properties, geometry: ground(properties.key)}));
  Object.assign(current(), {units, version: next, buildings: Object.entries(held).map(([key, now]) => ({...met.get(key), unit: now}))});
  shapes = {...shapes, ...around(brought.get(current().unit)), units: collection(drawn)};
  paint();
  return true;
}

// The own border, and what dims everything outside it, where the unit that is shown has other ground.
function around(ground) {
  if (!ground) return {};
  const parts = ground.type === "Polygon" ? [ground.coordinates] : ground.coordinates;
  const veil = [[WORLD, ...parts.map(([outer]) => outer)], ...parts.flatMap(([, ...holes]) => holes.map(hole => [hole]))];
  const drawn = (tint, geometry) => collection([{type: "Feature", properties: {tint}, geometry}]);
  return {outline: drawn("own", ground), veil: drawn("none", {type: "MultiPolygon", coordinates: veil})};
}

const freeTint = kept => ["0", "1", "2", "3", "4", "5"].find(tint => !kept.some(({properties}) => properties.tint === tint)) ?? "0";

export function compare(on) {
  compares = on;
  byId("compare").setAttribute("aria-pressed", String(on));
  byId("compare-badge").hidden = !on;
  byId("compare-badge").textContent = say("today");
  paint();
  document.dispatchEvent(new Event("compared"));
}

byId("compare").addEventListener("click", () => compare(!compares));
document.addEventListener("view", ({detail}) => {
  shapes = detail;
  brought.clear();
  paint();
});
if (first.box) map_grid.getContainer().classList.add("is-plan");
