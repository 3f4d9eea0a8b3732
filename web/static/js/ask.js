// A press outside the own area asks the service whose ground it is.
/* global L, map_grid */
import {address, say, toast} from "./page.js";
import {go} from "./go.js";

map_grid.on("click", async ({latlng}) => {
  const query = new URLSearchParams({lon: latlng.lng.toFixed(8), lat: latlng.lat.toFixed(8), crs: "EPSG:4490"});
  const asOf = new URLSearchParams(location.search).get("as_of");
  if (asOf) query.set("as_of", asOf);
  try {
    const answer = await fetch(`/api/v1/locate?${query}`, {headers: {Accept: "application/json"}});
    if (!answer.ok) throw new Error(answer.statusText);
    L.popup({closeButton: false}).setLatLng(latlng).setContent(content(await answer.json())).openOn(map_grid);
  } catch {
    toast(say("failed"));
  }
});

function content({chain = []}) {
  const box = document.createElement("div"), path = document.createElement("p"), own = document.createElement("b"), last = chain.at(-1);
  if (!last) {
    path.textContent = say("nobody");
    box.append(path);
    return box;
  }
  path.className = "soft";
  path.textContent = chain.slice(0, -1).map(unit => unit.name).join(" › ");
  own.textContent = last.name;
  box.append(path, own);
  return box;
}

export {address, go};
