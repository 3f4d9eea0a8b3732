// What stands at a place of the map, as far as it is painted; asks nothing of the page, so that every map may use it.
/* global ground_own */
const NOUNS = ["stations", "gates", "parking_spaces", "parking_lots", "fire_lanes"];

// The topmost thing within a finger's breadth; of some nouns, where they are named.
export function at(latlng, breadth = 10, nouns = NOUNS) {
  const found = ground_own.things?.queryTileFeaturesDebug(latlng.lng, latlng.lat, breadth);
  for (const noun of nouns) {
    const pick = (found?.get(noun) ?? []).find(({layerName}) => layerName === noun);
    if (pick && ground_own.shows(noun)) return {noun, ...pick.feature.props};
  }
  return null;
}
