// The layer card, which is the legend too; zoom buttons; Leaflet's scale and attribution in our places.
/* global L, map_grid, ground_own */
import {byId, first, phone, rests} from "./page.js";
import {setSheet} from "./sheet.js";

map_grid.createPane("things").classList.add("things-pane");
const card = byId("layers"), container = map_grid.getContainer();
const base = () => card.querySelector("[name=base]:checked")?.value ?? "own";
// What the legend leaves out is not drawn: there is none here, or it is not for this reader.
const ticked = name => {
  const box = card.querySelector(`[data-layer=${name}]`);
  return Boolean(box?.checked) && !box.parentElement.hidden;
};

function apply() {
  for (const name of ["outline", "units", "labels", "uses"]) container.classList.toggle(`hides-${name}`, !ticked(name));
  container.classList.toggle("is-blank", base() === "blank");
  for (const {value} of card.querySelectorAll("[name=base]")) {
    const raster = window[`tiles_${value}`];
    if (raster) (value === base() ? raster.addTo(map_grid) : raster.remove());
  }
  // A picture map has streets and compounds of its own; a blank one has nothing.
  const drawn = {own: ["barriers", "compounds", "streets", "buildings"], blank: []}[base()] ?? ["buildings"];
  ground_own.show([...drawn, "deeper", "stations", "gates", "parking_lots", "parking_spaces", "fire_lanes"].filter(ticked));
  ground_own.addTo(map_grid);
  ground_own.things.addTo(map_grid);
}

card.addEventListener("change", apply);
document.addEventListener("legend", apply);
ground_own.once("load", () => rests("ground"));
if (phone.matches) card.open = false;
card.addEventListener("toggle", () => { if (phone.matches && card.open) setSheet("low"); });

byId("zoom-in").addEventListener("click", () => map_grid.zoomIn(1));
byId("zoom-out").addEventListener("click", () => map_grid.zoomOut(1));
L.control.scale({imperial: false, maxWidth: 96, position: "bottomleft"}).addTo(map_grid);
L.control.attribution({prefix: "Leaflet", position: "bottomright"}).addTo(map_grid).addAttribution(escaped(first.attribution));

// Leaflet takes attributions as HTML; this one is typed by people.
function escaped(text) {
  const box = document.createElement("span");
  box.textContent = text;
  return box.innerHTML;
}

export {apply};
