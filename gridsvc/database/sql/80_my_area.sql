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

REVOKE ALL ON FUNCTION own_posts(), own_home() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_posts(), own_home() TO gridsvc_app;
