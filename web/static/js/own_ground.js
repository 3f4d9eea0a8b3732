// The service's own base map, painted on canvas from its own vector tiles. A classic script: Folium's inline script calls it.
/* global L, protomapsL */
ownGround.SYMBOLS = (() => {
  const disc = (context, x, y, size) => {
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
  };
  const each = paint => ({
    draw(context, geometry, zoom, feature) {
      for (const {x, y} of geometry.flat()) paint(context, x, y, feature.props);
    },
  });
  const dot = (color, size) => each((context, x, y) => {
    disc(context, x, y, size);
    Object.assign(context, {fillStyle: color, strokeStyle: "#fff", lineWidth: 1});
    context.fill();
    context.stroke();
  });
  const square = each((context, x, y) => {
    Object.assign(context, {fillStyle: "#fff", strokeStyle: "#0f5d73", lineWidth: 2});
    context.fillRect(x - 4, y - 4, 8, 8);
    context.strokeRect(x - 4, y - 4, 8, 8);
  });
  // One station carries its sign, several at one place their number.
  const station = each((context, x, y, {count}) => {
    const several = count > 1, text = several ? String(count) : "\u7ad9";
    disc(context, x, y, several ? Math.min(14, 10 + String(count).length) : 9);
    Object.assign(context, {fillStyle: "#0f5d73", strokeStyle: "#fff", lineWidth: 2, textAlign: "center", textBaseline: "middle"});
    context.fill();
    context.stroke();
    context.font = `600 ${several ? 11 : 10}px "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`;
    context.fillStyle = "#fff";
    context.fillText(text, x, y + 0.5);
  });
  return {dot, square, station};
})();

function ownGround(offered) {
  const wanted = JSON.parse(document.getElementById("view").textContent).sources;
  const sources = Object.fromEntries(Object.entries(offered).filter(([name, {always}]) => always || wanted.includes(name)));
  const standing = new Set(["stations", "gates", "parking_lots", "parking_spaces", "fire_lanes"]);
  const those = above => Object.fromEntries(Object.entries(sources).filter(([name]) => standing.has(name) === above));
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
  const {main, minorZoom} = offered.streets;
  const wide = (zoom, feature) => main.includes(feature.props.class);
  const narrow = (zoom, feature) => zoom >= minorZoom && !wide(zoom, feature);
  const street = (color, filter, stops) => rule("streets", new protomapsL.LineSymbolizer({color, width: width(stops)}), {filter});

  const {SYMBOLS} = ownGround;
  const lineOnly = (zoom, feature) => feature.geomType === 2, areaOnly = (zoom, feature) => feature.geomType === 3;
  const pointOnly = (zoom, feature) => feature.geomType === 1;
  const area = (layer, fill, stroke, more = {}) => rule(layer, new protomapsL.PolygonSymbolizer({fill, stroke, width: 1.5}), {filter: areaOnly, ...more});

  const closeEnough = (zoom, {props}) => below !== null && zoom >= below.zoom && props.level === below.level && props.kind !== "remainder";

  const layer = protomapsL.leafletLayer({
    sources: those(false),
    attribution: "",
    maxZoom: 20,
    zIndex: 2,
    labelRules: [rule("streets", new protomapsL.LineLabelSymbolizer({labelProps: ["name"], font: "12px sans-serif", fill: "#6f6654", stroke: "#fff", width: 3}), {minzoom: 17})],
    paintRules: [
      rule("barriers", new protomapsL.PolygonSymbolizer({fill: "#cfe1ea"}), {filter: areaOnly}),
      rule("barriers", new protomapsL.LineSymbolizer({color: "#8d949b", width: 2, dash: [6, 4]}), {filter: (zoom, feature) => lineOnly(zoom, feature) && feature.props.kind === "railway"}),
      rule("barriers", new protomapsL.LineSymbolizer({color: "#cfe1ea", width: 3}), {filter: (zoom, feature) => lineOnly(zoom, feature) && ["river", "water"].includes(feature.props.kind)}),
      rule("compounds", new protomapsL.PolygonSymbolizer({fill: "#fbfaf6", stroke: "#d9d0bd", width: 1}), {minzoom: 12}),
      street("#ded6c6", narrow, [[13, 1], [16, 5], [18, 14], [20, 40]]),
      street("#d0c6b2", wide, [[8, 0.6], [13, 3.4], [16, 10], [18, 24], [20, 64]]),
      street("#ffffff", narrow, [[13, 0.5], [16, 3.6], [18, 12], [20, 37]]),
      street("#ffffff", wide, [[8, 0.3], [13, 2.2], [16, 8.4], [18, 22], [20, 61]]),
      rule("buildings", new protomapsL.PolygonSymbolizer({fill: "#d8d0c3", stroke: "#c3b8a5", width: 1}), {minzoom: 15}),
      rule("deeper", new protomapsL.LineSymbolizer({color: "#6b7680", width: 0.8, opacity: 0.8}), {filter: closeEnough}),
    ],
  });
  // What stands in the grid lies above the tints of the units, in a pane of its own.
  layer.things = protomapsL.leafletLayer({
    sources: those(true),
    attribution: "",
    maxZoom: 20,
    pane: "things",
    labelRules: [],
    paintRules: [
      area("parking_lots", "rgb(122 107 176 / 22%)", "#7a6bb0"),
      rule("parking_lots", SYMBOLS.dot("#7a6bb0", 5), {filter: pointOnly, minzoom: 14}),
      area("parking_spaces", "rgb(255 255 255 / 70%)", "#7a6bb0", {minzoom: 17}),
      rule("parking_spaces", SYMBOLS.dot("#7a6bb0", 2.5), {filter: pointOnly, minzoom: 17}),
      area("fire_lanes", "rgb(217 139 43 / 25%)", "#d98b2b", {minzoom: 14}),
      rule("fire_lanes", new protomapsL.LineSymbolizer({color: "#d98b2b", width: width([[14, 2], [17, 5], [20, 14]]), opacity: 0.35}), {filter: lineOnly, minzoom: 14}),
      rule("fire_lanes", new protomapsL.LineSymbolizer({color: "#d98b2b", width: width([[14, 1], [17, 2], [20, 4]]), dash: [6, 5]}), {filter: lineOnly, minzoom: 14}),
      rule("gates", SYMBOLS.square, {minzoom: 17}),
      rule("stations", SYMBOLS.station),
    ],
  });
  const paint = () => {
    for (const each of [layer, layer.things]) {
      if (!each._map) continue;
      each.clearLayout();
      each.rerenderTiles();
    }
  };
  layer.shows = name => shown.has(name);
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
