// A plan on the map: the buildings of a leaf are drawn, and a press ticks them to be given to a neighbour.
/* global L, map_grid */
import {byId, first} from "./page.js";
import {index} from "./shapes.js";
import {current, show} from "./go.js";
import {apply} from "./control.js";
import "./panel.js";
import "./locate.js";

const layer = L.geoJson(null, {
  className: "plan-building",
  onEachFeature: (feature, path) => path.on("click", event => {
    L.DomEvent.stopPropagation(event);
    const box = boxOf(feature.properties.key);
    if (box) box.click();
  }),
}).addTo(map_grid);

const boxOf = key => byId("panel-body").querySelector(`[name=building][value="${CSS.escape(key)}"]`);

function paint() {
  layer.eachLayer(path => path.getElement()?.classList.toggle("is-ticked", Boolean(boxOf(path.feature.properties.key)?.checked)));
}

function draw() {
  layer.clearLayers();
  layer.addData((current()?.buildings ?? []).map(({key, shape}) => ({type: "Feature", properties: {key}, geometry: shape})));
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
