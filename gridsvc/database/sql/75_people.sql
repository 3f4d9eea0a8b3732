-- Where people, households, contracts and posts are today: kept by triggers from homes, posts and the places of buildings. What is asked for
-- each row is in plpgsql, which plans it once.

-- Answers the unit that has most of the ground, at an instant, of one that had ended, at its level; NULL for a unit that held, and where none
-- has any.
CREATE OR REPLACE FUNCTION successor_at(wanted bigint, at timestamptz) RETURNS bigint
LANGUAGE sql STABLE SET enable_seqscan = off AS $$
  SELECT f.unit_id FROM (
    SELECT h.unit_id, h.code, ST_Area(ST_Intersection(h.geom, o.geom)) AS common
    FROM (SELECT v.* FROM unit_version v WHERE v.unit_id = wanted AND lower(v.valid) <= at ORDER BY lower(v.valid) DESC LIMIT 1) o
    JOIN unit_version h ON h.geom && o.geom AND h.valid @> at AND h.jurisdiction_id = o.jurisdiction_id AND h.level = o.level
      AND h.kind <> 'remainder'
    WHERE NOT o.valid @> at
  ) f WHERE f.common > 0 ORDER BY f.common DESC, f.code NULLS LAST, f.unit_id LIMIT 1
$$;

CREATE OR REPLACE FUNCTION successor_of(wanted bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT successor_at(wanted, 'infinity')
$$;

-- Answers where a unit that had ended counts at an instant: where its successor stood.
CREATE OR REPLACE FUNCTION path_of_unit_at(wanted bigint, at timestamptz) RETURNS ltree
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT v.path FROM unit_version v WHERE v.unit_id = successor_at(wanted, at) AND v.valid @> at);
END $$;

-- Answers the path of a unit today, of its successor where it has ended.
CREATE OR REPLACE FUNCTION path_of_unit(wanted bigint) RETURNS ltree
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(
    (SELECT v.path FROM unit_version v WHERE v.unit_id = wanted AND upper_inf(v.valid)),
    (SELECT v.path FROM unit_version v WHERE v.unit_id = successor_of(wanted) AND upper_inf(v.valid)));
END $$;

-- Answers the paths of the leaves that a street runs through today: the ground of its head (街长).
CREATE OR REPLACE FUNCTION street_paths(wanted bigint) RETURNS ltree[]
LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT v.path), '{}')
  FROM street_version s JOIN unit_shape d ON d.geom && s.geom AND ST_Intersects(d.geom, s.geom)
  JOIN unit_version v ON v.unit_id = d.unit_id AND upper_inf(v.valid) AND v.leaf
  WHERE s.street_id = wanted AND upper_inf(s.valid)
$$;

-- Answers what lies above several leaves, and a single one itself: lca() takes the last label off, so each is given one more.
CREATE OR REPLACE FUNCTION above_all(leaves ltree[]) RETURNS ltree
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lca(array_agg(DISTINCT leaf || 'x')) FROM unnest(leaves) AS leaf
$$;

-- Answers the unit above all leaves that a street ran through at an instant, where it counts.
CREATE OR REPLACE FUNCTION street_ground(wanted bigint, at timestamptz) RETURNS ltree
LANGUAGE sql STABLE AS $$
  SELECT above_all(array_agg(v.path))
  FROM street_version s JOIN street n ON n.id = s.street_id
  JOIN unit_version v ON v.geom && s.geom AND ST_Intersects(v.geom, s.geom) AND v.valid @> at AND v.leaf AND v.jurisdiction_id = n.jurisdiction_id
  WHERE s.street_id = wanted AND s.valid @> at
$$;

