// What the panel's forms ask of the plan: its way through the office, and what is said about it.
/* global L, map_grid */
import {byId, say, toast} from "./page.js";
import {change, look} from "./draft.js";
import {show} from "./plan_panes.js";

const body = byId("panel-body");

body.addEventListener("submit", async event => {
  const form = event.target.closest("form[data-ask], form[data-say]");
  if (!form) return;
  event.preventDefault();
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  if (given.at) given.at = `${given.at}:00+08:00`;
  if (form.dataset.say) return void said(await look(form.dataset.say, {body: {...given, ...placed()}}));
  const done = answer => answer && answer !== "stale" && location.reload();
  done(await change(form.dataset.ask, {body: given, then: done}));
});

// A place for what is said: the next press on the map.
let place = null;
const dot = L.circleMarker([0, 0], {radius: 8, className: "said-place", interactive: false});
const placed = () => (place ? {lon: Number(place.lng.toFixed(8)), lat: Number(place.lat.toFixed(8))} : {});

body.addEventListener("click", async event => {
  const button = event.target.closest("button");
  if (button && "place" in button.dataset) {
    toast(say("press_place"));
    map_grid.getContainer().classList.add("is-drawing");
    map_grid.once("click", ({latlng}) => {
      map_grid.getContainer().classList.remove("is-drawing");
      place = latlng;
      dot.setLatLng(latlng).addTo(map_grid);
      body.querySelector("[data-placed]").textContent = say("place_chosen");
    });
  }
  if (button?.dataset.settle) said(await look(`/comments/${button.dataset.settle}/settle`));
});

function said(answer) {
  if (!answer) return;
  place = null;
  dot.remove();
  show("comments");
}
