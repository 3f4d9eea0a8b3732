// How the dwellings of each building are used, as a small bar of four colours at the building; the panel says the same in words.
/* global L, map_grid */
const pane = map_grid.createPane("uses");
pane.classList.add("uses-pane", "leaflet-zoom-hide");
const layer = L.layerGroup().addTo(map_grid), SVG = "http://www.w3.org/2000/svg", WIDE_PX = 40;
let markers = [];

export function mark(buildings) {
  markers = (buildings ?? []).map(({box: [west, south, east, north], uses}) => ({corners: [[south, west], [north, east]], marker: L.marker([(south + north) / 2, (west + east) / 2], {
    icon: L.divIcon({className: "uses-marker", html: bar(uses), iconSize: [48, 10], iconAnchor: [24, -9]}),
    pane: "uses",
    interactive: false,
    keyboard: false,
  })}));
  place();
}

function bar(uses) {
  const svg = document.createElementNS(SVG, "svg"), total = uses.reduce((sum, [, , count]) => sum + count, 0) || 1;
  svg.setAttribute("viewBox", "0 0 100 10");
  svg.setAttribute("preserveAspectRatio", "none");
  let at = 0;
  for (const [use, , count] of uses) {
    const part = document.createElementNS(SVG, "rect"), share = (100 * count) / total;
    part.setAttribute("class", `use-${use}`);
    for (const [name, value] of [["x", at], ["width", share], ["height", 10]]) part.setAttribute(name, value);
    svg.append(part);
    at += share;
  }
  return svg;
}

// Where a building is drawn much smaller than its bar, the bars of a lane would cover it and each other.
function place() {
  layer.clearLayers();
  for (const {corners, marker} of markers) {
    const [one, other] = corners.map(corner => map_grid.latLngToLayerPoint(corner));
    if (Math.hypot(other.x - one.x, other.y - one.y) >= WIDE_PX) marker.addTo(layer);
  }
}

map_grid.on("zoomend", place);
