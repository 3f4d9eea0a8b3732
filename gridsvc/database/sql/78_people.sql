-- What follows from posts and organisations: administrators stand apart, posts follow the ground of their organisation, a redraw proposes.

-- A person whose posts carry a right is nobody with an administrator's account, whichever of the three is written last.
CREATE OR REPLACE FUNCTION keep_posts_from_administrators() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  accounts bigint[];
BEGIN
  IF TG_TABLE_NAME = 'appointment' THEN
    accounts := (SELECT array_agg(a.id) FROM account a WHERE a.person_id = NEW.person_id);
  ELSIF TG_TABLE_NAME = 'account' THEN
    accounts := ARRAY[NEW.id];
  ELSE
    accounts := ARRAY[NEW.account_id];
  END IF;
  IF accounts IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('role_grant'), (a % 2147483648)::int) FROM unnest(accounts) AS a;
  IF EXISTS (
    SELECT FROM account a JOIN role_grant g ON g.account_id = a.id AND g.role IN ('system_admin', 'security_admin', 'audit_admin')
    JOIN appointment p ON p.person_id = a.person_id AND p.role IS NOT NULL AND p.valid && g.valid
    WHERE a.id = ANY (accounts) AND upper_inf(g.valid)
  ) THEN
    RAISE check_violation USING CONSTRAINT = 'posts_and_administrators_apart', MESSAGE = 'an administrator holds no post that carries a right';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER appointment_administrators_apart AFTER INSERT OR UPDATE OF valid, state ON appointment
FOR EACH ROW WHEN (NEW.role IS NOT NULL) EXECUTE FUNCTION keep_posts_from_administrators();
CREATE OR REPLACE TRIGGER account_administrators_apart AFTER INSERT OR UPDATE OF person_id ON account
FOR EACH ROW WHEN (NEW.person_id IS NOT NULL) EXECUTE FUNCTION keep_posts_from_administrators();
CREATE OR REPLACE TRIGGER role_grant_posts_apart AFTER INSERT OR UPDATE ON role_grant
FOR EACH ROW WHEN (NEW.role IN ('system_admin', 'security_admin', 'audit_admin')) EXECUTE FUNCTION keep_posts_from_administrators();

-- Posts that hang at an organisation alone follow its ground.
CREATE OR REPLACE FUNCTION follow_organisation_ground() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM settle_appointments(array_agg(a.id)) FROM appointment a
  WHERE upper_inf(a.valid) AND a.organisation_id IN (SELECT t.organisation_id FROM touched t)
    AND num_nonnulls(a.unit_id, a.building_id, a.street_id, a.household_id) = 0;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER organisation_ground_moves_posts AFTER INSERT ON organisation_ground
REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION follow_organisation_ground();
CREATE OR REPLACE TRIGGER organisation_ground_ends_posts AFTER UPDATE ON organisation_ground
REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION follow_organisation_ground();

-- After an edition: each post of a unit that ended is proposed for the unit that has most of its ground; until somebody confirms that,
-- it stays as it is, on that ground. A proposal whose unit is back ends. Organisations on such ground have their posts settled anew.
CREATE OR REPLACE FUNCTION propose_successors(wanted bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  proposed bigint;
BEGIN
  IF NOT ('j' || base36(wanted))::ltree <@ ANY (scopes('plans.publish') || scopes('ground.import'))
    OR NOT EXISTS (SELECT FROM appointment a WHERE a.jurisdiction_id = wanted AND upper_inf(a.valid)) THEN
    RETURN 0;
  END IF;
  UPDATE appointment p SET valid = tstzrange(lower(p.valid), greatest(lower(p.valid), now()))
  WHERE p.jurisdiction_id = wanted AND p.state = 'proposed' AND upper_inf(p.valid) AND NOT EXISTS (
    SELECT FROM appointment a
    WHERE a.person_id = p.person_id AND a.post = p.post AND a.roster = p.roster AND a.state = 'held' AND upper_inf(a.valid)
      AND a.unit_id IS NOT NULL AND successor_of(a.unit_id) = p.unit_id);
  WITH ended AS MATERIALIZED (
    SELECT a.*, successor_of(a.unit_id) AS successor_id FROM appointment a
    WHERE a.jurisdiction_id = wanted AND upper_inf(a.valid) AND a.state = 'held' AND a.unit_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM unit_version v WHERE v.unit_id = a.unit_id AND upper_inf(v.valid))
  )
  INSERT INTO appointment (jurisdiction_id, person_id, post, unit_id, organisation_id, deputy, roster, origin, duty_phone, role, state,
                           ends_on, valid)
  SELECT e.jurisdiction_id, e.person_id, e.post, e.successor_id, e.organisation_id, e.deputy, e.roster, e.origin, e.duty_phone, e.role,
         'proposed', e.ends_on, tstzrange(now(), NULL)
  FROM ended e WHERE e.successor_id IS NOT NULL
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS proposed = ROW_COUNT;
  PERFORM settle_appointments(array_agg(a.id)) FROM appointment a
  WHERE a.jurisdiction_id = wanted AND upper_inf(a.valid) AND (
    NOT EXISTS (SELECT FROM unit_version v WHERE v.unit_id = a.unit_id AND upper_inf(v.valid)) AND a.unit_id IS NOT NULL
    OR num_nonnulls(a.unit_id, a.building_id, a.street_id, a.household_id) = 0);
  RETURN proposed;
END $$;

REVOKE ALL ON FUNCTION propose_successors(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION propose_successors(bigint) TO gridsvc_app;
