-- Questions about contracts (包联), and what ends them.

-- Ends the contracts of a household or of a member that is no longer there once the transaction is done: a version that is replaced by
-- another leaves them as they are.
CREATE OR REPLACE FUNCTION end_contracts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'household_version' THEN
    UPDATE contract c SET valid = tstzrange(lower(c.valid), greatest(lower(c.valid), upper(NEW.valid)))
    WHERE c.household_id = NEW.household_id AND upper_inf(c.valid)
      AND NOT EXISTS (SELECT FROM household_version v WHERE v.household_id = NEW.household_id AND upper_inf(v.valid));
  ELSE
    UPDATE contract c SET valid = tstzrange(lower(c.valid), greatest(lower(c.valid), upper(NEW.valid)))
    WHERE c.person_id = NEW.person_id AND upper_inf(c.valid)
      AND NOT EXISTS (SELECT FROM member m WHERE m.person_id = NEW.person_id AND upper_inf(m.valid));
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS household_ends_contracts ON household_version;
CREATE CONSTRAINT TRIGGER household_ends_contracts AFTER UPDATE OF valid ON household_version DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (upper_inf(OLD.valid) AND NOT upper_inf(NEW.valid)) EXECUTE FUNCTION end_contracts();
DROP TRIGGER IF EXISTS member_ends_contracts ON member;
CREATE CONSTRAINT TRIGGER member_ends_contracts AFTER UPDATE OF valid ON member DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (upper_inf(OLD.valid) AND NOT upper_inf(NEW.valid)) EXECUTE FUNCTION end_contracts();

-- Answers the members whose homes are at or below a path, as far as they may be given households: not exempt, not 70 (宁海 2020).
CREATE OR REPLACE FUNCTION linking_members(wanted ltree)
RETURNS TABLE (person_id bigint, home bigint, most integer, held bigint)
LANGUAGE sql STABLE AS $$
  SELECT v.person_id, v.home_building_id, m.max_households,
    (SELECT count(*) FROM contract c WHERE c.person_id = v.person_id AND upper_inf(c.valid))
  FROM buildings_below(wanted) AS b (id) JOIN person_version v ON v.home_building_id = b.id AND upper_inf(v.valid)
  JOIN member m ON m.person_id = v.person_id AND upper_inf(m.valid)
  WHERE m.exemption IS NULL AND (v.born_on IS NULL OR v.born_on > current_date - interval '70 years')
$$;

-- Answers per path how many dwellings a member looks after, and how many members look after too few, as many as they should, or too many,
-- by a range and their own most; for paths wholly inside the reader's scopes.
CREATE OR REPLACE FUNCTION contract_sums(wanted ltree[], low integer, high integer)
RETURNS TABLE (path ltree, dwellings bigint, covered bigint, members bigint, idle bigint, under bigint, within bigint, over bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT w.path, d.dwellings, d.covered, m.members, m.idle, m.under, m.within, m.over
  FROM unnest(wanted) AS w (path), LATERAL (
    SELECT count(*) AS dwellings, count(c.id) AS covered
    FROM household h JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid) AND v.use <> 'shop'
    LEFT JOIN contract c ON c.household_id = h.id AND upper_inf(c.valid)
    WHERE h.path <@ w.path
  ) d, LATERAL (
    SELECT count(*) AS members, count(*) FILTER (WHERE l.held = 0) AS idle,
      count(*) FILTER (WHERE l.held BETWEEN 1 AND least(low, l.most, high) - 1) AS under,
      count(*) FILTER (WHERE l.held > 0 AND l.held BETWEEN least(low, l.most, high) AND least(l.most, high)) AS within,
      count(*) FILTER (WHERE l.held > least(l.most, high)) AS over
    FROM linking_members(w.path) l
  ) m
  WHERE w.path <@ ANY ((SELECT scopes('households.read'))::ltree[])
$$;

