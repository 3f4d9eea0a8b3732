-- What is of a place is counted by leaf as it is written, so that the sums of a whole city are those of its leaves: read from the
-- things themselves they took seconds, and anew after every change. Sums of earlier instants are still read from the things.
ALTER TABLE leaf_sum ENABLE ROW LEVEL SECURITY;

-- Counts a noun anew in these units.
CREATE OR REPLACE FUNCTION count_leaves(counted text, units bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- Who comes second waits and then sees what the first one wrote; counted side by side, each would leave out the other's.
  PERFORM pg_advisory_xact_lock(hashtext('leaf_sum'), hashtext(counted));
  DELETE FROM leaf_sum WHERE noun = counted AND unit_id = ANY (units);
  CASE counted
    WHEN 'building_households' THEN
      INSERT INTO leaf_sum (unit_id, noun, kind, number, amount)
      SELECT s.unit_id, counted, k.kind, k.number, k.amount
      FROM (
        SELECT p.unit_id, h.basis, count(*) AS buildings, sum(h.households) AS households, count(h.shops) AS known, sum(h.shops) AS shops
        FROM building_place p JOIN building_households h ON h.building_id = p.building_id AND upper_inf(h.valid)
        WHERE upper_inf(p.valid) AND p.unit_id = ANY (units) GROUP BY p.unit_id, h.basis
      ) s, LATERAL (VALUES (s.basis, s.buildings, s.households), ('shops/' || s.basis, s.known, s.shops)) AS k (kind, number, amount);
    WHEN 'parking_lot' THEN
      INSERT INTO leaf_sum (unit_id, noun, kind, number, amount)
      SELECT p.unit_id, counted, '', count(*), sum(v.capacity)
      FROM parking_lot_place p JOIN parking_lot_version v ON v.parking_lot_id = p.parking_lot_id AND upper_inf(v.valid)
      WHERE upper_inf(p.valid) AND p.unit_id = ANY (units) GROUP BY p.unit_id;
    WHEN 'parking_space' THEN
      INSERT INTO leaf_sum (unit_id, noun, kind, number)
      SELECT p.unit_id, counted, v.kind || '/' || coalesce(v.level, 'unknown'), count(*)
      FROM parking_space_place p JOIN parking_space_version v ON v.parking_space_id = p.parking_space_id AND upper_inf(v.valid)
      WHERE upper_inf(p.valid) AND p.unit_id = ANY (units) GROUP BY 1, 3;
    WHEN 'fire_lane' THEN
      INSERT INTO leaf_sum (unit_id, noun, kind, number, amount)
      SELECT p.unit_id, counted, '', count(*) FILTER (WHERE p.id = (
        SELECT q.id FROM fire_lane_place q WHERE q.fire_lane_id = p.fire_lane_id AND upper_inf(q.valid) ORDER BY q.share DESC, q.unit_id LIMIT 1
      )), sum(p.length_m)
      FROM fire_lane_place p WHERE upper_inf(p.valid) AND p.unit_id = ANY (units) GROUP BY p.unit_id;
  END CASE;
END $$;

REVOKE ALL ON FUNCTION count_leaves(text, bigint[]) FROM PUBLIC;

-- Counts a noun (the first argument) anew where rows of <thing>_place (the second one) came or went, and where else those things stand.
CREATE OR REPLACE FUNCTION count_places() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  units bigint[];
BEGIN
  EXECUTE CASE TG_ARGV[0] WHEN 'fire_lane' THEN $q$
    SELECT array_agg(DISTINCT p.unit_id) FROM fire_lane_place p WHERE p.fire_lane_id IN (SELECT fire_lane_id FROM touched)
  $q$ ELSE 'SELECT array_agg(DISTINCT unit_id) FROM touched' END INTO units;
  IF units IS NOT NULL THEN
    PERFORM count_leaves(TG_ARGV[0], units);
  END IF;
  RETURN NULL;
END $$;

-- Counts a noun (the first argument) anew where the things (the second one) stand whose rows came or went.
CREATE OR REPLACE FUNCTION count_things() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  units bigint[];
BEGIN
  EXECUTE format('SELECT array_agg(DISTINCT p.unit_id) FROM touched t JOIN %1$s_place p ON p.%1$s_id = t.%1$s_id AND upper_inf(p.valid)',
    TG_ARGV[1]) INTO units;
  IF units IS NOT NULL THEN
    PERFORM count_leaves(TG_ARGV[0], units);
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  given text[];
BEGIN
  FOREACH given SLICE 1 IN ARRAY ARRAY[
    ['building_place', 'count_places', 'building_households', 'building'], ['building_households', 'count_things', 'building_households', 'building'],
    ['parking_lot_place', 'count_places', 'parking_lot', 'parking_lot'], ['parking_lot_version', 'count_things', 'parking_lot', 'parking_lot'],
    ['parking_space_place', 'count_places', 'parking_space', 'parking_space'],
    ['parking_space_version', 'count_things', 'parking_space', 'parking_space'],
    ['fire_lane_place', 'count_places', 'fire_lane', 'fire_lane'], ['fire_lane_version', 'count_things', 'fire_lane', 'fire_lane']
  ] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER begun_counted AFTER INSERT ON %I REFERENCING NEW TABLE AS touched
      FOR EACH STATEMENT EXECUTE FUNCTION %s(%L, %L)', given[1], given[2], given[3], given[4]);
    EXECUTE format('CREATE OR REPLACE TRIGGER changed_counted AFTER UPDATE ON %I REFERENCING NEW TABLE AS touched
      FOR EACH STATEMENT EXECUTE FUNCTION %s(%L, %L)', given[1], given[2], given[3], given[4]);
  END LOOP;
END $$;

-- Once for what was there before there were sums.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM leaf_sum) THEN
    PERFORM count_leaves(noun, ARRAY(SELECT unit_id FROM unit_version WHERE leaf AND upper_inf(valid)))
    FROM unnest(ARRAY['building_households', 'parking_lot', 'parking_space', 'fire_lane']) AS noun;
  END IF;
END $$;
