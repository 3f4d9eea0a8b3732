// A press outside the own area asks the service whose ground it is.
/* global L, map_grid */
import {address, byId, say, toast} from "./page.js";
import {go} from "./go.js";
import {at, open} from "./things.js";

map_grid.on("click", async ({latlng}) => {
  const thing = at(latlng);
  if (thing) return void open(thing, latlng);
  const query = new URLSearchParams({lon: latlng.lng.toFixed(8), lat: latlng.lat.toFixed(8), crs: "EPSG:4490", jurisdiction: byId("stage").dataset.slug});
  for (const part of ["as_of", "lang"]) {
    const value = new URLSearchParams(location.search).get(part);
    if (value) query.set(part, value);
  }
  try {
    const answer = await fetch(`/api/v1/locate?${query}`, {headers: {Accept: "application/json"}});
    if (!answer.ok) throw new Error(answer.statusText);
    L.popup({closeButton: false, minWidth: 160}).setLatLng(latlng).setContent(content(await answer.json())).openOn(map_grid);
  } catch {
    toast(say("failed"));
  }
});

// Text nodes only: names are typed by people.
function content({chain}) {
  const box = document.createElement("div"), path = document.createElement("p"), last = chain.at(-1);
  path.className = "soft";
  path.textContent = last ? chain.slice(0, -1).map(unit => unit.name).join(" › ") : say("nobody");
  box.append(path);
  if (last) box.append(named(last), way(last));
  return box;
}

function named(unit) {
  const own = document.createElement("b");
  own.textContent = unit.kind === "remainder" ? say("remainder") : unit.name;
  return own;
}

function way(unit) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = say("open");
  button.addEventListener("click", () => { map_grid.closePopup(); go(address({unit: unit.id})); });
  return button;
}
