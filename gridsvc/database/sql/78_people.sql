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
  IF NOT EXISTS (SELECT FROM unnest(scopes('plans.publish') || scopes('ground.import')) AS p
      WHERE ('j' || base36(wanted))::ltree <@ p OR p <@ ('j' || base36(wanted))::ltree)
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

-- Answers what is counted of people and organisations per path, for paths of one jurisdiction that lie wholly inside the reader's scopes:
-- members by home, by branch (组织关系) and by reporting branch (报到) where that branch leads, organisations by
-- kind where they lead and those listed besides (联建), secretaries by origin, posts held. What stands at a unit itself is in none below.
CREATE OR REPLACE FUNCTION people_sums(wanted ltree[])
RETURNS TABLE (path ltree, members bigint, full_members bigint, members_by_branch bigint, full_by_branch bigint, members_reporting bigint,
               organisations jsonb, joint_elsewhere bigint, secretaries jsonb, posts_held bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH w AS MATERIALIZED (SELECT DISTINCT x AS path FROM unnest(wanted) AS x WHERE nlevel(x) > 0 AND x <@ ANY (scopes('households.read'))),
  counted AS MATERIALIZED (
    SELECT t.col, t.kind, t.origin, t.is_full, t.path, t.building_id, count(*) AS number
    FROM jurisdiction j, counted_people(j.id, 'infinity') t
    WHERE ('j' || base36(j.id))::ltree IN (SELECT subpath(w.path, 0, 1) FROM w)
    GROUP BY t.col, t.kind, t.origin, t.is_full, t.path, t.building_id
  ), here AS MATERIALIZED (
    SELECT w.path, c.col, c.kind, c.origin, c.is_full, sum(c.number)::bigint AS number
    FROM w JOIN counted c ON c.path <@ w.path OR c.path || ('b_' || base36(c.building_id))::ltree <@ w.path
    GROUP BY w.path, c.col, c.kind, c.origin, c.is_full
  )
  SELECT w.path, f.*,
    (SELECT coalesce(jsonb_object_agg(h.kind, h.number), '{}') FROM here h WHERE h.path = w.path AND h.col = 'organisation'),
    (SELECT coalesce(sum(h.number), 0)::bigint FROM here h WHERE h.path = w.path AND h.col = 'listed'),
    (SELECT coalesce(jsonb_object_agg(coalesce(h.origin, 'unknown'), h.number), '{}') FROM here h
     WHERE h.path = w.path AND h.col = 'post' AND h.kind = 'secretary'),
    (SELECT coalesce(sum(h.number), 0)::bigint FROM here h WHERE h.path = w.path AND h.col = 'post')
  FROM w, LATERAL (
    SELECT coalesce(sum(h.number) FILTER (WHERE h.col = 'home'), 0)::bigint,
      coalesce(sum(h.number) FILTER (WHERE h.col = 'home' AND h.is_full), 0)::bigint,
      coalesce(sum(h.number) FILTER (WHERE h.col = 'branch'), 0)::bigint,
      coalesce(sum(h.number) FILTER (WHERE h.col = 'branch' AND h.is_full), 0)::bigint,
      coalesce(sum(h.number) FILTER (WHERE h.col = 'reported'), 0)::bigint
    FROM here h WHERE h.path = w.path
  ) f
$$;

-- Answers per path how many holders the tiers of a scheme have there and how many are missing; no row for paths not wholly inside the
-- reader's scopes, and none where nobody was ever appointed.
CREATE OR REPLACE FUNCTION post_sums(wanted ltree[], tiers jsonb) RETURNS TABLE (path ltree, filled bigint, vacant bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH w AS MATERIALIZED (SELECT DISTINCT x AS path FROM unnest(wanted) AS x WHERE nlevel(x) > 0 AND x <@ ANY (scopes('households.read'))),
  top AS (
    SELECT t.path FROM w t WHERE NOT EXISTS (SELECT FROM w u WHERE t.path <@ u.path AND t.path <> u.path)
      AND EXISTS (SELECT FROM appointment a WHERE ('j' || base36(a.jurisdiction_id))::ltree = subpath(t.path, 0, 1))
  ), places AS MATERIALIZED (SELECT p.* FROM top, post_places(top.path, 'infinity', tiers) p)
  SELECT w.path, sum(least(p.held, p.needed))::bigint, sum(greatest(p.needed - p.held, 0))::bigint
  FROM w JOIN places p ON p.path <@ w.path OR p.path || ('b_' || base36(p.building_id))::ltree <@ w.path GROUP BY w.path
$$;

-- Answers the box around the places at or below a path where a tier of a scheme lacks a holder; NULL where none does, and for whoever may
-- not count there.
CREATE OR REPLACE FUNCTION vacant_place(wanted ltree, tiers jsonb) RETURNS float8[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  SELECT edges(ST_Extent(coalesce(b.geom, v.geom))) FROM post_places(wanted, 'infinity', tiers) p
  JOIN unit_version v ON v.unit_id = p.unit_id AND upper_inf(v.valid)
  LEFT JOIN building_version b ON b.building_id = p.building_id AND upper_inf(b.valid)
  WHERE p.held < p.needed AND wanted <@ ANY (scopes('households.read'))
$$;

REVOKE ALL ON FUNCTION vacant_place(ltree, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vacant_place(ltree, jsonb) TO gridsvc_app, gridsvc_reader;

-- Answers which posts of these units of one jurisdiction are vacant, and since when those that somebody held once; none where nobody was
-- ever appointed. A post and that it is vacant are public.
CREATE OR REPLACE FUNCTION posts_vacant(units uuid[], tiers jsonb) RETURNS TABLE (place uuid, post text, left_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH asked AS MATERIALIZED (SELECT u.id, u.public_id, u.jurisdiction_id FROM unit u WHERE u.public_id = ANY (units))
  SELECT asked.public_id, p.post, (
    SELECT max(upper(a.valid)) FROM appointment a
    WHERE a.unit_id = asked.id AND a.post = p.post AND a.state = 'held' AND a.roster = 'ordinary')
  FROM (SELECT DISTINCT a.jurisdiction_id AS id FROM asked a) place, post_places(('j' || base36(place.id))::ltree, 'infinity', tiers) p
  JOIN asked ON asked.id = p.unit_id AND p.building_id IS NULL AND p.held < p.needed
  WHERE EXISTS (SELECT FROM appointment a WHERE a.jurisdiction_id = place.id)
$$;

-- Answers a page of the people who live or serve at or below a path, where the reader may see them, by name. part is part of a name,
-- phone the digest of a whole number; narrowed to members, or to those with a post. revealing: whether the reader may see all.
-- Who is on the page is planned at each call, since what is asked decides by which index; what is told of them, once a connection.
-- A name that few people share is looked up before the path: the planner takes a leaf for ten times smaller than it is, and finds it by
-- nine times its people. EXECUTE INTO runs no parallel workers, so that none are planned for.
CREATE OR REPLACE FUNCTION people_in(wanted ltree, part text, phone bytea, narrowed text, most integer, skip integer)
RETURNS TABLE (id bigint, public_id uuid, name text, phone_sealed bytea, has_id_number boolean, home uuid, home_name text, lives_here boolean,
               member_kind text, is_full boolean, branch text, reporting_branch text, posts text[], households bigint, revealing boolean,
               total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
  few CONSTANT integer := 2000;
  reads ltree[] := scopes('people.read');
  reveals ltree[] := scopes('people.reveal');
  ids bigint[];
  names text[];
  found bigint[];
  counted bigint;
BEGIN
  IF part IS NOT NULL THEN
    SELECT coalesce(array_agg(v.person_id), '{}'), array_agg(v.name) INTO ids, names FROM (
      SELECT v.person_id, v.name FROM person_version v
      WHERE upper_inf(v.valid) AND string_to_array(v.name, NULL) @> string_to_array(part, NULL) AND position(part IN v.name) > 0
        AND (phone IS NULL OR v.phone_digest = phone)
      LIMIT few
    ) v;
  END IF;
  EXECUTE format($question$
    SELECT array_agg(f.id), max(f.total) FROM (
      SELECT p.id, count(*) OVER () AS total
      FROM %s
      WHERE p.paths <@ $1 AND ($1 <@ ANY ($2) OR EXISTS (SELECT FROM unnest(p.paths) AS here WHERE here <@ $1 AND here <@ ANY ($2))) %s
      ORDER BY v.name, p.id LIMIT $5 OFFSET $6
    ) f
  $question$, CASE WHEN cardinality(ids) < few
    THEN 'unnest($7, $8) AS v (person_id, name) CROSS JOIN LATERAL (SELECT * FROM person p WHERE p.id = v.person_id OFFSET 0) p'
    ELSE 'person p JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid)
      AND ($3 IS NULL OR string_to_array(v.name, NULL) @> string_to_array($3, NULL) AND position($3 IN v.name) > 0)
      AND ($4 IS NULL OR v.phone_digest = $4)'
  END, CASE narrowed
    WHEN 'members' THEN 'AND EXISTS (SELECT FROM member m WHERE m.person_id = p.id AND upper_inf(m.valid))'
    WHEN 'posts' THEN 'AND EXISTS (SELECT FROM appointment a
      WHERE a.person_id = p.id AND upper_inf(a.valid) AND a.paths <@ $1 AND a.paths <@ ANY ($2))'
  END) INTO found, counted USING wanted, reads, part, phone, most, skip, ids, names;
  RETURN QUERY
  SELECT p.id, p.public_id, v.name, v.phone_sealed, v.id_number_sealed IS NOT NULL, b.public_id, d.name,
    v.home_building_id IS NOT NULL AND building_path(v.home_building_id) <@ wanted, m.kind, m.full, ob.name, rb.name,
    (SELECT array_agg(a.post ORDER BY a.id) FROM appointment a
     WHERE a.person_id = p.id AND upper_inf(a.valid) AND a.state = 'held' AND a.paths <@ ANY (reads)),
    (SELECT count(*) FROM contract c WHERE c.person_id = p.id AND upper_inf(c.valid)), p.paths <@ ANY (reveals), counted
  FROM person p JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid)
  LEFT JOIN member m ON m.person_id = p.id AND upper_inf(m.valid)
  LEFT JOIN building b ON b.id = v.home_building_id
  LEFT JOIN building_version d ON d.building_id = b.id AND upper_inf(d.valid)
  LEFT JOIN organisation_version ob ON ob.organisation_id = m.branch_id AND upper_inf(ob.valid)
  LEFT JOIN organisation_version rb ON rb.organisation_id = m.reporting_branch_id AND upper_inf(rb.valid)
  WHERE p.id = ANY (found)
  ORDER BY v.name, p.id;
END $$;

-- Answers the private values of a person for whoever may reveal them there; no row for anybody else, nor for a stranger.
CREATE OR REPLACE FUNCTION private_values(person uuid)
RETURNS TABLE (id bigint, path ltree, name text, phone_sealed bytea, id_number_sealed bytea, address text, born_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.paths[1], v.name, v.phone_sealed, v.id_number_sealed, v.home_text, v.born_on
  FROM person p JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid)
  WHERE p.public_id = person AND p.paths <@ ANY (scopes('people.reveal'))
$$;

REVOKE ALL ON FUNCTION propose_successors(bigint), people_sums(ltree[]), post_sums(ltree[], jsonb), posts_vacant(uuid[], jsonb), private_values(uuid),
  people_in(ltree, text, bytea, text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_sums(ltree[]), post_sums(ltree[], jsonb), posts_vacant(uuid[], jsonb), people_in(ltree, text, bytea, text, integer, integer)
TO gridsvc_app, gridsvc_reader;
GRANT EXECUTE ON FUNCTION propose_successors(bigint), private_values(uuid) TO gridsvc_app;

-- Renews the notices about posts and organisations of a jurisdiction from what stands: opens what is new, closes what no longer holds.
-- tiers as of post_places(); posts: key -> {name, action}; kinds: kind -> {template, action, days to decide}. Answers how many are open.
CREATE OR REPLACE FUNCTION renew_notices(place bigint, tiers jsonb, posts jsonb, kinds jsonb, soon integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  top ltree := ('j' || base36(place))::ltree;
BEGIN
  CREATE TEMPORARY TABLE due ON COMMIT DROP AS
  WITH vacant AS MATERIALIZED (
    SELECT p.* FROM post_places(top, 'infinity', tiers) p WHERE p.held < p.needed AND EXISTS (SELECT FROM appointment a WHERE a.jurisdiction_id = place)
  ), held AS MATERIALIZED (
    SELECT a.id, a.post, a.ends_on, a.state, lower(a.valid) AS since, a.paths[1] AS path, coalesce(u.name, b.name, s.name, o.name, '-') AS name FROM appointment a
    LEFT JOIN unit_version u ON u.unit_id = a.unit_id AND upper_inf(u.valid)
    LEFT JOIN building_version b ON b.building_id = a.building_id AND upper_inf(b.valid)
    LEFT JOIN street_version s ON s.street_id = a.street_id AND upper_inf(s.valid)
    LEFT JOIN organisation_version o ON o.organisation_id = a.organisation_id AND upper_inf(o.valid)
    WHERE a.jurisdiction_id = place AND upper_inf(a.valid) AND cardinality(a.paths) > 0
      AND (a.state = 'proposed' OR a.ends_on <= current_date + soon)
  )
  SELECT 'vacancy' AS kind, format('%s %s', v.post, base36(v.unit_id)) AS subject, v.path, posts->v.post->>'action' AS action,
    jsonb_build_object('place', v.name, 'post', posts->v.post->>'name') AS said
  FROM vacant v WHERE v.building_id IS NULL
  UNION ALL
  SELECT 'vacant_buildings', format('%s %s', v.post, base36(v.unit_id)), u.path, posts->v.post->>'action',
    jsonb_build_object('place', u.name, 'post', posts->v.post->>'name', 'count', count(*))
  FROM vacant v JOIN unit_version u ON u.unit_id = v.unit_id AND upper_inf(u.valid) WHERE v.building_id IS NOT NULL
  GROUP BY v.post, v.unit_id, u.path, u.name
  UNION ALL
  SELECT CASE WHEN h.ends_on < current_date THEN 'expired' ELSE 'expiring' END, base36(h.id), h.path, posts->h.post->>'action',
    jsonb_build_object('place', h.name, 'post', posts->h.post->>'name', 'day', h.ends_on)
  FROM held h WHERE h.state = 'held'
  UNION ALL
  SELECT 'to_confirm', base36(h.id), h.path, posts->h.post->>'action', jsonb_build_object('place', h.name, 'post', posts->h.post->>'name',
    'day', (h.since AT TIME ZONE 'Asia/Shanghai')::date + (kinds->'to_confirm'->>'days')::integer)
  FROM held h WHERE h.state = 'proposed'
  UNION ALL
  SELECT 'ground_ended', base36(g.organisation_id), coalesce(path_of_unit(g.unit_id), top), kinds->'ground_ended'->>'action',
    jsonb_build_object('name', v.name)
  FROM organisation o JOIN organisation_ground g ON g.organisation_id = o.id AND upper_inf(g.valid)
  JOIN organisation_version v ON v.organisation_id = o.id AND upper_inf(v.valid)
  WHERE o.jurisdiction_id = place AND g.leads AND g.unit_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM unit_version u WHERE u.unit_id = g.unit_id AND upper_inf(u.valid))
  UNION ALL
  SELECT 'contract_ending', base36(o.id), s.path, kinds->'contract_ending'->>'action',
    jsonb_build_object('name', v.name, 'day', v.contract_until)
  FROM organisation o JOIN organisation_version v ON v.organisation_id = o.id AND upper_inf(v.valid)
  JOIN counted_organisations(place, 'infinity') s ON s.id = o.id AND s.leads
  WHERE o.jurisdiction_id = place AND v.contract_until <= current_date + soon;
  DELETE FROM due d WHERE d.action IS NULL;
  UPDATE notice n SET closed_at = now()
  WHERE n.closed_at IS NULL AND n.path <@ top AND n.kind IN (SELECT jsonb_object_keys(kinds))
    AND NOT EXISTS (SELECT FROM due d WHERE d.kind = n.kind AND d.subject = n.subject);
  INSERT INTO notice (path, action, kind, subject, template, "values")
  SELECT d.path, d.action, d.kind, d.subject, kinds->d.kind->>'template', d.said FROM due d
  ON CONFLICT (kind, subject) WHERE closed_at IS NULL
  DO UPDATE SET path = excluded.path, action = excluded.action, template = excluded.template, "values" = excluded."values"
  WHERE (notice.path, notice.action, notice.template, notice."values")
    IS DISTINCT FROM (excluded.path, excluded.action, excluded.template, excluded."values");
  DROP TABLE due;
  RETURN (SELECT count(*) FROM notice n WHERE n.closed_at IS NULL AND n.path <@ top AND n.kind IN (SELECT jsonb_object_keys(kinds)));
END $$;

REVOKE ALL ON FUNCTION renew_notices(bigint, jsonb, jsonb, jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION renew_notices(bigint, jsonb, jsonb, jsonb, integer) TO gridsvc_app;

-- Deletes for good what ended before an instant about the people of a jurisdiction, what was proposed, corrected and asked about them
-- before it, and whoever nothing is left of; for whoever may delete people in all of it. Answers how many people and how many rows are gone.
CREATE OR REPLACE FUNCTION forget_people(place bigint, before timestamptz) RETURNS TABLE (people bigint, rows_gone bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  part text;
  gone bigint;
BEGIN
  IF NOT ('j' || base36(place))::ltree <@ ANY (scopes('people.delete')) THEN
    RAISE insufficient_privilege;
  END IF;
  WITH old AS (
    DELETE FROM succession s USING contract c JOIN person p ON p.id = c.person_id
    WHERE s.contract_id = c.id AND p.jurisdiction_id = place AND (isempty(c.valid) OR upper(c.valid) < before OR s.decided_at < before)
    RETURNING 1
  ), proposed AS (
    DELETE FROM contract_proposed r USING contract_proposal o
    WHERE o.id = r.proposal_id AND o.path <@ ('j' || base36(place))::ltree AND o.asked_at < before RETURNING 1
  ), corrected AS (
    DELETE FROM correction c
    WHERE c.path <@ ('j' || base36(place))::ltree AND c.state <> 'open' AND coalesce(c.decided_at, c.asked_at) < before RETURNING 1
  ), asked AS (
    DELETE FROM address_review r WHERE r.jurisdiction_id = place AND r.noun = 'person' AND r.seen_at < before RETURNING 1
  )
  SELECT (SELECT count(*) FROM old) + (SELECT count(*) FROM proposed) + (SELECT count(*) FROM corrected) + (SELECT count(*) FROM asked)
  INTO rows_gone;
  FOREACH part IN ARRAY ARRAY['contract', 'member', 'appointment', 'person_version'] LOOP
    EXECUTE format('DELETE FROM %I t USING person p
      WHERE p.id = t.person_id AND p.jurisdiction_id = $1 AND (isempty(t.valid) OR upper(t.valid) < $2)', part) USING place, before;
    GET DIAGNOSTICS gone = ROW_COUNT;
    rows_gone := rows_gone + gone;
  END LOOP;
  UPDATE account a SET person_id = NULL FROM person p
  WHERE p.id = a.person_id AND p.jurisdiction_id = place AND a.disabled_at < before
    AND NOT EXISTS (SELECT FROM person_version t WHERE t.person_id = p.id);
  DELETE FROM person p WHERE p.jurisdiction_id = place
    AND NOT EXISTS (SELECT FROM person_version t WHERE t.person_id = p.id) AND NOT EXISTS (SELECT FROM member t WHERE t.person_id = p.id)
    AND NOT EXISTS (SELECT FROM appointment t WHERE t.person_id = p.id) AND NOT EXISTS (SELECT FROM contract t WHERE t.person_id = p.id)
    AND NOT EXISTS (SELECT FROM contract_proposed t WHERE t.person_id = p.id) AND NOT EXISTS (SELECT FROM account t WHERE t.person_id = p.id)
    AND NOT EXISTS (SELECT FROM succession t WHERE t.to_person_id = p.id);
  GET DIAGNOSTICS people = ROW_COUNT;
  RETURN NEXT;
END $$;

REVOKE ALL ON FUNCTION forget_people(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_people(bigint, timestamptz) TO gridsvc_app;

-- What the rules of party organisation look at, at or below a path that lies wholly inside the reader's scopes.

-- Answers each leaf of these kinds, or with no kinds each building, whose resident members are enough for a group and which has none.
CREATE OR REPLACE FUNCTION groups_due(wanted ltree, kinds text[], least_members integer, least_full integer)
RETURNS TABLE (public_id uuid, name text, members bigint, full_members bigint, west float8, south float8, east float8, north float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH home AS MATERIALIZED (
    SELECT u.unit_id, u.kind, b.building_id, m.full FROM unit_version u
    JOIN building_place b ON b.unit_id = u.unit_id AND upper_inf(b.valid)
    JOIN person_version v ON v.home_building_id = b.building_id AND upper_inf(v.valid)
    JOIN member m ON m.person_id = v.person_id AND upper_inf(m.valid)
    LEFT JOIN household_version h ON h.household_id = v.home_household_id AND upper_inf(h.valid)
    WHERE u.path <@ wanted AND upper_inf(u.valid) AND u.leaf AND wanted <@ ANY (scopes('households.read')) AND h.resident IS NOT false
  ), due AS (
    SELECT h.unit_id, NULL::bigint AS building_id, count(*) AS members, count(*) FILTER (WHERE h.full) AS full_members
    FROM home h WHERE h.kind = ANY (kinds) GROUP BY h.unit_id
    UNION ALL
    SELECT h.unit_id, h.building_id, count(*), count(*) FILTER (WHERE h.full) FROM home h WHERE kinds = '{}' GROUP BY h.unit_id, h.building_id
  )
  SELECT coalesce(bb.public_id, uu.public_id), concat_ws(' ', uv.name, bv.name), d.members, d.full_members,
    ST_XMin(f.geom), ST_YMin(f.geom), ST_XMax(f.geom), ST_YMax(f.geom)
  FROM due d JOIN unit uu ON uu.id = d.unit_id JOIN unit_version uv ON uv.unit_id = d.unit_id AND upper_inf(uv.valid)
  LEFT JOIN building bb ON bb.id = d.building_id
  LEFT JOIN building_version bv ON bv.building_id = d.building_id AND upper_inf(bv.valid),
  LATERAL (SELECT CASE WHEN d.building_id IS NULL THEN uv.geom ELSE bv.geom END AS geom) f
  WHERE d.members >= least_members AND d.full_members >= least_full AND NOT EXISTS (
    SELECT FROM organisation_ground g JOIN organisation_version o ON o.organisation_id = g.organisation_id AND upper_inf(o.valid)
    LEFT JOIN building_place q ON q.building_id = g.building_id AND upper_inf(q.valid)
    WHERE upper_inf(g.valid) AND o.kind = 'group' AND (
      g.unit_id = d.unit_id OR g.building_id = d.building_id OR (d.building_id IS NULL AND q.unit_id = d.unit_id)))
  ORDER BY d.full_members DESC, 2, 1
$$;

-- Answers the size of each branch that leads there, by 组织关系, and the box around the ground where it does.
DROP FUNCTION IF EXISTS branch_sizes(ltree), post_overloads(ltree, jsonb);  -- they told of no place
CREATE OR REPLACE FUNCTION branch_sizes(wanted ltree)
RETURNS TABLE (public_id uuid, name text, kind text, members bigint, full_members bigint, place float8[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  SELECT o.public_id, v.name, v.kind, count(m.id), count(*) FILTER (WHERE m.full), here.place
  FROM (
    SELECT s.id, edges(ST_Extent(u.geom)) AS place FROM jurisdiction j, counted_organisations(j.id, 'infinity') s
    LEFT JOIN unit_version u ON u.path = s.path AND upper_inf(u.valid)
    WHERE ('j' || base36(j.id))::ltree = subpath(wanted, 0, 1) AND s.leads AND s.path <@ wanted
    GROUP BY s.id
  ) here JOIN organisation o ON o.id = here.id
  JOIN organisation_version v ON v.organisation_id = o.id AND upper_inf(v.valid)
  LEFT JOIN member m ON m.branch_id = o.id AND upper_inf(m.valid)
  WHERE v.kind IN ('compound_branch', 'functional_branch', 'property_branch', 'general_branch')
    AND nlevel(wanted) > 0 AND wanted <@ ANY (scopes('households.read'))
  GROUP BY o.id, o.public_id, v.name, v.kind, here.place ORDER BY v.name, o.id
$$;

-- Answers how many members of branches that lead there could look after households and have no home on record, by 组织关系 or 报到; NULL
-- for whoever may not assign there.
CREATE OR REPLACE FUNCTION members_without_home(wanted ltree) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  SELECT CASE WHEN wanted <@ ANY (scopes('contracts.assign')) THEN count(DISTINCT m.person_id) END
  FROM jurisdiction j, counted_organisations(j.id, 'infinity') o
  JOIN member m ON o.id IN (m.branch_id, m.reporting_branch_id) AND upper_inf(m.valid) AND m.exemption IS NULL
  JOIN person_version v ON v.person_id = m.person_id AND upper_inf(v.valid) AND v.home_building_id IS NULL
    AND (v.born_on IS NULL OR v.born_on > current_date - interval '70 years')
  WHERE ('j' || base36(j.id))::ltree = subpath(wanted, 0, 1) AND o.leads
    AND (o.path <@ wanted OR o.path || ('b_' || base36(o.building_id))::ltree <@ wanted)
$$;

-- Answers how many hold more than the scheme admits at one place, and how many hold several posts that carry a right, each with the box
-- around the ground of these posts. admitted: [{post, most}].
CREATE OR REPLACE FUNCTION post_overloads(wanted ltree, admitted jsonb)
RETURNS TABLE (crowded bigint, doubled bigint, crowded_place float8[], doubled_place float8[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
  WITH a AS MATERIALIZED (
    SELECT p.* FROM appointment p
    WHERE p.paths <@ wanted AND upper_inf(p.valid) AND p.state = 'held' AND p.roster = 'ordinary' AND wanted <@ ANY (scopes('households.read'))
  ), much AS MATERIALIZED (
    SELECT true AS crowds, (array_agg(a.paths[1]))[1:1] AS paths
    FROM a JOIN jsonb_to_recordset(admitted) AS t (post text, most integer) ON t.post = a.post WHERE NOT a.deputy
    GROUP BY a.post, t.most, a.unit_id, a.building_id, a.street_id, a.household_id, a.organisation_id HAVING count(*) > t.most
    UNION ALL
    SELECT false, array_agg(a.paths[1]) FROM a WHERE a.role IS NOT NULL GROUP BY a.person_id HAVING count(*) > 1
  ), ground AS (
    SELECT m.crowds, edges(ST_Extent(v.geom)) AS place FROM much m, unnest(m.paths) AS p JOIN unit_version v
      ON v.path = CASE WHEN subpath(p, -1)::text LIKE 'b\_%' THEN subpath(p, 0, -1) ELSE p END AND upper_inf(v.valid)
    GROUP BY m.crowds
  )
  SELECT count(*) FILTER (WHERE m.crowds), count(*) FILTER (WHERE NOT m.crowds),
    (SELECT g.place FROM ground g WHERE g.crowds), (SELECT g.place FROM ground g WHERE NOT g.crowds)
  FROM much m
$$;

REVOKE ALL ON FUNCTION groups_due(ltree, text[], integer, integer), branch_sizes(ltree), post_overloads(ltree, jsonb),
  members_without_home(ltree) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION members_without_home(ltree) TO gridsvc_app;
GRANT EXECUTE ON FUNCTION groups_due(ltree, text[], integer, integer), branch_sizes(ltree), post_overloads(ltree, jsonb)
TO gridsvc_app, gridsvc_reader;
