// A line drawn on the map: a press sets a point, a second press at the same place ends it. By mouse, finger or keyboard.
/* global L, map_grid */
import {crossesItself, foot} from "./redraw_borders.js";
import "./plan_map.js"; // makes the pane that is drawn in

const FINGER_PX = 12;
const container = map_grid.getContainer();
const halo = L.polyline([], {className: "redraw-line-halo", interactive: false, pane: "plan"});
const line = L.polyline([], {className: "redraw-line", interactive: false, pane: "plan"});
const tail = L.polyline([], {className: "redraw-tail", interactive: false, pane: "plan"});
const corners = L.layerGroup();
let drawing = null, down = null;

export const points = () => drawing?.points ?? [];
export const asLine = () => ({type: "LineString", coordinates: points().map(({lng, lat}) => [round(lng), round(lat)])});
export const crosses = () => crossesItself(points().map(({lng, lat}) => [lng, lat]));
const round = degrees => Number(degrees.toFixed(8));

// `edges` gives the borders that points settle on; `changed` and `ended` are told.
export function start({edges, changed, ended, kept = []}) {
  stop();
  drawing = {points: kept.map(([lng, lat]) => L.latLng(lat, lng)), edges, changed, ended};
  [halo, line, tail, corners].forEach(layer => layer.addTo(map_grid));
  map_grid.doubleClickZoom.disable();
  container.classList.add("is-drawing");
  paint();
}

export function stop() {
  if (!drawing) return;
  drawing = null;
  [halo, line, tail, corners].forEach(layer => layer.remove());
  map_grid.doubleClickZoom.enable();
  container.classList.remove("is-drawing");
}

export function back() {
  drawing?.points.pop();
  paint();
}

export function clear() {
  if (drawing) drawing.points = [];
  paint();
}

function add(latlng) {
  drawing.points.push(settled(latlng));
  paint();
}

function paint() {
  if (!drawing) return;
  halo.setLatLngs(drawing.points);
  line.setLatLngs(drawing.points);
  tail.setLatLngs([]);
  corners.clearLayers();
  drawing.points.forEach(point => L.circleMarker(point, {radius: 6, className: "redraw-corner", interactive: false, pane: "plan"}).addTo(corners));
  container.classList.toggle("is-crossing", crosses());
  drawing.changed();
}

// Within a finger's breadth of a border a point lies on it, at its corner if one is as near.
function settled(latlng) {
  const {x, y} = map_grid.latLngToLayerPoint(latlng), here = [x, y];
  let best = null, nearest = FINGER_PX;
  for (const edge of drawing.edges()) {
    const [one, other] = edge.map(([lng, lat]) => { const at = map_grid.latLngToLayerPoint([lat, lng]); return [at.x, at.y]; });
    const on = foot(here, [one, other]), gap = Math.hypot(on[0] - x, on[1] - y);
    if (gap >= nearest) continue;
    nearest = gap;
    const corner = [one, other].findIndex(end => Math.hypot(end[0] - x, end[1] - y) < FINGER_PX);
    best = corner >= 0 ? L.latLng(edge[corner][1], edge[corner][0]) : map_grid.layerPointToLatLng(on);
  }
  return best ?? latlng;
}

const at = event => map_grid.mouseEventToLatLng(event);
const onMap = event => !event.target.closest?.(".leaflet-control, .layers, .map-buttons, .redraw, button, dialog");

container.addEventListener("pointerdown", event => {
  down = drawing && event.isPrimary && event.button === 0 && onMap(event) ? {x: event.clientX, y: event.clientY} : null;
});

container.addEventListener("pointerup", event => {
  const pressed = down && event.isPrimary && Math.hypot(event.clientX - down.x, event.clientY - down.y) < FINGER_PX;
  down = null;
  if (!drawing || !pressed) return;
  const last = drawing.points.at(-1);
  if (!last || map_grid.latLngToContainerPoint(last).distanceTo(map_grid.mouseEventToContainerPoint(event)) >= FINGER_PX) add(at(event));
  else if (drawing.points.length > 1) drawing.ended();
});

container.addEventListener("pointermove", event => {
  if (drawing?.points.length && event.pointerType === "mouse") tail.setLatLngs([drawing.points.at(-1), at(event)]);
});

// Leaflet moves the map by the arrow keys; the point is set where the cross stands, in the middle.
container.addEventListener("keydown", event => {
  if (!drawing || event.target !== container) return;
  if (event.key === " ") add(map_grid.getCenter());
  else if (event.key === "Enter") drawing.ended();
  else if (event.key === "Backspace") back();
  else return;
  event.preventDefault();
});
