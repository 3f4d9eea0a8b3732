-- What is counted of people, organisations and posts, and where: one definition for the sums of today, for reports and for notices.
-- A thing counts at one place, so that sums hold at every level: a member at home or at the leading ground of the branch, a joint branch
-- where it leads, a post at its ground; what has no place counts at its jurisdiction, and what hangs at a unit that has ended at its successor.
-- What holds today holds at 'infinity': there are no future rows, and rows of this transaction count.
-- Of what holds at an instant the planner expects next to nothing: without the setting it would join whole tables row by row.

DROP FUNCTION IF EXISTS organisation_stands(ltree), counted_organisations(bigint, timestamptz), post_places(ltree, jsonb);

-- Answers the organisations of a jurisdiction at an instant: the kind, and each ground with the unit where that is, a building where it is one.
CREATE OR REPLACE FUNCTION counted_organisations(place bigint, at timestamptz)
RETURNS TABLE (id bigint, kind text, hangs_at bigint, path ltree, building_id bigint, leads boolean)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
  WITH units AS MATERIALIZED (
    SELECT v.unit_id, v.path FROM unit_version v WHERE v.jurisdiction_id = place AND v.valid @> at
  ), organisations AS MATERIALIZED (
    SELECT o.id, v.kind FROM organisation o JOIN organisation_version v ON v.organisation_id = o.id AND v.valid @> at
    WHERE o.jurisdiction_id = place
  ), grounds AS MATERIALIZED (
    SELECT o.kind, g.* FROM organisations o JOIN organisation_ground g ON g.organisation_id = o.id AND g.valid @> at
  ), stands AS MATERIALIZED (
    SELECT g.organisation_id, g.kind, g.unit_id AS hangs_at, coalesce(u.path, path_of_unit_at(g.unit_id, at)) AS path, NULL::bigint AS building_id, g.leads
    FROM grounds g LEFT JOIN units u ON u.unit_id = g.unit_id WHERE g.unit_id IS NOT NULL
    UNION ALL
    SELECT g.organisation_id, g.kind, g.building_id, u.path, g.building_id, g.leads
    FROM grounds g JOIN building_place p ON p.building_id = g.building_id AND p.valid @> at JOIN units u ON u.unit_id = p.unit_id
    UNION ALL
    SELECT g.organisation_id, g.kind, g.compound_id, above_all(array_agg(u.path)), NULL, g.leads
    FROM grounds g JOIN building_version b ON b.compound_id = g.compound_id AND b.valid @> at
    JOIN building_place p ON p.building_id = b.building_id AND p.valid @> at JOIN units u ON u.unit_id = p.unit_id
    GROUP BY g.id, g.organisation_id, g.kind, g.compound_id, g.leads
    UNION ALL
    SELECT g.organisation_id, g.kind, g.street_id, street_ground(g.street_id, at), NULL, g.leads FROM grounds g WHERE g.street_id IS NOT NULL
  )
  SELECT s.organisation_id, s.kind, s.hangs_at, s.path, s.building_id, s.leads FROM stands s WHERE s.path IS NOT NULL
  UNION ALL
  SELECT o.id, o.kind, 0, ('j' || base36(place))::ltree, NULL, true FROM organisations o
  WHERE NOT EXISTS (SELECT FROM stands s WHERE s.organisation_id = o.id AND s.leads AND s.path IS NOT NULL)
$$;