-- Answers the paths of what an organisation is attached to today: of a compound that shares a leaf with others its buildings alone.
CREATE OR REPLACE FUNCTION organisation_paths(wanted bigint) RETURNS ltree[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
  SELECT coalesce(array_agg(DISTINCT g.path) FILTER (WHERE g.path IS NOT NULL), '{}') FROM (
    SELECT path_of_unit(o.unit_id) AS path FROM organisation_ground o
    WHERE o.organisation_id = wanted AND upper_inf(o.valid) AND o.unit_id IS NOT NULL
    UNION ALL
    SELECT building_path(o.building_id) FROM organisation_ground o
    WHERE o.organisation_id = wanted AND upper_inf(o.valid) AND o.building_id IS NOT NULL
    UNION ALL
    SELECT unnest(street_paths(o.street_id)) FROM organisation_ground o
    WHERE o.organisation_id = wanted AND upper_inf(o.valid) AND o.street_id IS NOT NULL
    UNION ALL
    SELECT CASE WHEN EXISTS (
      SELECT FROM building_place q JOIN building_version w ON w.building_id = q.building_id AND upper_inf(w.valid)
      WHERE q.unit_id = p.unit_id AND upper_inf(q.valid) AND w.compound_id IS DISTINCT FROM o.compound_id
    ) THEN building_path(b.building_id) ELSE v.path END
    FROM organisation_ground o
    JOIN building_version b ON b.compound_id = o.compound_id AND upper_inf(b.valid)
    JOIN building_place p ON p.building_id = b.building_id AND upper_inf(p.valid)
    JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
    WHERE o.organisation_id = wanted AND upper_inf(o.valid)
  ) g
  );
END $$;

-- Answers the ground of a post today; a post that hangs at no ground has that of its organisation.
CREATE OR REPLACE FUNCTION appointment_paths(unit bigint, building bigint, household bigint, street bigint, organisation bigint)
RETURNS ltree[]
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
BEGIN
  RETURN coalesce(CASE
    WHEN unit IS NOT NULL THEN (SELECT array_agg(p) FROM path_of_unit(unit) AS p WHERE p IS NOT NULL)
    WHEN building IS NOT NULL THEN ARRAY[building_path(building)]
    WHEN household IS NOT NULL THEN (SELECT ARRAY[h.path] FROM household h WHERE h.id = household)
    WHEN street IS NOT NULL THEN street_paths(street)
    ELSE organisation_paths(organisation)
  END, '{}');
END $$;

