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
      SELECT c.id, array_agg(v.path ORDER BY p.share DESC, v.unit_id) FILTER (WHERE v.path IS NOT NULL) AS paths
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
        SELECT p.%1$s_id AS id, array_agg(v.path ORDER BY p.share DESC, v.unit_id) AS paths
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

-- Writes a question for now or for an instant, $3: held(x) becomes the condition that the row x holds then, seen(noun) that the thing of
-- the place p is open to the reader today, which goes without saying where the path asked about is of today and inside the scopes, $2.
CREATE OR REPLACE FUNCTION asked_at(question text, as_of timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(
    regexp_replace(question, 'held\((\w+)\)', CASE WHEN as_of IS NULL THEN 'upper_inf(\1.valid)' ELSE '\1.valid @> $3' END, 'g'),
    'seen\((\w+)\)', CASE WHEN as_of IS NULL THEN 'true' ELSE '(SELECT n.paths <@ ANY ($2) FROM \1 n WHERE n.id = p.\1_id)' END, 'g')
$$;

-- Answers the sums per path, for those paths that lie wholly inside the reader's scopes; no row for the others. Paths are those of
-- as_of (NULL is now); rights go by where things stand today. A lane counts where most of it runs, its length where it runs.
CREATE OR REPLACE FUNCTION facility_sums(wanted ltree[], as_of timestamptz DEFAULT NULL)
RETURNS TABLE (path ltree, parking_lots bigint, capacity bigint, parking_spaces bigint, spaces_by_kind jsonb, spaces_by_level jsonb,
               fire_lanes bigint, fire_lanes_m double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  -- Sums of now are read from those of the leaves, see 72_leaf_sums.sql; earlier ones from the things.
  RETURN QUERY EXECUTE asked_at($q$
    WITH leaf AS (
      SELECT w.path, u.unit_id FROM unnest($1) AS w (path) JOIN unit_version u ON u.path <@ w.path AND u.leaf AND held(u)
      WHERE $3 IS NOT NULL OR w.path <@ ANY ($2)
$q$ || CASE WHEN as_of IS NULL THEN $q$
    ), lots AS (
      SELECT l.path, sum(s.number)::bigint AS number, sum(s.amount)::bigint AS capacity, true AS seen
      FROM leaf l JOIN leaf_sum s ON s.unit_id = l.unit_id AND s.noun = 'parking_lot' GROUP BY l.path
    ), spaces AS (
      SELECT l.path, split_part(s.kind, '/', 1) AS kind, split_part(s.kind, '/', 2) AS level, sum(s.number) AS number, true AS seen
      FROM leaf l JOIN leaf_sum s ON s.unit_id = l.unit_id AND s.noun = 'parking_space' GROUP BY l.path, s.kind
    ), lanes AS (
      SELECT l.path, sum(s.amount) AS length_m, true AS seen, sum(s.number)::bigint AS number
      FROM leaf l JOIN leaf_sum s ON s.unit_id = l.unit_id AND s.noun = 'fire_lane' GROUP BY l.path
  $q$ ELSE $q$
    ), lots AS (
      SELECT l.path, count(*) AS number, sum(v.capacity) AS capacity, bool_and(seen(parking_lot)) AS seen
      FROM leaf l JOIN parking_lot_place p ON p.unit_id = l.unit_id AND held(p)
      JOIN parking_lot_version v ON v.parking_lot_id = p.parking_lot_id AND held(v)
      GROUP BY l.path
    ), spaces AS (
      SELECT l.path, v.kind, coalesce(v.level, 'unknown') AS level, count(*) AS number, bool_and(seen(parking_space)) AS seen
      FROM leaf l JOIN parking_space_place p ON p.unit_id = l.unit_id AND held(p)
      JOIN parking_space_version v ON v.parking_space_id = p.parking_space_id AND held(v)
      GROUP BY l.path, v.kind, v.level
    ), lanes AS (
      SELECT l.path, sum(p.length_m) AS length_m, bool_and(seen(fire_lane)) AS seen, count(*) FILTER (WHERE p.id = (
        SELECT q.id FROM fire_lane_place q WHERE q.fire_lane_id = p.fire_lane_id AND held(q) ORDER BY q.share DESC, q.unit_id LIMIT 1)) AS number
      FROM leaf l JOIN fire_lane_place p ON p.unit_id = l.unit_id AND held(p)
      GROUP BY l.path
  $q$ END || $q$
    ), by_kind AS (
      SELECT k.path, jsonb_object_agg(k.kind, k.number) AS numbers, sum(k.number)::bigint AS number, bool_and(k.seen) AS seen
      FROM (SELECT s.path, s.kind, sum(s.number) AS number, bool_and(s.seen) AS seen FROM spaces s GROUP BY s.path, s.kind) k
      GROUP BY k.path
    ), by_level AS (
      SELECT k.path, jsonb_object_agg(k.level, k.number) AS numbers
      FROM (SELECT s.path, s.level, sum(s.number) AS number FROM spaces s GROUP BY s.path, s.level) k GROUP BY k.path
    )
    SELECT w.path, coalesce(lots.number, 0), lots.capacity, coalesce(k.number, 0), coalesce(k.numbers, '{}'), coalesce(b.numbers, '{}'),
      coalesce(lanes.number, 0), coalesce(lanes.length_m, 0)
    FROM unnest($1) AS w (path) LEFT JOIN lots ON lots.path = w.path LEFT JOIN lanes ON lanes.path = w.path
    LEFT JOIN by_kind k ON k.path = w.path LEFT JOIN by_level b ON b.path = w.path
    WHERE CASE WHEN $3 IS NULL OR coalesce(lots.seen, k.seen, lanes.seen) IS NULL THEN w.path <@ ANY ($2)
          ELSE coalesce(lots.seen, true) AND coalesce(k.seen, true) AND coalesce(lanes.seen, true) END
  $q$, as_of) USING wanted, scopes('facilities.read'), as_of;
END $$;

-- Answers the parking lots at or below a path that the reader may see, by name.
CREATE OR REPLACE FUNCTION parking_lots_in(wanted ltree, as_of timestamptz, most integer, skip integer)
RETURNS TABLE (public_id uuid, name text, kind text, level text, capacity integer, spaces bigint, area_m2 double precision, compound text,
               unit_public_id uuid, west double precision, south double precision, east double precision, north double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE asked_at($q$
    SELECT n.public_id, v.name, v.kind, v.level, v.capacity,
      (SELECT count(*) FROM parking_space_version s WHERE s.lot_id = n.id AND held(s)), v.area_m2,
      (SELECT c.name FROM compound_version c WHERE c.compound_id = v.compound_id AND held(c)), unit.public_id,
      ST_XMin(v.geom), ST_YMin(v.geom), ST_XMax(v.geom), ST_YMax(v.geom)
    FROM unit_version u JOIN parking_lot_place p ON p.unit_id = u.unit_id AND held(p) JOIN unit ON unit.id = u.unit_id
    JOIN parking_lot n ON n.id = p.parking_lot_id JOIN parking_lot_version v ON v.parking_lot_id = n.id AND held(v)
    WHERE u.path <@ $1 AND u.leaf AND held(u) AND n.paths <@ ANY ($2)
    ORDER BY v.name NULLS LAST, n.id LIMIT $4 OFFSET $5
  $q$, as_of) USING wanted, scopes('facilities.read'), as_of, most, skip;
END $$;

-- Answers the parking spaces at or below a path that the reader may see, by number.
CREATE OR REPLACE FUNCTION parking_spaces_in(wanted ltree, as_of timestamptz, most integer, skip integer)
RETURNS TABLE (public_id uuid, number text, kind text, level text, lot text, unit_public_id uuid,
               west double precision, south double precision, east double precision, north double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE asked_at($q$
    SELECT n.public_id, v.number, v.kind, v.level,
      (SELECT l.name FROM parking_lot_version l WHERE l.parking_lot_id = v.lot_id AND held(l)), unit.public_id,
      ST_XMin(v.geom), ST_YMin(v.geom), ST_XMax(v.geom), ST_YMax(v.geom)
    FROM unit_version u JOIN parking_space_place p ON p.unit_id = u.unit_id AND held(p) JOIN unit ON unit.id = u.unit_id
    JOIN parking_space n ON n.id = p.parking_space_id JOIN parking_space_version v ON v.parking_space_id = n.id AND held(v)
    WHERE u.path <@ $1 AND u.leaf AND held(u) AND n.paths <@ ANY ($2)
    ORDER BY length(v.number), v.number, n.id LIMIT $4 OFFSET $5
  $q$, as_of) USING wanted, scopes('facilities.read'), as_of, most, skip;
END $$;

-- Answers the fire lanes that run at or below a path and that the reader may see, by name; here_m is how much of each runs there.
CREATE OR REPLACE FUNCTION fire_lanes_in(wanted ltree, as_of timestamptz, most integer, skip integer)
RETURNS TABLE (public_id uuid, name text, form text, clear_width_m double precision, clear_height_m double precision,
               length_m double precision, here_m double precision, area_m2 double precision, units uuid[],
               west double precision, south double precision, east double precision, north double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE asked_at($q$
    WITH here AS (
      SELECT p.fire_lane_id AS id, sum(p.length_m) AS length_m, array_agg(unit.public_id ORDER BY p.share DESC, p.unit_id) AS units
      FROM unit_version u JOIN fire_lane_place p ON p.unit_id = u.unit_id AND held(p) JOIN unit ON unit.id = u.unit_id
      WHERE u.path <@ $1 AND u.leaf AND held(u) GROUP BY p.fire_lane_id
    )
    SELECT n.public_id, v.name, v.form, v.clear_width_m, v.clear_height_m, v.length_m, here.length_m, v.area_m2, here.units,
      ST_XMin(v.geom), ST_YMin(v.geom), ST_XMax(v.geom), ST_YMax(v.geom)
    FROM here JOIN fire_lane n ON n.id = here.id JOIN fire_lane_version v ON v.fire_lane_id = n.id AND held(v)
    WHERE n.paths <@ ANY ($2)
    ORDER BY v.name NULLS LAST, n.id LIMIT $4 OFFSET $5
  $q$, as_of) USING wanted, scopes('facilities.read'), as_of, most, skip;
END $$;

-- Answers vector tiles of what lies inside the reader's scopes. The box is transformed for the index, the geometry only for what it finds.
CREATE OR REPLACE FUNCTION tile_parking_lots(z integer, x integer, y integer) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH bounds AS (
    SELECT ST_TileEnvelope(z, x, y) AS tile, ST_Transform(ST_TileEnvelope(z, x, y), 4490) AS box
  ), shapes AS (
    SELECT n.public_id::text AS id, v.name, v.kind, v.level, v.capacity, ST_AsMVTGeom(ST_Transform(v.geom, 3857), bounds.tile) AS geom
    FROM bounds JOIN parking_lot_version v ON v.geom && bounds.box AND upper_inf(v.valid) JOIN parking_lot n ON n.id = v.parking_lot_id
    WHERE z >= 13 AND n.paths <@ ANY ((SELECT scopes('facilities.read'))::ltree[])
  )
  SELECT coalesce(ST_AsMVT(shapes, 'parking_lots', 4096, 'geom'), '') FROM shapes WHERE geom IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION tile_parking_spaces(z integer, x integer, y integer) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH bounds AS (
    SELECT ST_TileEnvelope(z, x, y) AS tile, ST_Transform(ST_TileEnvelope(z, x, y), 4490) AS box
  ), shapes AS (
    SELECT n.public_id::text AS id, v.number, v.kind, v.level, ST_AsMVTGeom(ST_Transform(v.geom, 3857), bounds.tile) AS geom
    FROM bounds JOIN parking_space_version v ON v.geom && bounds.box AND upper_inf(v.valid) JOIN parking_space n ON n.id = v.parking_space_id
    WHERE z >= 16 AND n.paths <@ ANY ((SELECT scopes('facilities.read'))::ltree[])
  )
  SELECT coalesce(ST_AsMVT(shapes, 'parking_spaces', 4096, 'geom'), '') FROM shapes WHERE geom IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION tile_fire_lanes(z integer, x integer, y integer) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH bounds AS (
    SELECT ST_TileEnvelope(z, x, y) AS tile, ST_Transform(ST_TileEnvelope(z, x, y), 4490) AS box
  ), shapes AS (
    SELECT n.public_id::text AS id, v.name, v.form, v.clear_width_m, ST_AsMVTGeom(ST_Transform(v.geom, 3857), bounds.tile) AS geom
    FROM bounds JOIN fire_lane_version v ON v.geom && bounds.box AND upper_inf(v.valid) JOIN fire_lane n ON n.id = v.fire_lane_id
    WHERE z >= 13 AND n.paths <@ ANY ((SELECT scopes('facilities.read'))::ltree[])
  )
  SELECT coalesce(ST_AsMVT(shapes, 'fire_lanes', 4096, 'geom'), '') FROM shapes WHERE geom IS NOT NULL
$$;

-- Answers the current versions of things of a noun inside the reader's scopes whose boxes meet one of these: by its index, which row
-- security would switch off.
CREATE OR REPLACE FUNCTION facilities_near(noun text, boxes text[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF noun NOT IN ('parking_lot', 'parking_space', 'fire_lane') THEN
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format($q$
    SELECT DISTINCT v.id FROM unnest(cast($1 AS geometry[])) AS near (box) JOIN %1$s_version v ON v.geom && near.box AND upper_inf(v.valid)
    JOIN %1$s n ON n.id = v.%1$s_id WHERE n.paths <@ ANY ($2)
  $q$, noun) USING boxes, scopes('facilities.read');
END $$;

REVOKE ALL ON FUNCTION
  facilities_near(text, text[]), facility_sums(ltree[], timestamptz), parking_lots_in(ltree, timestamptz, integer, integer),
  parking_spaces_in(ltree, timestamptz, integer, integer), fire_lanes_in(ltree, timestamptz, integer, integer),
  tile_parking_lots(integer, integer, integer), tile_parking_spaces(integer, integer, integer), tile_fire_lanes(integer, integer, integer)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  facilities_near(text, text[]), facility_sums(ltree[], timestamptz), parking_lots_in(ltree, timestamptz, integer, integer),
  parking_spaces_in(ltree, timestamptz, integer, integer), fire_lanes_in(ltree, timestamptz, integer, integer),
  tile_parking_lots(integer, integer, integer), tile_parking_spaces(integer, integer, integer), tile_fire_lanes(integer, integer, integer)
TO gridsvc_app, gridsvc_reader;
