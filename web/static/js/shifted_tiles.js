// Raster tiles drawn in GCJ-02: the data stay where they are, each tile moves back to where its centre truly lies.
// A classic script: Folium's inline script calls it. The formulas are those of geodata/shifted.py; a test compares them.
/* global L */
const SHIFTED = {west: 72.004, south: 0.8293, east: 137.8347, north: 55.8271, radius: 6378245, eccentricity2: 0.00669342162296594323};

function toGcj02(lng, lat) {
  if (lng < SHIFTED.west || lng > SHIFTED.east || lat < SHIFTED.south || lat > SHIFTED.north) return [lng, lat];
  const x = lng - 105, y = lat - 35, wave = (by, part) => Math.sin((by / part) * Math.PI), root = Math.sqrt(Math.abs(x));
  const ripple = 20 * (wave(6 * x, 1) + wave(2 * x, 1));
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    + ((ripple + 20 * wave(y, 1) + 40 * wave(y, 3) + 160 * wave(y, 12) + 320 * wave(y, 30)) * 2) / 3;
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    + ((ripple + 20 * wave(x, 1) + 40 * wave(x, 3) + 150 * wave(x, 12) + 300 * wave(x, 30)) * 2) / 3;
  const phi = (lat * Math.PI) / 180, curve = 1 - SHIFTED.eccentricity2 * Math.sin(phi) ** 2;
  const meridian = (SHIFTED.radius * (1 - SHIFTED.eccentricity2)) / curve ** 1.5, parallel = (SHIFTED.radius / Math.sqrt(curve)) * Math.cos(phi);
  return [lng + ((east / parallel) * 180) / Math.PI, lat + ((north / meridian) * 180) / Math.PI];
}

function fromGcj02(lng, lat) {
  let x = lng, y = lat;
  for (let round = 0; round < 5; round += 1) {
    const [movedX, movedY] = toGcj02(x, y);
    x += lng - movedX;
    y += lat - movedY;
  }
  return [x, y];
}

const ShiftedTiles = L.TileLayer.extend({
  // Which tiles cover what is seen: asked where GCJ-02 draws it.
  _pxBoundsToTileRange(bounds) {
    const zoom = this._tileZoom, centre = this._map.unproject(bounds.getCenter(), zoom).wrap(), [lng, lat] = toGcj02(centre.lng, centre.lat);
    const offset = this._map.project([lat, lng], zoom).subtract(this._map.project(centre, zoom));
    return L.TileLayer.prototype._pxBoundsToTileRange.call(this, L.bounds(bounds.min.add(offset), bounds.max.add(offset)));
  },
  _getTilePos(coords) {
    const size = this.getTileSize(), drawn = coords.scaleBy(size).add(size.divideBy(2));
    const {lng, lat} = this._map.unproject(drawn, coords.z), [trueLng, trueLat] = fromGcj02(lng, lat);
    const offset = this._map.project([trueLat, trueLng], coords.z).subtract(drawn).round();
    return L.TileLayer.prototype._getTilePos.call(this, coords).add(offset);
  },
});

function shiftedTiles(url, options) {
  return new ShiftedTiles(url, options);
}