-- Settles these people anew: where they live, and where they serve.
CREATE OR REPLACE FUNCTION settle_people(wanted bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  UPDATE person p SET paths = f.paths FROM (
    SELECT q.id, coalesce(array_agg(DISTINCT x.path) FILTER (WHERE x.path IS NOT NULL), ARRAY[('j' || base36(q.jurisdiction_id))::ltree]) AS paths
    FROM person q LEFT JOIN LATERAL (
      SELECT building_path(v.home_building_id) AS path FROM person_version v
      WHERE v.person_id = q.id AND upper_inf(v.valid) AND v.home_building_id IS NOT NULL
      UNION ALL
      SELECT unnest(a.paths) FROM appointment a WHERE a.person_id = q.id AND upper_inf(a.valid)
    ) x ON true
    WHERE q.id = ANY (wanted) GROUP BY q.id
  ) f WHERE p.id = f.id AND p.paths IS DISTINCT FROM f.paths
$$;

-- Answers the paths of a post: one that carries no right and has no ground is the jurisdiction's to know.
CREATE OR REPLACE FUNCTION paths_of_post(a appointment) RETURNS ltree[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
  SELECT CASE WHEN f.paths = '{}' AND a.role IS NULL THEN ARRAY[('j' || base36(a.jurisdiction_id))::ltree] ELSE f.paths END
  FROM (SELECT appointment_paths(a.unit_id, a.building_id, a.household_id, a.street_id, a.organisation_id) AS paths) f
  );
END $$;

-- Settles these posts anew; the trigger on them sees to the people.
CREATE OR REPLACE FUNCTION settle_appointments(wanted bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  UPDATE appointment a SET paths = paths_of_post(a) WHERE a.id = ANY (wanted);
$$;

-- Whoever enters a person says where, inside the own scopes; without a word it is the jurisdiction. The home settles it a moment later.
CREATE OR REPLACE FUNCTION begin_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.paths = '{}' THEN
    NEW.paths := ARRAY[('j' || base36(NEW.jurisdiction_id))::ltree];
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION begin_household() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.path := building_path(NEW.building_id);
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION begin_contract() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.path := (SELECT h.path FROM household h WHERE h.id = NEW.household_id);
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION begin_appointment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.paths := paths_of_post(NEW);
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION follow_touched_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM settle_people(array_agg(DISTINCT t.person_id)) FROM touched t;
  RETURN NULL;
END $$;

-- An address that waits is its jurisdiction's where nobody says whose; so are those from before they had a place.
CREATE OR REPLACE FUNCTION begin_address_review() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.path := ('j' || base36(NEW.jurisdiction_id))::ltree;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER address_review_begins_path BEFORE INSERT ON address_review
FOR EACH ROW WHEN (NEW.path = '') EXECUTE FUNCTION begin_address_review();
UPDATE address_review SET path = ('j' || base36(jurisdiction_id))::ltree WHERE path = '';

CREATE OR REPLACE TRIGGER person_begins_paths BEFORE INSERT ON person FOR EACH ROW EXECUTE FUNCTION begin_person();
CREATE OR REPLACE TRIGGER household_begins_path BEFORE INSERT OR UPDATE OF building_id ON household FOR EACH ROW EXECUTE FUNCTION begin_household();
CREATE OR REPLACE TRIGGER contract_begins_path BEFORE INSERT ON contract FOR EACH ROW EXECUTE FUNCTION begin_contract();
CREATE OR REPLACE TRIGGER appointment_begins_paths BEFORE INSERT OR UPDATE OF unit_id, building_id, street_id, household_id, organisation_id
ON appointment FOR EACH ROW EXECUTE FUNCTION begin_appointment();

CREATE OR REPLACE TRIGGER person_version_moves_people AFTER INSERT ON person_version
REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION follow_touched_people();
CREATE OR REPLACE TRIGGER appointment_moves_people AFTER INSERT ON appointment
REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION follow_touched_people();
CREATE OR REPLACE TRIGGER appointment_ends_people AFTER UPDATE ON appointment
REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION follow_touched_people();

-- Whatever hangs at these buildings follows them: households, contracts, corrections that wait, posts, and who lives or serves there.
CREATE OR REPLACE FUNCTION follow_buildings(wanted bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  UPDATE household h SET path = building_path(h.building_id)
  WHERE h.building_id = ANY (wanted) AND h.path IS DISTINCT FROM building_path(h.building_id);
  UPDATE contract c SET path = h.path FROM household h
  WHERE h.building_id = ANY (wanted) AND c.household_id = h.id AND upper_inf(c.valid) AND c.path <> h.path;
  UPDATE correction c SET path = building_path(h.building_id) FROM (
    SELECT 'household' AS noun, d.id, d.building_id FROM household d WHERE d.building_id = ANY (wanted)
    UNION ALL
    SELECT 'person', v.person_id, v.home_building_id FROM person_version v WHERE upper_inf(v.valid) AND v.home_building_id = ANY (wanted)
  ) h
  WHERE c.state = 'open' AND c.noun = h.noun AND c.thing_id = h.id AND c.path <> building_path(h.building_id);
  SELECT settle_appointments(array_agg(a.id)) FROM appointment a LEFT JOIN household h ON h.id = a.household_id
  WHERE upper_inf(a.valid) AND (a.building_id = ANY (wanted) OR h.building_id = ANY (wanted));
  SELECT settle_people(array_agg(v.person_id)) FROM person_version v WHERE upper_inf(v.valid) AND v.home_building_id = ANY (wanted);
$$;

CREATE OR REPLACE FUNCTION follow_placed_homes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM person) OR EXISTS (SELECT FROM household) THEN
    PERFORM follow_buildings(array_agg(DISTINCT p.building_id)) FROM placed p;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER building_place_moves_homes AFTER INSERT ON building_place
REFERENCING NEW TABLE AS placed FOR EACH STATEMENT EXECUTE FUNCTION follow_placed_homes();
CREATE OR REPLACE TRIGGER building_place_ends_homes AFTER UPDATE ON building_place
REFERENCING NEW TABLE AS placed FOR EACH STATEMENT EXECUTE FUNCTION follow_placed_homes();

-- A unit that an edition opened anew may have another path, and so has all below it.
CREATE OR REPLACE FUNCTION follow_opened_units() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM person) OR EXISTS (SELECT FROM household) THEN
    PERFORM settle_appointments(array_agg(a.id)) FROM opened o JOIN appointment a ON a.unit_id = o.unit_id
    WHERE upper_inf(o.valid) AND upper_inf(a.valid);
    PERFORM follow_buildings(array_agg(p.building_id)) FROM opened o JOIN building_place p ON p.unit_id = o.unit_id
    WHERE upper_inf(o.valid) AND upper_inf(p.valid);
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER unit_version_moves_people AFTER INSERT ON unit_version
REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION follow_opened_units();

REVOKE ALL ON FUNCTION settle_people(bigint[]), settle_appointments(bigint[]), follow_buildings(bigint[]) FROM PUBLIC;
