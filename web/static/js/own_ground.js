// The service's own base map, painted on canvas from its own vector tiles. A classic script: Folium's inline script calls it.
/* global L, protomapsL */
function ownGround(sources) {
  const shown = new Set(Object.keys(sources));
  let below = null;
  const width = stops => protomapsL.exp(1.6, stops);
  const rule = (layer, symbolizer, more = {}) => ({
    dataSource: layer,
    dataLayer: layer === "deeper" ? "units" : layer,
    symbolizer,
    ...more,
    filter: (zoom, feature) => shown.has(layer) && (!more.filter || more.filter(zoom, feature)),
  });
  const wide = (zoom, feature) => ["motorway", "trunk", "primary", "secondary"].includes(feature.props.class);
  const narrow = (zoom, feature) => zoom >= 14 && !wide(zoom, feature);
  const street = (color, filter, stops) => rule("streets", new protomapsL.LineSymbolizer({color, width: width(stops)}), {filter});

  const closeEnough = (zoom, {props}) => below !== null && zoom >= below.zoom && props.level === below.level && props.kind !== "remainder";

  const layer = protomapsL.leafletLayer({
    sources,
    attribution: "",
    maxZoom: 20,
    zIndex: 2,
    labelRules: [rule("streets", new protomapsL.LineLabelSymbolizer({labelProps: ["name"], font: "12px sans-serif", fill: "#6f6654", stroke: "#fff", width: 3}), {minzoom: 17})],
    paintRules: [
      rule("compounds", new protomapsL.PolygonSymbolizer({fill: "#fbfaf6", stroke: "#d9d0bd", width: 1}), {minzoom: 12}),
      street("#ded6c6", narrow, [[13, 1], [16, 5], [18, 14], [20, 40]]),
      street("#d0c6b2", wide, [[8, 0.6], [13, 3.4], [16, 10], [18, 24], [20, 64]]),
      street("#ffffff", narrow, [[13, 0.5], [16, 3.6], [18, 12], [20, 37]]),
      street("#ffffff", wide, [[8, 0.3], [13, 2.2], [16, 8.4], [18, 22], [20, 61]]),
      rule("buildings", new protomapsL.PolygonSymbolizer({fill: "#d8d0c3", stroke: "#c3b8a5", width: 1}), {minzoom: 14}),
      rule("deeper", new protomapsL.LineSymbolizer({color: "#6b7680", width: 0.8, opacity: 0.8}), {filter: closeEnough}),
    ],
  });
  const paint = () => {
    if (!layer._map) return;
    layer.clearLayout();
    layer.rerenderTiles();
  };
  layer.show = names => {
    shown.clear();
    names.forEach(name => shown.add(name));
    paint();
  };
  // Borders of this level, from this zoom on.
  layer.deepen = next => {
    if (next?.level === below?.level && next?.zoom === below?.zoom) return;
    below = next;
    paint();
  };
  return layer;
}
