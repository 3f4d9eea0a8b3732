// A ring drawn in one go, by mouse or finger: whoever started it is told what lies inside.
/* global L, map_grid */
import "./plan_map.js"; // makes the pane that is drawn in

const container = map_grid.getContainer();
const ring = L.polygon([], {className: "redraw-lasso", interactive: false, pane: "plan"});
let told = null, drawn = null;

export function start(closed) {
  told = closed;
  map_grid.dragging.disable();
  container.classList.add("is-lasso");
}

export function stop() {
  if (!told) return;
  told = drawn = null;
  ring.remove();
  map_grid.dragging.enable();
  container.classList.remove("is-lasso");
}

container.addEventListener("pointerdown", event => {
  if (!told || !event.isPrimary || event.button !== 0 || event.target.closest?.("button, .redraw, .layers")) return;
  container.setPointerCapture(event.pointerId);
  drawn = [map_grid.mouseEventToLatLng(event)];
  ring.setLatLngs(drawn).addTo(map_grid);
});

container.addEventListener("pointermove", event => {
  if (!drawn || !event.isPrimary) return;
  drawn.push(map_grid.mouseEventToLatLng(event));
  ring.setLatLngs(drawn);
});

for (const kind of ["pointerup", "pointercancel"]) {
  container.addEventListener(kind, () => {
    const closed = drawn;
    drawn = null;
    ring.remove();
    if (kind === "pointerup" && closed?.length > 3) told({type: "Polygon", coordinates: [[...closed, closed[0]].map(({lng, lat}) => [lng, lat])]});
  });
}
