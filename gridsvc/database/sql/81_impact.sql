-- What hangs at buildings and units, counted for whoever weighs a plan. Counts are of a place (households.read): no row names anybody.
-- In plpgsql: each is asked at every move of a plan, and planned once a connection.

-- Answers how much of each kind hangs at these buildings, summed by group; buildings outside the reader's scopes count for nothing.
-- let and care are dwellings; members live there; contracts are those of the households; posts those at buildings and homes.
CREATE OR REPLACE FUNCTION counted_at_buildings(wanted bigint[], numbers integer[])
RETURNS TABLE (kind text, number integer, amount bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH asked AS MATERIALIZED (
    SELECT g.building_id, g.number FROM unnest(wanted, numbers) AS g (building_id, number)
    JOIN building b ON b.id = g.building_id
    LEFT JOIN building_place p ON p.building_id = b.id AND upper_inf(p.valid)
    LEFT JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
    WHERE coalesce(v.path || ('b_' || base36(b.id)), (('j' || base36(b.jurisdiction_id)))::ltree) <@ ANY ((SELECT scopes('households.read'))::ltree[])
  ), homes AS MATERIALIZED (
    SELECT a.number, h.id, h.building_id FROM asked a JOIN household h ON h.building_id = a.building_id
  )
  SELECT 'let', h.number, count(*) FROM homes h JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid) AND v.use = 'let'
  GROUP BY h.number
  UNION ALL
  SELECT 'care', h.number, count(*) FROM homes h JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid) AND v.care <> '{}'
  GROUP BY h.number
  UNION ALL
  SELECT k.kind, a.number, count(*) FROM asked a JOIN person_version v ON v.home_building_id = a.building_id AND upper_inf(v.valid)
  JOIN member m ON m.person_id = v.person_id AND upper_inf(m.valid), LATERAL (VALUES ('members', true), ('full_members', m.full)) AS k (kind, counts)
  WHERE k.counts GROUP BY k.kind, a.number
  UNION ALL
  SELECT 'contracts', h.number, count(*) FROM homes h JOIN contract c ON c.household_id = h.id AND upper_inf(c.valid) GROUP BY h.number
  UNION ALL
  SELECT 'posts', p.number, count(*) FROM (
    SELECT a.number FROM asked a JOIN appointment t ON t.building_id = a.building_id
    WHERE upper_inf(t.valid) AND t.state = 'held' AND t.roster = 'ordinary'
    UNION ALL
    SELECT h.number FROM homes h JOIN appointment t ON t.household_id = h.id
    WHERE upper_inf(t.valid) AND t.state = 'held' AND t.roster = 'ordinary'
  ) p GROUP BY p.number;
END $$;

-- Answers how many people hold each post of the ordinary roster at these units, where the reader may count.
CREATE OR REPLACE FUNCTION posts_at_units(wanted bigint[]) RETURNS TABLE (unit_id bigint, post text, amount bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT t.unit_id, t.post, count(*) FROM unnest(wanted) AS w (unit_id) JOIN unit_version v ON v.unit_id = w.unit_id AND upper_inf(v.valid)
  JOIN appointment t ON t.unit_id = w.unit_id AND upper_inf(t.valid) AND t.state = 'held' AND t.roster = 'ordinary'
  WHERE v.path <@ ANY ((SELECT scopes('households.read'))::ltree[]) GROUP BY t.unit_id, t.post;
END $$;

-- Answers how many contracts hold together member and household of one leaf now and of two leaves once these buildings stand in others, by
-- the leaves of both (NULL: none); what stands in a building outside the reader's scopes counts for nothing.
CREATE OR REPLACE FUNCTION contracts_crossing(wanted bigint[], becoming bigint[])
RETURNS TABLE (home bigint, household bigint, amount bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH asked AS MATERIALIZED (
    SELECT g.building_id, g.becomes FROM unnest(wanted, becoming) AS g (building_id, becomes)
  ), held AS MATERIALIZED (
    SELECT c.id, v.home_building_id AS home, h.building_id AS household
    FROM contract c JOIN household h ON h.id = c.household_id JOIN person_version v ON v.person_id = c.person_id AND upper_inf(v.valid)
    WHERE upper_inf(c.valid) AND c.path <@ ANY ((SELECT scopes('households.read'))::ltree[])
      AND (h.building_id IN (SELECT a.building_id FROM asked a) OR v.home_building_id IN (SELECT a.building_id FROM asked a))
  )
  SELECT b.home, b.household, count(*) FROM (
    SELECT p.unit_id AS home_was, q.unit_id AS household_was,
      CASE WHEN m.building_id IS NULL THEN p.unit_id ELSE m.becomes END AS home,
      CASE WHEN n.building_id IS NULL THEN q.unit_id ELSE n.becomes END AS household
    FROM held c JOIN building_place p ON p.building_id = c.home AND upper_inf(p.valid)
    JOIN building_place q ON q.building_id = c.household AND upper_inf(q.valid)
    LEFT JOIN asked m ON m.building_id = c.home LEFT JOIN asked n ON n.building_id = c.household
  ) b WHERE b.home_was = b.household_was AND b.home IS DISTINCT FROM b.household GROUP BY b.home, b.household;
END $$;

REVOKE ALL ON FUNCTION counted_at_buildings(bigint[], integer[]), posts_at_units(bigint[]), contracts_crossing(bigint[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counted_at_buildings(bigint[], integer[]), posts_at_units(bigint[]), contracts_crossing(bigint[], bigint[]) TO gridsvc_app, gridsvc_reader;
