-- What stands in the grid and is of a place: parking lots and spaces, fire lanes. Each carries the paths of the leaves it
-- stands in today, the one with the largest share first; its jurisdiction's while it stands in none.

-- Begins with the path of the jurisdiction; a place follows with the next statement.
CREATE OR REPLACE FUNCTION begin_paths() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.paths := ARRAY[('j' || base36(NEW.jurisdiction_id))::ltree];
  RETURN NEW;
END $$;

-- Follows the places that a statement on <noun>_place touched; the noun is the trigger's argument.
-- Tables filled in the same transaction have no statistics yet: few places would be looked up in tables read whole.
CREATE OR REPLACE FUNCTION follow_places() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format($q$
    UPDATE %1$I n SET paths = coalesce(f.paths, ARRAY[('j' || base36(n.jurisdiction_id))::ltree])
    FROM (
      SELECT c.id, array_agg(v.path ORDER BY p.share DESC, v.code COLLATE "C", v.unit_id) FILTER (WHERE v.path IS NOT NULL) AS paths
      FROM (SELECT DISTINCT %1$s_id AS id FROM placed) c
      LEFT JOIN %1$s_place p ON p.%1$s_id = c.id AND upper_inf(p.valid)
      LEFT JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
      GROUP BY c.id
    ) f
    WHERE n.id = f.id AND n.paths IS DISTINCT FROM coalesce(f.paths, ARRAY[('j' || base36(n.jurisdiction_id))::ltree])
  $q$, TG_ARGV[0]);
  RETURN NULL;
END $$;

-- Follows units that an edition opened anew, with another path perhaps.
CREATE OR REPLACE FUNCTION follow_units() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  noun text;
BEGIN
  FOREACH noun IN ARRAY ARRAY['parking_lot', 'parking_space', 'fire_lane'] LOOP
    EXECUTE format($q$
      UPDATE %1$I n SET paths = f.paths
      FROM (
        SELECT p.%1$s_id AS id, array_agg(v.path ORDER BY p.share DESC, v.code COLLATE "C", v.unit_id) AS paths
        FROM %1$s_place p JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
        WHERE upper_inf(p.valid) AND p.%1$s_id IN (
          SELECT q.%1$s_id FROM opened o JOIN %1$s_place q ON q.unit_id = o.unit_id AND upper_inf(q.valid) WHERE upper_inf(o.valid)
        )
        GROUP BY p.%1$s_id
      ) f
      WHERE n.id = f.id AND n.paths IS DISTINCT FROM f.paths
    $q$, noun);
  END LOOP;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER unit_version_moves_facilities
AFTER INSERT ON unit_version
REFERENCING NEW TABLE AS opened
FOR EACH STATEMENT EXECUTE FUNCTION follow_units();

CREATE OR REPLACE TRIGGER parking_lot_begins_paths
BEFORE INSERT ON parking_lot FOR EACH ROW EXECUTE FUNCTION begin_paths();
CREATE OR REPLACE TRIGGER parking_space_begins_paths
BEFORE INSERT ON parking_space FOR EACH ROW EXECUTE FUNCTION begin_paths();
CREATE OR REPLACE TRIGGER fire_lane_begins_paths
BEFORE INSERT ON fire_lane FOR EACH ROW EXECUTE FUNCTION begin_paths();

CREATE OR REPLACE TRIGGER parking_lot_place_moves_paths
AFTER INSERT ON parking_lot_place REFERENCING NEW TABLE AS placed
FOR EACH STATEMENT EXECUTE FUNCTION follow_places('parking_lot');
CREATE OR REPLACE TRIGGER parking_lot_place_ends_paths
AFTER UPDATE ON parking_lot_place REFERENCING NEW TABLE AS placed
FOR EACH STATEMENT EXECUTE FUNCTION follow_places('parking_lot');
CREATE OR REPLACE TRIGGER parking_space_place_moves_paths
AFTER INSERT ON parking_space_place REFERENCING NEW TABLE AS placed
FOR EACH STATEMENT EXECUTE FUNCTION follow_places('parking_space');
CREATE OR REPLACE TRIGGER parking_space_place_ends_paths
AFTER UPDATE ON parking_space_place REFERENCING NEW TABLE AS placed
FOR EACH STATEMENT EXECUTE FUNCTION follow_places('parking_space');
CREATE OR REPLACE TRIGGER fire_lane_place_moves_paths
AFTER INSERT ON fire_lane_place REFERENCING NEW TABLE AS placed
FOR EACH STATEMENT EXECUTE FUNCTION follow_places('fire_lane');
CREATE OR REPLACE TRIGGER fire_lane_place_ends_paths
AFTER UPDATE ON fire_lane_place REFERENCING NEW TABLE AS placed
FOR EACH STATEMENT EXECUTE FUNCTION follow_places('fire_lane');
