-- What reports (报表) count: every thing with the ground it counts at, at an instant. A thing counts at one place, so that sums hold at every
-- level: a building where it is placed, a dwelling with its building, a member at home or at the leading ground of the branch, a joint
-- branch where it leads, a post at its ground, a fire lane where most of it runs; what has no place counts at its jurisdiction.
-- Of what holds at an instant the planner expects next to nothing: without the setting it would join whole tables row by row.

-- Answers column, thing, what it hangs at, where, and how many it counts for. `terms` says which kinds of organisation are branches, and
-- by tier the post, the levels and whether buildings need a holder: {"branches": [...], "tiers": [{"post", "levels", "buildings"}]}.
-- A thing that counts at another place although it hangs at the same is one whose ground moved.
CREATE OR REPLACE FUNCTION report_things(place bigint, at timestamptz, terms jsonb)
RETURNS TABLE (col text, thing text, hangs_at bigint, path ltree, weight bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH units AS MATERIALIZED (
    SELECT v.unit_id, v.path, v.level, v.kind FROM unit_version v WHERE v.jurisdiction_id = place AND v.valid @> at
  ), root AS MATERIALIZED (
    SELECT ('j' || base36(place))::ltree AS path
  ), buildings AS MATERIALIZED (
    SELECT v.building_id, v.use, v.compound_id, coalesce(u.path, root.path) AS path
    FROM root, building b JOIN building_version v ON v.building_id = b.id AND v.valid @> at
    LEFT JOIN building_place p ON p.building_id = b.id AND p.valid @> at LEFT JOIN units u ON u.unit_id = p.unit_id
    WHERE b.jurisdiction_id = place
  ), people AS MATERIALIZED (
    SELECT c.* FROM counted_people(place, at) c
  ), dwellings AS MATERIALIZED (
    SELECT h.id, h.building_id, v.use, v.resident, b.path FROM household h JOIN household_version v ON v.household_id = h.id AND v.valid @> at
    JOIN buildings b ON b.building_id = h.building_id WHERE h.jurisdiction_id = place
  )
  SELECT 'units.' || u.level, 'u' || u.unit_id, 0::bigint, u.path, 1::bigint FROM units u WHERE u.kind <> 'remainder'
  UNION ALL
  SELECT 'buildings', 'b' || b.building_id, 0, b.path, 1 FROM buildings b
  UNION ALL
  SELECT 'households', 'b' || b.building_id, 0, b.path, h.households
  FROM buildings b JOIN building_households h ON h.building_id = b.building_id AND h.valid @> at WHERE h.households > 0
  UNION ALL
  SELECT 'shops', 'b' || b.building_id, 0, b.path, h.shops
  FROM buildings b JOIN building_households h ON h.building_id = b.building_id AND h.valid @> at WHERE h.shops > 0
  UNION ALL
  SELECT 'dwellings.' || d.use, 'h' || d.id, d.building_id, d.path, 1 FROM dwellings d WHERE d.use <> 'shop'
  UNION ALL
  SELECT 'dwellings.resident', 'h' || d.id, d.building_id, d.path, 1 FROM dwellings d WHERE d.resident AND d.use <> 'shop'
  UNION ALL
  SELECT CASE p.col WHEN 'home' THEN 'members_home' WHEN 'branch' THEN 'members_branch' ELSE 'members_reported' END,
    'm' || p.thing, p.hangs_at, p.path, 1
  FROM people p WHERE p.col IN ('home', 'branch', 'reported')
  UNION ALL
  SELECT CASE p.kind WHEN 'group' THEN 'groups' ELSE 'branches' END, 'o' || p.thing, p.hangs_at, p.path, 1
  FROM people p WHERE p.col = 'organisation' AND (p.kind = 'group' OR terms -> 'branches' ? p.kind)
  UNION ALL
  SELECT 'posts_filled', 'a' || p.thing, 0, p.path, 1 FROM people p WHERE p.col = 'post'
  UNION ALL
  SELECT 'posts_vacant', v.post || coalesce('b' || v.building_id, 'u' || v.unit_id), 0, v.path, v.needed - v.held
  FROM root, post_places(root.path, at, terms -> 'tiers') v WHERE v.held < v.needed
  UNION ALL
  SELECT 'stations', 's' || s.id, 0, coalesce(u.path, root.path), 1
  FROM root, station s JOIN station_version v ON v.station_id = s.id AND v.valid @> at
  LEFT JOIN station_place p ON p.station_id = s.id AND p.valid @> at LEFT JOIN units u ON u.unit_id = p.unit_id
  WHERE s.jurisdiction_id = place
  UNION ALL
  SELECT 'parking_spaces', 'p' || s.id, 0, coalesce(u.path, root.path), 1
  FROM root, parking_space s JOIN parking_space_version v ON v.parking_space_id = s.id AND v.valid @> at
  LEFT JOIN parking_space_place p ON p.parking_space_id = s.id AND p.valid @> at LEFT JOIN units u ON u.unit_id = p.unit_id
  WHERE s.jurisdiction_id = place
  UNION ALL
  (SELECT DISTINCT ON (s.id) 'fire_lanes', 'x' || s.id, 0::bigint, coalesce(u.path, root.path), 1::bigint
   FROM root, fire_lane s JOIN fire_lane_version v ON v.fire_lane_id = s.id AND v.valid @> at
   LEFT JOIN fire_lane_place p ON p.fire_lane_id = s.id AND p.valid @> at LEFT JOIN units u ON u.unit_id = p.unit_id
   WHERE s.jurisdiction_id = place ORDER BY s.id, p.share DESC, p.unit_id)
$$;

-- Answers where a unit stood at an instant, for those who read its reports today; the top one stands for its jurisdiction.
CREATE OR REPLACE FUNCTION report_ground(wanted bigint, at timestamptz) RETURNS ltree
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN v.parent_id IS NULL THEN subpath(v.path, 0, 1) ELSE v.path END FROM unit_version v
  WHERE v.unit_id = wanted AND v.valid @> at AND EXISTS (
    SELECT FROM unit_version t WHERE t.unit_id = wanted AND upper_inf(t.valid) AND t.path <@ ANY (scopes('reports.read')))
$$;

-- Answers how much counts where, by column, at or below a unit at an instant; nothing where the reader reads no reports of it.
CREATE OR REPLACE FUNCTION report_counts(wanted bigint, at timestamptz, terms jsonb)
RETURNS TABLE (col text, path ltree, weight bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH asked AS MATERIALIZED (SELECT n.jurisdiction_id, report_ground(wanted, at) AS path FROM unit n WHERE n.id = wanted)
  SELECT t.col, t.path, sum(t.weight)::bigint
  FROM asked g, LATERAL report_things(g.jurisdiction_id, at, terms) t WHERE t.path <@ g.path GROUP BY 1, 2
$$;

-- Answers what became different between two instants at or below a unit: where things counted and count, whether they hang where they hung,
-- and how much they counted and count for. Nothing where the reader reads no reports of the unit.
CREATE OR REPLACE FUNCTION report_changes(wanted bigint, before timestamptz, at timestamptz, terms jsonb)
RETURNS TABLE (col text, was ltree, becomes ltree, hangs_there boolean, weighed bigint, weighs bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH asked AS MATERIALIZED (
    SELECT n.jurisdiction_id, report_ground(wanted, before) AS was, report_ground(wanted, at) AS becomes FROM unit n WHERE n.id = wanted
  )
  SELECT d.col, d.was, d.becomes, d.hangs_there, coalesce(sum(d.weighed), 0)::bigint, coalesce(sum(d.weighs), 0)::bigint
  FROM asked g, LATERAL (
    SELECT coalesce(a.col, b.col) AS col, a.path AS was, b.path AS becomes, a.hangs_at = b.hangs_at AS hangs_there,
           a.weight AS weighed, b.weight AS weighs
    FROM report_things(g.jurisdiction_id, before, terms) a FULL JOIN report_things(g.jurisdiction_id, at, terms) b
      ON b.col = a.col AND b.thing = a.thing
    WHERE a.path IS DISTINCT FROM b.path OR a.weight IS DISTINCT FROM b.weight
  ) d
  WHERE g.becomes IS NOT NULL AND (d.was <@ g.was OR d.becomes <@ g.becomes)
  GROUP BY d.col, d.was, d.becomes, d.hangs_there, d.weighed < d.weighs
$$;

-- Answers what can be counted of organisations, posts, members and dwellings in units together, by key: organisations.<kind>, posts.<post>,
-- posts_at.<kind of organisation>, holders.<post> (people), origins.<origin> of secretaries, and some by name. Nothing where the reader
-- may not count there. Where a top unit is asked for it is the whole jurisdiction.
CREATE OR REPLACE FUNCTION people_figures(wanted ltree[], as_of timestamptz) RETURNS TABLE (key text, value bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH asked AS MATERIALIZED (
    SELECT coalesce(as_of, now()) AS at, (SELECT array_agg(CASE WHEN nlevel(w) = 2 THEN subpath(w, 0, 1) ELSE w END) FROM unnest(wanted) AS w) AS grounds
    WHERE NOT EXISTS (SELECT FROM unnest(wanted) AS w WHERE NOT w <@ ANY (scopes('households.read')))
  ), place AS (
    SELECT j.id FROM jurisdiction j WHERE ('j' || base36(j.id))::ltree = subpath(wanted[1], 0, 1)
  ), organisations AS MATERIALIZED (
    SELECT o.id, o.kind FROM asked, place, LATERAL counted_organisations(place.id, asked.at) o
    WHERE o.leads AND o.path <@ ANY (asked.grounds)
  ), posts AS MATERIALIZED (
    SELECT a.person_id, a.post, a.origin, v.kind, m.id IS NOT NULL AS is_member
    FROM asked, place, appointment a
    LEFT JOIN organisation_version v ON v.organisation_id = a.organisation_id AND upper_inf(v.valid)
    LEFT JOIN member m ON m.person_id = a.person_id AND upper_inf(m.valid)
    WHERE a.jurisdiction_id = place.id AND a.valid @> asked.at AND a.state = 'held'
      AND (EXISTS (SELECT FROM unnest(a.paths) AS p WHERE p <@ ANY (asked.grounds)) OR a.organisation_id IN (SELECT id FROM organisations))
  ), members AS MATERIALIZED (
    SELECT m.person_id, m.unit_id FROM asked, member m WHERE m.valid @> asked.at AND m.reporting_branch_id IN (SELECT id FROM organisations)
  ), dwellings AS (
    SELECT v.use, v.resident, v.care FROM asked, place, household h JOIN household_version v ON v.household_id = h.id
    WHERE h.jurisdiction_id = place.id AND v.valid @> asked.at AND h.path <@ ANY (asked.grounds) AND v.use <> 'shop'
  )
  SELECT 'organisations.' || o.kind, count(*) FROM organisations o GROUP BY o.kind
  UNION ALL SELECT 'posts.' || p.post, count(*) FROM posts p GROUP BY p.post
  UNION ALL SELECT 'posts_at.' || p.kind, count(*) FROM posts p WHERE p.kind IS NOT NULL GROUP BY p.kind
  UNION ALL SELECT 'holders.' || p.post, count(DISTINCT p.person_id) FROM posts p GROUP BY p.post
  UNION ALL SELECT 'origins.' || p.origin, count(*) FROM posts p WHERE p.post = 'secretary' AND p.origin IS NOT NULL GROUP BY p.origin
  UNION ALL SELECT 'owners_heads.cadre', count(*) FROM posts p WHERE p.post = 'owners_head' AND p.origin = 'cadre'
  UNION ALL SELECT 'taken.members', count(*) FROM posts p WHERE starts_with(p.post, 'service_') AND p.is_member
  UNION ALL SELECT 'taken.others', count(*) FROM posts p WHERE starts_with(p.post, 'service_') AND NOT p.is_member
  UNION ALL SELECT 'taken.kinds', count(DISTINCT p.post) FROM posts p WHERE starts_with(p.post, 'service_')
  UNION ALL SELECT 'members_reported', count(*) FROM members
  UNION ALL SELECT 'units_reported', count(DISTINCT unit_id) FROM members
  UNION ALL SELECT 'raised', count(*) FROM organisations o JOIN organisation_version v ON v.organisation_id = o.id
    WHERE o.kind = 'community_committee' AND v.kind = 'general_branch'
  UNION ALL SELECT 'dwellings.resident', count(*) FROM dwellings WHERE resident
  UNION ALL SELECT 'dwellings.let', count(*) FROM dwellings WHERE use = 'let'
  UNION ALL SELECT 'dwellings.care', count(*) FROM dwellings WHERE care <> '{}'
$$;

-- Answers how many reports of a jurisdiction have a number that begins so, whoever may read them: the next number follows.
CREATE OR REPLACE FUNCTION reports_numbered(place bigint, beginning text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FROM report r WHERE r.jurisdiction_id = place AND starts_with(r.number, beginning)
$$;

REVOKE ALL ON FUNCTION report_things(bigint, timestamptz, jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION report_ground(bigint, timestamptz), report_counts(bigint, timestamptz, jsonb),
  report_changes(bigint, timestamptz, timestamptz, jsonb), reports_numbered(bigint, text), people_figures(ltree[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_ground(bigint, timestamptz), report_counts(bigint, timestamptz, jsonb),
  report_changes(bigint, timestamptz, timestamptz, jsonb), reports_numbered(bigint, text), people_figures(ltree[], timestamptz) TO gridsvc_app, gridsvc_reader;