-- Answers the boxes around the homes of members who look after nobody (idle) or after too many (laden), and around the buildings with
-- dwellings that nobody looks after (uncovered); none of what there is not.
CREATE OR REPLACE FUNCTION contract_gaps(wanted ltree, high integer) RETURNS TABLE (gap text, place float8[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT f.gap, edges(ST_Extent(b.geom)) FROM (
    SELECT CASE WHEN l.held = 0 THEN 'idle' ELSE 'laden' END AS gap, l.home AS building_id
    FROM linking_members(wanted) l WHERE l.held = 0 OR l.held > least(l.most, high)
    UNION ALL
    SELECT DISTINCT 'uncovered', h.building_id
    FROM household h JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid) AND v.use <> 'shop'
    WHERE h.path <@ wanted AND NOT EXISTS (SELECT FROM contract c WHERE c.household_id = h.id AND upper_inf(c.valid))
  ) f JOIN building_version b ON b.building_id = f.building_id AND upper_inf(b.valid)
  WHERE wanted <@ ANY ((SELECT scopes('households.read'))::ltree[])
  GROUP BY f.gap
$$;

-- Answers the dwellings at or below a path with who looks after them, for whoever may assign there.
CREATE OR REPLACE FUNCTION households_to_assign(wanted ltree)
RETURNS TABLE (id bigint, building_id bigint, path ltree, entrance text, room text, person_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT h.id, h.building_id, h.path, h.entrance, h.room, c.person_id
  FROM household h JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid) AND v.use <> 'shop'
  LEFT JOIN contract c ON c.household_id = h.id AND upper_inf(c.valid)
  WHERE h.path <@ wanted AND h.path <@ ANY ((SELECT scopes('contracts.assign'))::ltree[])
$$;

-- Answers the members whose homes are at or below a path, for whoever may assign there.
CREATE OR REPLACE FUNCTION members_to_assign(wanted ltree)
RETURNS TABLE (person_id bigint, home bigint, path ltree, most integer, held bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.person_id, l.home, building_path(l.home), l.most, l.held FROM linking_members(wanted) l
  WHERE wanted <@ ANY ((SELECT scopes('contracts.assign'))::ltree[])
$$;

-- Answers what each member would look after by a proposal at or below a path, by home and building: for the map and the list of whoever may
-- assign there.
DROP FUNCTION IF EXISTS proposed_shares(uuid);  -- it asked for no path
CREATE OR REPLACE FUNCTION proposed_shares(proposal uuid, wanted ltree)
RETURNS TABLE (person uuid, person_name text, home bigint, building bigint, dwellings bigint, distance_m double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.public_id, v.name, v.home_building_id, h.building_id, count(*), max(r.distance_m)
  FROM contract_proposal o JOIN contract_proposed r ON r.proposal_id = o.id
  JOIN household h ON h.id = r.household_id JOIN person p ON p.id = r.person_id
  LEFT JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid)
  WHERE o.public_id = proposal AND h.path <@ wanted AND o.path <@ ANY ((SELECT scopes('contracts.assign'))::ltree[])
  GROUP BY p.public_id, v.name, v.home_building_id, h.building_id
$$;

-- Answers the households of a member that the reader may see.
CREATE OR REPLACE FUNCTION contracts_of(person uuid)
RETURNS TABLE (household uuid, building uuid, building_name text, compound_name text, entrance text, room text, use text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT h.public_id, b.public_id, d.name, k.name, h.entrance, h.room, v.use, lower(c.valid)
  FROM person p JOIN contract c ON c.person_id = p.id AND upper_inf(c.valid) JOIN household h ON h.id = c.household_id
  JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid) JOIN building b ON b.id = h.building_id
  JOIN building_version d ON d.building_id = b.id AND upper_inf(d.valid)
  LEFT JOIN compound_version k ON k.compound_id = d.compound_id AND upper_inf(k.valid)
  WHERE p.public_id = person AND h.path <@ ANY ((SELECT scopes('people.read'))::ltree[])
  ORDER BY k.name NULLS LAST, length(d.name), d.name, length(h.entrance), h.entrance, length(h.room), h.room
$$;

REVOKE ALL ON FUNCTION contract_sums(ltree[], integer, integer), contract_gaps(ltree, integer), households_to_assign(ltree), members_to_assign(ltree), proposed_shares(uuid, ltree),
  contracts_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contract_sums(ltree[], integer, integer), contract_gaps(ltree, integer), contracts_of(uuid) TO gridsvc_app, gridsvc_reader;
GRANT EXECUTE ON FUNCTION households_to_assign(ltree), members_to_assign(ltree), proposed_shares(uuid, ltree) TO gridsvc_app;
