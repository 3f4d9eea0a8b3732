// What is said about the plan: as marks on the map where it is about a place, as a list in the panel.
/* global L, map_grid */
import {byId, first, phone, say, toast} from "./page.js";
import {look} from "./draft.js";
import {show} from "./plan_panes.js";
import {setSheet} from "./sheet.js";
import {tip} from "./shapes.js";
import {current} from "./go.js";

const body = byId("panel-body"), container = map_grid.getContainer();
const marks = L.layerGroup().addTo(map_grid);
const dot = L.circleMarker([0, 0], {radius: 8, className: "said-place", interactive: false});
let place = null, lit = null;

// Typed by people: text nodes only.
function mark(said) {
  marks.clearLayers();
  for (const {key, number, at, body: text, by, settled} of said.filter(each => each.at)) {
    const face = document.createElement("span");
    face.textContent = number;
    const icon = L.divIcon({className: `said-mark${settled ? " is-settled" : ""}`, html: face, iconSize: [28, 28], iconAnchor: [14, 28]});
    L.marker([at[1], at[0]], {icon, alt: `${number} ${text}`, riseOnHover: true, zIndexOffset: 1000}).addTo(marks)
      .bindTooltip(tip({name: text, note: by}), {direction: "top", offset: [0, -28], className: "said-tip"})
      .on("click", () => { lit = key; if (phone.matches) setSheet("middle"); show("comments"); });
  }
}

async function say_it(form) {
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  said(await look(form.dataset.say, {body: {...given, ...(place ? {lon: Number(place.lng.toFixed(8)), lat: Number(place.lat.toFixed(8))} : {})}}));
}

function said(answer) {
  if (!answer?.items) return;
  leave();
  place = null;
  dot.remove();
  mark(answer.items.map(({id, body: text, by, lon, lat, settled_at: settled}, at) => ({key: id, number: at + 1, at: lon === null ? null : [lon, lat], body: text, by: by ?? "", settled: Boolean(settled)})));
  const open = answer.items.filter(each => !each.settled_at).length, count = byId("tab-comments").querySelector("small");
  count.textContent = open || "";
  show("comments");
}

body.addEventListener("submit", event => {
  const form = event.target.closest("form[data-say]");
  if (!form) return;
  event.preventDefault();
  say_it(form);
});

// The place of what is said is the next press on the map; Esc leaves it.
function choose() {
  toast(say("press_place"), {title: say("cancel"), go: leave});
  if (phone.matches) setSheet("low");
  container.classList.add("is-drawing", "is-placing");
  map_grid.once("click", placed);
}

function leave() {
  container.classList.remove("is-drawing", "is-placing");
  map_grid.off("click", placed);
  byId("toast").hidden = true;
}

function placed({latlng}) {
  leave();
  if (phone.matches) setSheet("middle");
  place = latlng;
  dot.setLatLng(latlng).addTo(map_grid);
  tellPlace();
}

function tellPlace() {
  const told = body.querySelector("[data-placed]");
  if (told) told.textContent = place ? say("place_chosen") : "";
}

document.addEventListener("keydown", event => {
  if (event.key !== "Escape" || !container.classList.contains("is-placing")) return;
  event.preventDefault();
  leave();
}, {capture: true});

body.addEventListener("click", async ({target}) => {
  const button = target.closest("button");
  if (button && "place" in button.dataset) choose();
  if (button?.dataset.settle) said(await look(`/comments/${button.dataset.settle}/settle`));
});

document.addEventListener("pane", ({detail}) => {
  if (detail !== "comments") return;
  tellPlace();
  const line = lit && body.querySelector(`[data-said="${CSS.escape(lit)}"]`);
  body.querySelector(".said .is-lit")?.classList.remove("is-lit");
  line?.classList.add("is-lit");
  line?.scrollIntoView({block: "center"});
  lit = null;
});
document.addEventListener("view", () => mark(current().comments));
mark(first.comments);
