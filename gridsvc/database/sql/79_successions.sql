-- What an edition leaves to be confirmed: organisations whose unit ended, contracts that cross a border. Nothing changes by itself.

-- Answers the unit of a level at or above a path, the leaf where the level is not there.
CREATE OR REPLACE FUNCTION grid_of(wanted ltree, grid_level smallint) RETURNS ltree
LANGUAGE sql STABLE AS $$
  SELECT v.path FROM unit_version v WHERE v.path @> wanted AND upper_inf(v.valid) AND (v.level = grid_level OR v.leaf)
  ORDER BY nlevel(v.path) LIMIT 1
$$;

-- Proposes, for an edition whose buildings have moved, what comes after; tells whoever decides, once for each path and right; answers how
-- many wait. told: {right: template}.
CREATE OR REPLACE FUNCTION propose_successions(edition bigint, moved bigint[], grid_level smallint, until date, told jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  place bigint := (SELECT e.jurisdiction_id FROM edition e WHERE e.id = edition);
  proposed bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(scopes('plans.publish')) AS p WHERE ('j' || base36(place))::ltree <@ p OR p <@ ('j' || base36(place))::ltree) THEN
    RAISE insufficient_privilege;
  END IF;
  UPDATE succession s SET decided_at = now(), accepted = false
  WHERE s.decided_at IS NULL AND s.path <@ ('j' || base36(place))::ltree AND (
    EXISTS (SELECT FROM unit_version v WHERE v.unit_id = s.unit_id AND upper_inf(v.valid))
    OR s.contract_id IS NOT NULL AND NOT EXISTS (SELECT FROM crossing_contracts(place, NULL, grid_level) c WHERE c.id = s.contract_id));
  INSERT INTO succession (path, action, edition_id, organisation_id, unit_id, to_unit_id, confirm_by)
  SELECT DISTINCT ON (g.organisation_id, g.unit_id) v.path, 'people.change', edition, g.organisation_id, g.unit_id, v.unit_id, until
  FROM organisation o JOIN organisation_ground g ON g.organisation_id = o.id AND upper_inf(g.valid)
  JOIN unit_version v ON v.unit_id = successor_of(g.unit_id) AND upper_inf(v.valid)
  WHERE o.jurisdiction_id = place AND NOT EXISTS (SELECT FROM unit_version u WHERE u.unit_id = g.unit_id AND upper_inf(u.valid))
  ON CONFLICT DO NOTHING;
  INSERT INTO succession (path, action, edition_id, contract_id, to_person_id, confirm_by)
  SELECT c.path, 'contracts.assign', edition, c.id, (
    SELECT l.person_id FROM linking_members(c.grid) l WHERE l.held < coalesce(l.most, 2147483647) ORDER BY l.held, l.person_id LIMIT 1), until
  FROM crossing_contracts(place, moved, grid_level) c
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS proposed = ROW_COUNT;
  UPDATE notice n SET closed_at = now()
  WHERE n.kind = 'succession' AND n.closed_at IS NULL AND n.path <@ ('j' || base36(place))::ltree;
  INSERT INTO notice (path, action, kind, subject, template, "values")
  SELECT w.path, w.action, 'succession', w.action || ' ' || w.path::text, told->>w.action,
    jsonb_build_object('count', w.count, 'day', w.confirm_by, 'place', w.name)
  FROM (
    SELECT v.path, v.name, s.action, count(*) AS count, min(s.confirm_by) AS confirm_by
    FROM succession s JOIN unit_version v ON v.path = grid_of(s.path, grid_level) AND upper_inf(v.valid)
    WHERE s.decided_at IS NULL AND s.path <@ ('j' || base36(place))::ltree GROUP BY v.path, v.name, s.action) w;
  RETURN (SELECT count(*) FROM succession s WHERE s.decided_at IS NULL AND s.path <@ ('j' || base36(place))::ltree);
END $$;

-- Answers the contracts of a jurisdiction whose household and member are in two grids, of buildings that moved or of all.
CREATE OR REPLACE FUNCTION crossing_contracts(place bigint, moved bigint[], grid_level smallint)
RETURNS TABLE (id bigint, path ltree, grid ltree)
LANGUAGE sql STABLE AS $$
  SELECT c.id, c.path, grid_of(c.path, grid_level)
  FROM contract c JOIN household h ON h.id = c.household_id
  JOIN person_version v ON v.person_id = c.person_id AND upper_inf(v.valid) AND v.home_building_id IS NOT NULL
  WHERE upper_inf(c.valid) AND c.path <@ ('j' || base36(place))::ltree
    AND (moved IS NULL OR h.building_id = ANY (moved) OR v.home_building_id = ANY (moved))
    AND grid_of(c.path, grid_level) IS DISTINCT FROM grid_of(building_path(v.home_building_id), grid_level)
$$;

-- Answers what waits at or below a path, with who is concerned, for whoever decides about it or reads people there.
CREATE OR REPLACE FUNCTION successions_at(wanted ltree)
RETURNS TABLE (public_id uuid, action text, path text, edition integer, confirm_by date, organisation text, unit text, to_unit text,
               household uuid, person uuid, person_name text, to_person uuid, to_person_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.public_id, s.action, s.path::text, e.serial, s.confirm_by, ov.name,
    (SELECT u.name FROM unit_version u WHERE u.unit_id = s.unit_id ORDER BY u.id DESC LIMIT 1), tv.name,
    h.public_id, p.public_id, pv.name, q.public_id, qv.name
  FROM succession s JOIN edition e ON e.id = s.edition_id
  LEFT JOIN organisation_version ov ON ov.organisation_id = s.organisation_id AND upper_inf(ov.valid)
  LEFT JOIN unit_version tv ON tv.unit_id = s.to_unit_id AND upper_inf(tv.valid)
  LEFT JOIN contract c ON c.id = s.contract_id LEFT JOIN household h ON h.id = c.household_id
  LEFT JOIN person p ON p.id = c.person_id LEFT JOIN person_version pv ON pv.person_id = p.id AND upper_inf(pv.valid)
  LEFT JOIN person q ON q.id = s.to_person_id LEFT JOIN person_version qv ON qv.person_id = q.id AND upper_inf(qv.valid)
  WHERE s.decided_at IS NULL AND s.path <@ wanted AND s.path <@ ANY (scopes(s.action)) ORDER BY s.action, s.path, s.id
$$;

-- What nobody has to decide any more is told no more.
CREATE OR REPLACE FUNCTION close_succession_notice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE notice n SET closed_at = now()
  WHERE n.kind = 'succession' AND n.closed_at IS NULL AND n.action = NEW.action AND n.path @> NEW.path
    AND NOT EXISTS (SELECT FROM succession s WHERE s.decided_at IS NULL AND s.action = NEW.action AND s.path <@ n.path);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER succession_decided AFTER UPDATE OF decided_at ON succession
FOR EACH ROW EXECUTE FUNCTION close_succession_notice();

REVOKE ALL ON FUNCTION propose_successions(bigint, bigint[], smallint, date, jsonb), successions_at(ltree) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION propose_successions(bigint, bigint[], smallint, date, jsonb) TO gridsvc_app;
GRANT EXECUTE ON FUNCTION successions_at(ltree) TO gridsvc_app;
