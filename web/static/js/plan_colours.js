// The units coloured by a measure, as planned or, while one compares, as today.
import {byId, say} from "./page.js";
import {look} from "./draft.js";
import {current} from "./go.js";
import * as map from "./plan_map.js";

const SHADES = 5;
let known = null, by = "";

const choice = () => document.querySelector("[data-colour]");
const figure = (value, {digits, unit}) => `${value.toLocaleString("en", {maximumFractionDigits: digits, minimumFractionDigits: digits})}${unit ? ` ${unit}` : ""}`;

async function offer() {
  const select = choice();
  if (!select) return;
  known ??= await look("/measures", {method: "GET"});
  if (!known || select !== choice()) return;
  select.append(...known.measures.map(each => new Option(each.name, each.key)));
  select.value = by;
  select.title = known.measures.find(each => each.key === by)?.source ?? "";
}

function colour() {
  const measure = known?.measures.find(each => each.key === by), legend = byId("colour-legend");
  legend.hidden = !measure;
  map.shade(new Map());
  if (!measure) return;
  const side = map.isToday() ? "was" : "becomes";
  const values = new Map(known.units.map(unit => [String(unit.key), unit[side][by]]).filter(([key, value]) => value !== null && (map.isToday() || current().units[key])));
  const all = known.units.flatMap(({was, becomes}) => [was[by], becomes[by]]).filter(value => value !== null);
  const low = Math.min(...all), high = Math.max(...all), step = value => (high > low ? Math.min(SHADES - 1, Math.floor(((value - low) / (high - low)) * SHADES)) : 0);
  map.shade(new Map([...values].map(([key, value]) => [key, {shade: step(value), note: figure(value, measure)}])));
  legend.querySelector("b").textContent = `${measure.name} · ${say(map.isToday() ? "today" : "planned")}`;
  legend.querySelector("[data-low]").textContent = figure(low, measure);
  legend.querySelector("[data-high]").textContent = figure(high, measure);
}

byId("panel-body").addEventListener("change", async ({target}) => {
  if (target !== choice()) return;
  by = target.value;
  known ??= await look("/measures", {method: "GET"});
  colour();
});
document.addEventListener("pane", ({detail}) => detail === "units" && offer());
document.addEventListener("compared", colour);
for (const kind of ["view", "settled"]) {
  document.addEventListener(kind, async () => {
    known = by ? await look("/measures", {method: "GET"}) : null;
    if (by) colour();
  });
}
