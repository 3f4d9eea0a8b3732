// My position: asked for once a press; what stands in the way is said as a sentence.
/* global L, map_grid */
import {announce, byId, say, toast} from "./page.js";
import {current} from "./go.js";
import {asBounds} from "./shapes.js";

const button = byId("locate");
let mine;

button.addEventListener("click", () => {
  if (mine) return forget();
  if (!window.isSecureContext) return toast(say("position_insecure"));
  if (!navigator.geolocation) return toast(say("no_position"));
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(found, refused, {enableHighAccuracy: true, timeout: 15000, maximumAge: 10000});
  return undefined;
});

function found({coords}) {
  const at = L.latLng(coords.latitude, coords.longitude);
  button.removeAttribute("aria-busy");
  if (current().box && !asBounds(current().box).pad(0.5).contains(at)) return toast(say("position_outside"));
  button.setAttribute("aria-pressed", "true");
  mine = L.layerGroup([
    L.circle(at, {radius: coords.accuracy, className: "you-ring", interactive: false}),
    L.circleMarker(at, {radius: 8, className: "you-dot", interactive: false}),
  ]).addTo(map_grid);
  map_grid.setView(at, Math.max(map_grid.getZoom(), 17));
  return announce(say("you", {metres: Math.round(coords.accuracy)}));
}

function refused(error) {
  button.removeAttribute("aria-busy");
  toast(say(error.code === error.PERMISSION_DENIED ? "position_refused" : "no_position"));
}

function forget() {
  mine.remove();
  mine = undefined;
  button.setAttribute("aria-pressed", "false");
}
