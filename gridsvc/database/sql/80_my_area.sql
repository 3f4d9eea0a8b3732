-- What the current account's own person holds and where it lives: one's own posts are one's own to know, whatever else one may read.

-- Answers the posts that the person of the current account holds today, by the order they were given.
CREATE OR REPLACE FUNCTION own_posts()
RETURNS TABLE (post text, role text, roster text, deputy boolean, duty_phone text, since timestamptz, ends_on date, paths text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.post, p.role, p.roster, p.deputy, p.duty_phone, lower(p.valid), p.ends_on, p.paths::text[]
  FROM account a JOIN appointment p ON p.person_id = a.person_id AND upper_inf(p.valid) AND p.state = 'held'
  WHERE a.id = current_account() AND a.disabled_at IS NULL
  ORDER BY p.id
$$;

-- Answers the path of the building where the person of the current account lives, if one is known.
CREATE OR REPLACE FUNCTION own_home() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT building_path(v.home_building_id)::text
  FROM account a JOIN person_version v ON v.person_id = a.person_id AND upper_inf(v.valid)
  WHERE a.id = current_account() AND a.disabled_at IS NULL AND v.home_building_id IS NOT NULL
$$;

-- Answers who holds which post at these units and buildings today. Posts and duty phones are public; who holds them is told inside
-- the reader's scopes alone, and so is who is proposed.
CREATE OR REPLACE FUNCTION posts_at(units uuid[], buildings uuid[])
RETURNS TABLE (place uuid, appointment uuid, post text, deputy boolean, roster text, state text, duty_phone text, since timestamptz,
  ends_on date, person uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT places.place, a.public_id, a.post, a.deputy, a.roster, a.state, a.duty_phone, lower(a.valid), a.ends_on,
    CASE WHEN inside.is_so THEN p.public_id END, CASE WHEN inside.is_so THEN v.name END
  FROM (
    SELECT u.public_id AS place, a.id FROM unit u JOIN appointment a ON a.unit_id = u.id AND upper_inf(a.valid) WHERE u.public_id = ANY (units)
    UNION ALL
    SELECT b.public_id, a.id FROM building b JOIN appointment a ON a.building_id = b.id AND upper_inf(a.valid) WHERE b.public_id = ANY (buildings)
  ) places
  JOIN appointment a ON a.id = places.id
  JOIN person p ON p.id = a.person_id
  JOIN person_version v ON v.person_id = p.id AND upper_inf(v.valid),
  LATERAL (SELECT coalesce(bool_or(ground <@ ANY (scopes('people.read'))), false) AS is_so FROM unnest(a.paths) ground) inside
  WHERE a.state = 'held' OR inside.is_so
  ORDER BY a.deputy, a.id
$$;

DROP FUNCTION IF EXISTS posts_left(uuid[]), has_posts(bigint);

-- Answers the open notices of which the current account may do what they ask for, newest first: scopes are asked once an action.
CREATE OR REPLACE FUNCTION own_notices(skip integer, most integer)
RETURNS TABLE (public_id uuid, kind text, path text, template text, fields jsonb, since timestamptz, read boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH asked AS MATERIALIZED (
    SELECT d.action, scopes(d.action) AS paths FROM (SELECT DISTINCT action FROM notice WHERE closed_at IS NULL) d
  )
  SELECT n.public_id, n.kind, n.path::text, n.template, n.values, n.since, r.notice_id IS NOT NULL
  FROM notice n JOIN asked ON asked.action = n.action
  LEFT JOIN notice_read r ON r.notice_id = n.id AND r.account_id = current_account()
  WHERE n.closed_at IS NULL AND n.path <@ ANY (asked.paths)
  ORDER BY r.notice_id IS NOT NULL, n.since DESC, n.id DESC OFFSET skip LIMIT most
$$;

-- Tells whoever decides about corrections at or below a path how many wait at each place: opens what is new, and anew where more wait,
-- closes what was decided. For whoever proposes or decides there; does nothing for anybody else.
CREATE OR REPLACE FUNCTION tell_of_corrections(place ltree, told text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  waiting jsonb := (
    SELECT coalesce(jsonb_object_agg(c.path, jsonb_build_object('place', c.name, 'count', c.count)), '{}') FROM (
      SELECT c.path::text AS path, count(*) AS count, coalesce(max(b.name), max(u.name), max(j.name), '-') AS name
      FROM correction c
      LEFT JOIN household h ON c.noun = 'household' AND h.id = c.thing_id
      LEFT JOIN person_version v ON c.noun = 'person' AND v.person_id = c.thing_id AND upper_inf(v.valid)
      LEFT JOIN building_version b ON b.building_id = coalesce(h.building_id, v.home_building_id) AND upper_inf(b.valid)
      LEFT JOIN unit_version u ON u.path = c.path AND upper_inf(u.valid)
      LEFT JOIN jurisdiction j ON ('j' || base36(j.id))::ltree = subpath(c.path, 0, 1)
      WHERE c.state = 'open' AND c.path <@ place GROUP BY c.path
    ) c);
BEGIN
  IF NOT EXISTS (SELECT FROM unnest(scopes('corrections.propose') || scopes('corrections.decide')) AS s WHERE place <@ s) THEN
    RETURN;
  END IF;
  UPDATE notice n SET closed_at = now() WHERE n.kind = 'corrections' AND n.closed_at IS NULL AND n.path <@ place
    AND (NOT waiting ? n.subject OR (waiting->n.subject->>'count')::integer > (n.values->>'count')::integer);
  INSERT INTO notice (path, action, kind, subject, template, "values")
  SELECT w.key::ltree, 'corrections.decide', 'corrections', w.key, told, w.value FROM jsonb_each(waiting) w
  ON CONFLICT (kind, subject) WHERE closed_at IS NULL
  DO UPDATE SET template = excluded.template, "values" = excluded."values" WHERE notice."values" <> excluded."values";
END $$;

REVOKE ALL ON FUNCTION tell_of_corrections(ltree, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_of_corrections(ltree, text) TO gridsvc_app;

-- Answers how many posts of the urgent roster there are at or below a path, and how many people hold them, inside the reader's scopes.
CREATE OR REPLACE FUNCTION urgent_posts_at(wanted ltree) RETURNS TABLE (posts bigint, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*), count(DISTINCT a.person_id) FROM appointment a
  WHERE a.roster = 'urgent' AND a.state = 'held' AND upper_inf(a.valid) AND a.paths <@ wanted AND wanted <@ ANY (scopes('households.read'))
$$;

REVOKE ALL ON FUNCTION own_posts(), own_home(), posts_at(uuid[], uuid[]),
  own_notices(integer, integer), urgent_posts_at(ltree)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_posts(), own_home(), posts_at(uuid[], uuid[]),
  own_notices(integer, integer), urgent_posts_at(ltree)
TO gridsvc_app;
