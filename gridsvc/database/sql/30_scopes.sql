-- Who asks, and where an action is open to them: what every policy and protected function filters by.

-- Answers the account of this transaction; nobody is NULL.
CREATE OR REPLACE FUNCTION current_account() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  -- An unset transaction-local setting reads back as '' on a reused connection.
  SELECT nullif(current_setting('gridsvc.account_id', true), '')::bigint
$$;

-- Answers the roles that an account holds today and where: by grant, or by a post that its person holds. A post of the urgent
-- roster counts while it is switched on there. An appointment gives the right and its end takes it, at once.
-- Every question of a protected table asks this, once for each table that it names. In plpgsql it is planned once a connection, in SQL
-- each time, which took four times as long.
CREATE OR REPLACE FUNCTION held_roles(wanted bigint)
RETURNS TABLE (role text, path ltree)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT g.role, g.path FROM account a JOIN role_grant g ON g.account_id = a.id AND g.valid @> now()
  WHERE a.id = wanted AND a.disabled_at IS NULL
  UNION
  SELECT p.role, ground FROM account a JOIN appointment p ON p.person_id = a.person_id AND p.valid @> now(), unnest(p.paths) AS ground
  WHERE a.id = wanted AND a.disabled_at IS NULL AND p.role IS NOT NULL AND p.state = 'held' AND (p.roster = 'ordinary' OR EXISTS (
    SELECT FROM urgent_time u JOIN unit_version v ON v.unit_id = u.unit_id AND upper_inf(v.valid)
    WHERE u.valid @> now() AND ground <@ v.path));
END $$;

REVOKE ALL ON FUNCTION held_roles(bigint) FROM PUBLIC;

-- Answers the token by which a program asks in this transaction; without one it is NULL.
CREATE OR REPLACE FUNCTION current_token() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('gridsvc.token_id', true), '')::bigint
$$;

-- Answers the right by which a post is given and ended (domain/posts.py); a tier of a scheme goes by the role it carries. NULL for a role
-- that such a post never carries: nobody gives that.
CREATE OR REPLACE FUNCTION action_of_post(post text, role text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN post IN ('secretary', 'deputy_secretary', 'committee_member', 'group_head', 'secretary_assistant', 'member_home', 'linking_member',
      'joint_member') THEN CASE WHEN role IS NULL OR role = 'grid_leader' THEN 'posts.appoint_party' END
    WHEN post IN ('full_time_worker', 'street_head', 'contracting_head', 'property_manager') OR role = 'grid_leader' THEN
      CASE WHEN role IS NULL OR role IN ('grid_leader', 'grid_worker', 'property_staff') THEN 'posts.appoint' END
    WHEN role IS NULL OR role IN ('grid_worker', 'station_staff') THEN 'posts.appoint_heads'
  END
$$;

-- Says whether there are paths, and all of them lie inside.
CREATE OR REPLACE FUNCTION all_inside(paths ltree[], inside ltree[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT cardinality(paths) > 0 AND NOT EXISTS (SELECT FROM unnest(paths) AS path WHERE NOT path <@ ANY (inside))
$$;

-- Answers the paths at and below which the current account may do this today; {} for nobody.
-- Rights are always today's: as_of chooses data, never rights. A token leaves of them what it is for.
CREATE OR REPLACE FUNCTION scopes(wanted text) RETURNS ltree[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(array_agg(CASE WHEN t.id IS NULL OR h.path <@ t.path THEN h.path ELSE t.path END), '{}')
    FROM held_roles(current_account()) h JOIN role_action r ON r.role = h.role AND r.action = wanted
    LEFT JOIN api_token t ON t.id = current_token()
    WHERE current_token() IS NULL OR (t.account_id = current_account() AND t.revoked_at IS NULL AND t.expires_at > now()
      AND wanted = ANY (t.actions) AND (h.path <@ t.path OR h.path @> t.path)));
END $$;