-- Answers what counts of people at an instant. col: organisation (where it leads), listed (attached besides, 联建), home, branch (组织关系),
-- reported (报到), post (of the ordinary roster); kind: of the organisation, or the post; origin: of a secretary.
CREATE OR REPLACE FUNCTION counted_people(place bigint, at timestamptz)
RETURNS TABLE (col text, thing bigint, kind text, origin text, is_full boolean, hangs_at bigint, path ltree, building_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH units AS MATERIALIZED (
    SELECT v.unit_id, v.path FROM unit_version v WHERE v.jurisdiction_id = place AND v.valid @> at
  ), root AS MATERIALIZED (
    SELECT ('j' || base36(place))::ltree AS path
  ), organisations AS MATERIALIZED (
    SELECT o.* FROM counted_organisations(place, at) o
  ), members AS MATERIALIZED (
    SELECT m.person_id, m.full, m.branch_id, m.reporting_branch_id FROM person n JOIN member m ON m.person_id = n.id AND m.valid @> at
    WHERE n.jurisdiction_id = place
  )
  SELECT CASE WHEN o.leads THEN 'organisation' ELSE 'listed' END, o.id, o.kind, NULL, NULL::boolean, o.hangs_at, o.path, o.building_id
  FROM organisations o
  UNION ALL
  SELECT 'home', m.person_id, NULL, NULL, m.full, coalesce(v.home_building_id, 0), coalesce(u.path, root.path),
    CASE WHEN u.path IS NOT NULL THEN v.home_building_id END
  FROM root, members m LEFT JOIN person_version v ON v.person_id = m.person_id AND v.valid @> at
  LEFT JOIN building_place p ON p.building_id = v.home_building_id AND p.valid @> at LEFT JOIN units u ON u.unit_id = p.unit_id
  UNION ALL
  SELECT 'branch', m.person_id, NULL, NULL, m.full, o.id, o.path, o.building_id
  FROM members m JOIN organisations o ON o.id = m.branch_id AND o.leads
  UNION ALL
  SELECT 'reported', m.person_id, NULL, NULL, m.full, o.id, o.path, o.building_id
  FROM members m JOIN organisations o ON o.id = m.reporting_branch_id AND o.leads
  UNION ALL
  SELECT 'post', a.id, a.post, a.origin, NULL, 0,
    CASE WHEN a.unit_id IS NOT NULL THEN coalesce(u.path, path_of_unit_at(a.unit_id, at), root.path)
      WHEN a.street_id IS NOT NULL THEN coalesce(street_ground(a.street_id, at), root.path)
      WHEN a.building_id IS NOT NULL OR a.household_id IS NOT NULL THEN coalesce(b.path, root.path) ELSE coalesce(o.path, root.path) END,
    CASE WHEN b.path IS NOT NULL THEN p.building_id
      WHEN num_nonnulls(a.unit_id, a.building_id, a.household_id, a.street_id) = 0 THEN o.building_id END
  FROM root, appointment a LEFT JOIN units u ON u.unit_id = a.unit_id
  LEFT JOIN household h ON h.id = a.household_id
  LEFT JOIN building_place p ON p.building_id = coalesce(a.building_id, h.building_id) AND p.valid @> at
  LEFT JOIN units b ON b.unit_id = p.unit_id
  LEFT JOIN organisations o ON o.id = a.organisation_id AND o.leads
  WHERE a.jurisdiction_id = place AND a.valid @> at AND a.state = 'held' AND a.roster = 'ordinary'
$$;

-- Answers each place at or below a path that should have holders of a tier at an instant, and how many it has: units of its lowest level, or
-- buildings with households. A tier at several levels fills a place from above too.
-- tiers: [{post, levels, at_buildings, needed}], the levels by number.
CREATE OR REPLACE FUNCTION post_places(wanted ltree, at timestamptz, tiers jsonb)
RETURNS TABLE (post text, unit_id bigint, building_id bigint, path ltree, name text, held bigint, needed integer)
LANGUAGE sql STABLE SET enable_nestloop = off AS $$
  WITH t AS MATERIALIZED (
    SELECT x.post, x.levels, x.at_buildings, x.needed, (SELECT max(l) FROM unnest(x.levels) AS l) AS lowest
    FROM jsonb_to_recordset(tiers) AS x (post text, levels integer[], at_buildings boolean, needed integer)
  ), place AS (
    SELECT j.id FROM jurisdiction j WHERE ('j' || base36(j.id))::ltree = subpath(wanted, 0, 1)
  ), units AS MATERIALIZED (
    SELECT v.unit_id, v.path, v.name, v.level, v.kind, v.leaf FROM place JOIN unit_version v ON v.jurisdiction_id = place.id AND v.valid @> at
  ), a AS MATERIALIZED (
    SELECT p.post, p.unit_id, p.building_id, coalesce(u.path, CASE WHEN p.unit_id IS NOT NULL THEN path_of_unit_at(p.unit_id, at) END) AS path,
      count(*) AS held
    FROM place JOIN appointment p ON p.jurisdiction_id = place.id AND p.valid @> at AND p.state = 'held'
      AND p.roster = 'ordinary' AND NOT p.deputy AND p.post IN (SELECT t.post FROM t)
    LEFT JOIN units u ON u.unit_id = p.unit_id
    GROUP BY p.post, p.unit_id, p.building_id, 4
  )
  SELECT t.post, v.unit_id, NULL::bigint, v.path, v.name, coalesce(a.held, 0)::bigint, t.needed
  FROM t JOIN units v ON v.level = t.lowest AND v.path <@ wanted AND v.kind <> 'remainder'
  LEFT JOIN a ON a.unit_id = v.unit_id AND a.post = t.post
  WHERE NOT t.at_buildings AND cardinality(t.levels) = 1
  UNION ALL
  SELECT t.post, v.unit_id, NULL, v.path, v.name,
    (SELECT coalesce(sum(a.held), 0) FROM a WHERE a.unit_id IS NOT NULL AND a.post = t.post AND v.path <@ a.path)::bigint, t.needed
  FROM t JOIN units v ON v.level = t.lowest AND v.path <@ wanted AND v.kind <> 'remainder'
  WHERE NOT t.at_buildings AND cardinality(t.levels) > 1
  UNION ALL
  SELECT t.post, p.unit_id, p.building_id, v.path, b.name, coalesce(a.held, 0)::bigint, t.needed
  FROM t JOIN units v ON v.path <@ subpath(wanted, 0, 1) AND v.leaf AND t.at_buildings
  JOIN building_place p ON p.unit_id = v.unit_id AND p.valid @> at
  JOIN building_households h ON h.building_id = p.building_id AND h.valid @> at AND h.households > 0
  JOIN building_version b ON b.building_id = p.building_id AND b.valid @> at
  LEFT JOIN a ON a.building_id = p.building_id AND a.post = t.post
  WHERE v.path <@ wanted OR wanted = v.path || ('b_' || base36(p.building_id))::ltree
$$;

REVOKE ALL ON FUNCTION counted_people(bigint, timestamptz), post_places(ltree, timestamptz, jsonb) FROM PUBLIC;
