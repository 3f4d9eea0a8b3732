-- Questions about households. Under row security their indexes would stay unused: each function asks as the owner and filters by
-- scopes() itself. One by one they are of a person (people.read); how many there are is of a place (households.read).

-- Answers the ids of the buildings at or below a path today; the path may be that of a building.
CREATE OR REPLACE FUNCTION buildings_below(wanted ltree) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
  SELECT p.building_id FROM unit_version u JOIN building_place p ON p.unit_id = u.unit_id AND upper_inf(p.valid)
  WHERE u.path <@ wanted AND upper_inf(u.valid)
  UNION ALL
  SELECT p.building_id FROM unit_version u JOIN building_place p ON p.unit_id = u.unit_id AND upper_inf(p.valid)
  WHERE nlevel(wanted) > 1 AND u.path = subpath(wanted, 0, -1) AND upper_inf(u.valid)
    AND wanted = u.path || ('b_' || base36(p.building_id))
$$;

-- Answers what is known of the dwellings per path, for those paths that lie wholly inside the reader's scopes; no row for the others.
-- Shops are no dwellings. Paths are those of as_of (NULL is now); rights go by where the buildings stand today.
CREATE OR REPLACE FUNCTION dwelling_sums(wanted ltree[], as_of timestamptz DEFAULT NULL)
RETURNS TABLE (path ltree, dwellings bigint, own bigint, let bigint, vacant bigint, shops bigint, resident bigint, persons bigint,
               care bigint, elderly bigint, alone bigint, sick bigint, disabled bigint, away bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  open_to ltree[] := scopes('households.read');
BEGIN
  RETURN QUERY EXECUTE format($q$
    WITH held AS (%s)
    SELECT w.path, count(h.use) FILTER (WHERE h.use <> 'shop'), count(*) FILTER (WHERE h.use = 'own'), count(*) FILTER (WHERE h.use = 'let'),
      count(*) FILTER (WHERE h.use = 'vacant'), count(*) FILTER (WHERE h.use = 'shop'), count(*) FILTER (WHERE h.resident),
      coalesce(sum(h.persons), 0), count(*) FILTER (WHERE h.care <> '{}'), count(*) FILTER (WHERE 'elderly' = ANY (h.care)),
      count(*) FILTER (WHERE 'alone' = ANY (h.care)), count(*) FILTER (WHERE 'sick' = ANY (h.care)),
      count(*) FILTER (WHERE 'disabled' = ANY (h.care)), count(*) FILTER (WHERE h.away)
    FROM unnest($1) AS w (path) LEFT JOIN held h ON h.asked = w.path
    GROUP BY w.path HAVING bool_and(coalesce(h.today, w.path) <@ ANY ($2))
  $q$, CASE WHEN as_of IS NULL THEN $now$
      SELECT w.path AS asked, n.path AS today, v.* FROM unnest($1) AS w (path)
      JOIN household n ON n.path <@ w.path JOIN household_version v ON v.household_id = n.id AND upper_inf(v.valid)
      WHERE w.path <@ ANY ($2)
    $now$ ELSE $then$
      SELECT w.path AS asked, n.path AS today, v.* FROM unnest($1) AS w (path)
      JOIN unit_version u ON (u.path <@ w.path OR u.path = subpath(w.path, 0, -1)) AND u.valid @> $3
      JOIN building_place p ON p.unit_id = u.unit_id AND p.valid @> $3
        AND (u.path <@ w.path OR w.path = u.path || ('b_' || base36(p.building_id)))
      JOIN household n ON n.building_id = p.building_id JOIN household_version v ON v.household_id = n.id AND v.valid @> $3
    $then$ END) USING wanted, open_to, as_of;
END $$;

-- Answers the same of whole units for everybody, so coarse that nobody is found by it: fewer than ten are not told, others are told in tens.
CREATE OR REPLACE FUNCTION public_dwelling_sums(wanted ltree[])
RETURNS TABLE (path ltree, dwellings bigint, own bigint, let bigint, vacant bigint, shops bigint, resident bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.path, t.n[1], t.n[2], t.n[3], t.n[4], t.n[5], t.n[6]
  FROM (
    SELECT u.path, ARRAY[count(*) FILTER (WHERE v.use <> 'shop'), count(*) FILTER (WHERE v.use = 'own'), count(*) FILTER (WHERE v.use = 'let'),
      count(*) FILTER (WHERE v.use = 'vacant'), count(*) FILTER (WHERE v.use = 'shop'), count(*) FILTER (WHERE v.resident)] AS exact
    FROM unit_version u JOIN household n ON n.path <@ u.path JOIN household_version v ON v.household_id = n.id AND upper_inf(v.valid)
    WHERE u.path = ANY (wanted) AND upper_inf(u.valid) GROUP BY u.path
  ) s, LATERAL (SELECT array_agg(CASE WHEN e < 10 THEN NULL ELSE e / 10 * 10 END ORDER BY place) AS n
                FROM unnest(s.exact) WITH ORDINALITY AS each (e, place)) t
$$;

-- Answers a page of the households at or below a path that the reader may see, by compound, building, entrance and room.
-- compound is part of a compound's name; names are those a building may have; entrance and the beginning of a room narrow it down. NULL asks
-- for all.
CREATE OR REPLACE FUNCTION households_in(wanted ltree, compound text, names text[], entrance text, room text, use text, most integer, skip integer)
RETURNS TABLE (id bigint, public_id uuid, version bigint, building uuid, building_name text, compound_name text, entrance_ text, room_ text,
               use_ text, resident boolean, persons integer, care text[], away boolean, person uuid, person_name text, path ltree)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  -- Buildings are put in order first: they are few. Names and contracts are looked up for the page alone.
  WITH house AS MATERIALIZED (
    SELECT b.id, b.public_id, d.name, c.name AS compound,
      row_number() OVER (ORDER BY c.name NULLS LAST, length(d.name), d.name, b.id) AS place
    FROM building b JOIN building_version d ON d.building_id = b.id AND upper_inf(d.valid)
    LEFT JOIN compound_version c ON c.compound_id = d.compound_id AND upper_inf(c.valid)
    WHERE b.id IN (SELECT n.building_id FROM household n WHERE n.path <@ wanted) AND ($3 IS NULL OR d.name = ANY ($3))
      AND ($2 IS NULL OR position($2 IN coalesce(c.name, '') || coalesce(d.name, '')) > 0)
  ), page AS (
    SELECT h.id, h.public_id, v.id AS version, b.public_id AS building, b.name, b.compound, h.entrance, h.room, v.use, v.resident, v.persons,
      v.care, v.away, h.path, b.place
    FROM house b JOIN household h ON h.building_id = b.id JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid)
    WHERE h.path <@ wanted AND h.path <@ ANY ((SELECT scopes('people.read'))::ltree[])
      AND ($4 IS NULL OR h.entrance = $4) AND ($5 IS NULL OR starts_with(h.room, $5)) AND ($6 IS NULL OR v.use = $6)
    ORDER BY b.place, length(h.entrance), h.entrance, length(h.room), h.room
    LIMIT most OFFSET skip
  )
  SELECT h.id, h.public_id, h.version, h.building, h.name, h.compound, h.entrance, h.room, h.use, h.resident, h.persons, h.care, h.away,
    p.public_id, q.name, h.path
  FROM page h LEFT JOIN contract k ON k.household_id = h.id AND upper_inf(k.valid)
  LEFT JOIN person p ON p.id = k.person_id LEFT JOIN person_version q ON q.person_id = p.id AND upper_inf(q.valid)
  ORDER BY h.place, length(h.entrance), h.entrance, length(h.room), h.room
$$;

REVOKE ALL ON FUNCTION dwelling_sums(ltree[], timestamptz), public_dwelling_sums(ltree[]),
  households_in(ltree, text, text[], text, text, text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dwelling_sums(ltree[], timestamptz), public_dwelling_sums(ltree[]),
  households_in(ltree, text, text[], text, text, text, integer, integer) TO gridsvc_app, gridsvc_reader;
