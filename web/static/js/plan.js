// A plan on the map: the buildings of a leaf are drawn, and a press ticks them to be given to a neighbour.
/* global L, map_grid */
import {byId, first, say} from "./page.js";
import {index, tip} from "./shapes.js";
import {current, show} from "./go.js";
import {apply} from "./control.js";
import "./panel.js";
import "./locate.js";

const layer = L.geoJson(null, {
  className: "plan-building",
  onEachFeature: (feature, path) => path.bindTooltip(tip(feature.properties), {sticky: true, direction: "top", offset: [0, -8]}).on("click", event => {
    L.DomEvent.stopPropagation(event);
    const box = boxOf(feature.properties.key);
    if (box) box.click();
  }),
}).addTo(map_grid);

const boxOf = key => byId("panel-body").querySelector(`[name=building][value="${CSS.escape(key)}"]`);

function paint() {
  count();
  layer.eachLayer(path => path.getElement()?.classList.toggle("is-ticked", Boolean(boxOf(path.feature.properties.key)?.checked)));
}

// What is ticked, in numbers, beside the button that gives it away.
function count() {
  const ticked = [...byId("panel-body").querySelectorAll("[name=building]:checked")], told = byId("ticked");
  if (!told) return;
  const households = ticked.reduce((sum, box) => sum + Number(box.closest("label").dataset.households), 0);
  told.dataset.empty ??= told.textContent;
  told.textContent = ticked.length ? say("ticked", {count: ticked.length, households: households.toLocaleString("en")}) : told.dataset.empty;
}

function draw() {
  layer.clearLayers();
  layer.addData((current()?.buildings ?? []).map(({shape, ...told}) => ({type: "Feature", properties: told, geometry: shape})));
  paint();
}

byId("panel-body").addEventListener("change", paint);
// Going to another unit swaps the panel: the buildings follow it.
new MutationObserver(draw).observe(byId("panel-body"), {childList: true});

index();
show(first, false);
draw();
apply();
document.body.dataset.ready = "yes";
