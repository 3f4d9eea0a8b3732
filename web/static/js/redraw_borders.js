// Borders as edges: a coverage shares its vertices, so that two borders are the same where their edges are.
const NEAR_DEG = 1e-7;

const rings = shape => (shape.type === "Polygon" ? [shape] : shape.type === "MultiPolygon" ? shape.coordinates.map(coordinates => ({coordinates})) : shape.geometries ?? [])
  .flatMap(({coordinates}) => coordinates);
const key = ([one, other]) => [one, other].map(point => point.join()).sort().join(" ");

export function edges(shape) {
  const found = new Map();
  for (const ring of rings(shape)) {
    for (let at = 1; at < ring.length; at += 1) {
      const edge = [ring[at - 1], ring[at]];
      found.set(key(edge), edge);
    }
  }
  return found;
}

const all = shapes => new Map(shapes.flatMap(shape => [...edges(shape)]));

// The edges of some shapes that are on no border of others; a vertex put into an edge makes no new border.
export function only(shapes, others) {
  const known = all(others), rest = [...all(shapes)].filter(([name]) => !known.has(name)).map(([, edge]) => edge);
  const near = [...known.values()];
  return rest.filter(([one, other]) => {
    const middle = [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    return !near.some(edge => gap(middle, edge) < NEAR_DEG);
  });
}

export function neighbours(shapes, key) {
  const own = edges(shapes.get(key));
  return [...shapes].filter(([other, shape]) => other !== key && [...edges(shape).keys()].some(name => own.has(name))).map(([other]) => other);
}

// The point of an edge nearest to another one, all in the same plane.
export function foot([x, y], [[ax, ay], [bx, by]]) {
  const dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
  const share = length ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return [ax + share * dx, ay + share * dy];
}

function gap(point, edge) {
  const [x, y] = foot(point, edge);
  return Math.hypot(point[0] - x, point[1] - y);
}

export function contains(shape, [x, y]) {
  let inside = false;
  for (const ring of rings(shape)) {
    for (let at = 1; at < ring.length; at += 1) {
      const [ax, ay] = ring[at - 1], [bx, by] = ring[at];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

const side = ([ax, ay], [bx, by], [x, y]) => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
const cross = ([a, b], [c, d]) => side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);

// Whether a line meets itself anywhere but at its corners; each step but the last is known to be fine.
export function crossesItself(points) {
  for (let one = 1; one < points.length; one += 1) {
    for (let other = one + 2; other < points.length; other += 1) {
      if (cross([points[one - 1], points[one]], [points[other - 1], points[other]])) return true;
    }
  }
  return false;
}

// On a plane that touches the ground: to about a square metre in a thousand. Outer rings and holes run opposite ways.
export function size_m2(shape) {
  const [[west, south]] = rings(shape)[0], tall = 111_320, wide = tall * Math.cos((south * Math.PI) / 180);
  const plane = ring => ring.map(([lng, lat]) => [(lng - west) * wide, (lat - south) * tall]);
  const twice = ring => ring.slice(1).reduce((sum, [x, y], at) => sum + ring[at][0] * y - x * ring[at][1], 0);
  return Math.abs(rings(shape).reduce((sum, ring) => sum + twice(plane(ring)), 0)) / 2;
}
