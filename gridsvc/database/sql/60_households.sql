-- Questions about household counts. Operators of ltree, ranges and geometry are not leakproof, so that under
-- row security their indexes would stay unused: each function asks as the owner and filters by scopes() itself.

-- Answers the sums per path, for those paths that lie wholly inside the reader's scopes; no row for the others.
-- known is of how many buildings there is a count, and a sum over none is NULL: unknown is not nought.
-- counted and estimated are how many households rest on each basis. Paths are those of as_of; NULL is now.
DROP FUNCTION IF EXISTS household_sums(ltree[], timestamptz);  -- its columns may be others than before
CREATE OR REPLACE FUNCTION household_sums(wanted ltree[], as_of timestamptz DEFAULT NULL)
RETURNS TABLE (path ltree, households bigint, shops bigint, counted bigint, estimated bigint, known bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  open_to ltree[] := scopes('households.read');
BEGIN
  IF as_of IS NULL THEN
    -- Of a unit from the sums of its leaves, see 72_leaf_sums.sql.
    RETURN QUERY
    SELECT w.path, sum(s.amount) FILTER (WHERE s.kind NOT LIKE 'shops/%')::bigint, sum(s.amount) FILTER (WHERE s.kind LIKE 'shops/%')::bigint,
      sum(s.amount) FILTER (WHERE s.kind = 'counted')::bigint, sum(s.amount) FILTER (WHERE s.kind = 'estimated')::bigint,
      coalesce(sum(s.number) FILTER (WHERE s.kind NOT LIKE 'shops/%'), 0)::bigint
    FROM unnest(wanted) AS w (path)
    JOIN unit_version t ON t.path = w.path AND upper_inf(t.valid)
    JOIN unit_version u ON u.path <@ w.path AND u.leaf AND upper_inf(u.valid)
    LEFT JOIN leaf_sum s ON s.unit_id = u.unit_id AND s.noun = 'building_households'
    WHERE w.path <@ ANY (open_to)
    GROUP BY w.path;
    -- Of a building, or of a jurisdiction with what stands in none of its units.
    RETURN QUERY
    SELECT w.path, sum(h.households), sum(h.shops), sum(h.households) FILTER (WHERE h.basis = 'counted'),
      sum(h.households) FILTER (WHERE h.basis = 'estimated'), count(h.households)
    FROM unnest(wanted) AS w (path)
    LEFT JOIN building_households h ON h.path <@ w.path AND upper_inf(h.valid)
    WHERE w.path <@ ANY (open_to) AND NOT EXISTS (SELECT FROM unit_version t WHERE t.path = w.path AND upper_inf(t.valid))
    GROUP BY w.path;
    RETURN;
  END IF;
  -- Where buildings stood then is data; whether the reader may count them goes by where they stand today.
  RETURN QUERY
  WITH held AS (
    SELECT w.path, h.path AS today, h.households, h.shops, h.basis
    FROM unnest(wanted) AS w (path)
    JOIN unit_version v ON v.path <@ w.path AND v.valid @> as_of
    JOIN building_place p ON p.unit_id = v.unit_id AND p.valid @> as_of
    JOIN building_households h ON h.building_id = p.building_id AND h.valid @> as_of
    UNION ALL
    -- The path of a single building: its own label below that of its leaf.
    SELECT w.path, h.path, h.households, h.shops, h.basis
    FROM (SELECT b.path, substring(b.path::text FROM '[.](b_[0-9a-z]+)$') AS label FROM unnest(wanted) AS b (path)) AS w
    JOIN building_households h ON h.path ~ ('*.' || w.label)::lquery AND h.valid @> as_of
    JOIN building_place p ON p.building_id = h.building_id AND p.valid @> as_of
    JOIN unit_version v ON v.unit_id = p.unit_id AND v.valid @> as_of
    WHERE w.path = v.path || w.label
  )
  SELECT w.path, sum(held.households), sum(held.shops), sum(held.households) FILTER (WHERE held.basis = 'counted'),
    sum(held.households) FILTER (WHERE held.basis = 'estimated'), count(held.households)
  FROM unnest(wanted) AS w (path) LEFT JOIN held ON held.path = w.path
  GROUP BY w.path
  HAVING bool_and(coalesce(held.today, w.path) <@ ANY (open_to));
END $$;

-- Answers a vector tile with one point a building and its household count, inside the reader's scopes.
CREATE OR REPLACE FUNCTION tile_households(z integer, x integer, y integer) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH bounds AS (
    SELECT ST_TileEnvelope(z, x, y) AS tile, ST_Transform(ST_TileEnvelope(z, x, y), 4490) AS box
  ), points AS (
    -- The box is transformed for the index, the geometry only for what it finds.
    SELECT b.public_id::text AS id, h.households, h.basis,
      ST_AsMVTGeom(ST_Transform(ST_PointOnSurface(v.geom), 3857), bounds.tile) AS geom
    FROM bounds
    JOIN building_version v ON v.geom && bounds.box AND upper_inf(v.valid)
    JOIN building b ON b.id = v.building_id
    JOIN building_households h ON h.building_id = v.building_id AND upper_inf(h.valid)
    WHERE h.path <@ ANY ((SELECT scopes('households.read'))::ltree[])
  )
  SELECT coalesce(ST_AsMVT(points, 'households', 4096, 'geom'), '') FROM points WHERE geom IS NOT NULL
$$;

-- Keeps estimates for buildings without a count, and answers for how many: where whoever asks brings in ground or publishes it; those of
-- elsewhere, whose counts he may not see, are passed over.
CREATE OR REPLACE FUNCTION keep_estimates(at timestamptz, buildings bigint[], counts integer[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH kept AS (
    INSERT INTO building_households (building_id, valid, households, basis, path)
    SELECT placed.building_id, tstzrange(at, NULL), placed.households, 'estimated', placed.path
    FROM (
      SELECT g.building_id, g.households, coalesce(v.path || ('b_' || base36(g.building_id))::ltree, building_path(g.building_id)) AS path
      FROM unnest(buildings, counts) AS g (building_id, households)
      LEFT JOIN building_place p ON p.building_id = g.building_id AND upper_inf(p.valid)
      LEFT JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
    ) placed
    WHERE placed.path <@ ANY ((SELECT scopes('ground.import') || scopes('plans.publish'))::ltree[])
      AND NOT EXISTS (SELECT FROM building_households h WHERE h.building_id = placed.building_id AND upper_inf(h.valid))
    RETURNING 1
  )
  SELECT count(*) FROM kept
$$;

REVOKE ALL ON FUNCTION household_sums(ltree[], timestamptz), tile_households(integer, integer, integer),
  keep_estimates(timestamptz, bigint[], integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION household_sums(ltree[], timestamptz), tile_households(integer, integer, integer) TO gridsvc_app, gridsvc_reader;
GRANT EXECUTE ON FUNCTION keep_estimates(timestamptz, bigint[], integer[]) TO gridsvc_app;
