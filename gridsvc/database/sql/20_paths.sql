-- Every protected row about a building carries the path of where the building stands today.

-- Answers the path of a building: that of its current leaf, or of its jurisdiction while it has none, and its own label.
-- Tables filled in the same transaction have no statistics yet: without the setting each answer would read them whole. In plpgsql, which
-- plans the question once and not for each of many thousand rows.
CREATE OR REPLACE FUNCTION building_path(wanted bigint) RETURNS ltree
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
  RETURN coalesce(
    (SELECT v.path FROM building_place p
     JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
     WHERE p.building_id = wanted AND upper_inf(p.valid)),
    (SELECT ('j' || base36(b.jurisdiction_id))::ltree FROM building b WHERE b.id = wanted)
  ) || ('b_' || base36(wanted))::ltree;
END $$;

CREATE OR REPLACE FUNCTION keep_household_path() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.path := building_path(NEW.building_id);
  RETURN NEW;
END $$;

DROP TRIGGER IF EXISTS building_households_path ON building_households;
CREATE OR REPLACE TRIGGER building_households_begins_path
BEFORE INSERT ON building_households
FOR EACH ROW WHEN (NEW.path = '') EXECUTE FUNCTION keep_household_path();
CREATE OR REPLACE TRIGGER building_households_changes_path
BEFORE UPDATE OF building_id ON building_households
FOR EACH ROW EXECUTE FUNCTION keep_household_path();

-- Who writes many rows gives their paths, which saves looking each of them up; another path than the building's is refused.
CREATE OR REPLACE FUNCTION refuse_other_paths() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM counted c
    LEFT JOIN building_place p ON p.building_id = c.building_id AND upper_inf(p.valid)
    LEFT JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
    WHERE c.path <> coalesce(v.path || ('b_' || base36(c.building_id))::ltree, building_path(c.building_id))
  ) THEN
    RAISE insufficient_privilege USING MESSAGE = 'a path is not that of its building';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER building_households_have_their_paths
AFTER INSERT ON building_households
REFERENCING NEW TABLE AS counted
FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_paths();

CREATE OR REPLACE FUNCTION follow_placed_buildings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE building_households h SET path = v.path || ('b_' || base36(p.building_id))::ltree
  FROM placed p JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
  WHERE h.building_id = p.building_id AND upper_inf(p.valid);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER building_place_moves_paths
AFTER INSERT ON building_place
REFERENCING NEW TABLE AS placed
FOR EACH STATEMENT EXECUTE FUNCTION follow_placed_buildings();

-- A building that lost its place stands at its jurisdiction; one that was given another is followed above.
CREATE OR REPLACE FUNCTION follow_unplaced_buildings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE building_households h SET path = building_path(e.building_id)
  FROM ended e WHERE h.building_id = e.building_id AND NOT upper_inf(e.valid);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER building_place_ends_paths
AFTER UPDATE ON building_place
REFERENCING NEW TABLE AS ended
FOR EACH STATEMENT EXECUTE FUNCTION follow_unplaced_buildings();

CREATE OR REPLACE FUNCTION follow_reparented_units() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE building_households h SET path = o.path || ('b_' || base36(p.building_id))::ltree
  FROM opened o JOIN building_place p ON p.unit_id = o.unit_id AND upper_inf(p.valid)
  WHERE upper_inf(o.valid) AND h.building_id = p.building_id;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER unit_version_moves_paths
AFTER INSERT ON unit_version
REFERENCING NEW TABLE AS opened
FOR EACH STATEMENT EXECUTE FUNCTION follow_reparented_units();
