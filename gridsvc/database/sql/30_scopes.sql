-- Who asks, and where an action is open to them: what every policy and protected function filters by.

-- Answers the account of this transaction; nobody is NULL.
CREATE OR REPLACE FUNCTION current_account() RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  -- An unset transaction-local setting reads back as '' on a reused connection.
  SELECT nullif(current_setting('gridsvc.account_id', true), '')::bigint
$$;

-- Answers the paths at and below which the current account may do this today; {} for nobody.
-- Rights are always today's: as_of chooses data, never rights.
CREATE OR REPLACE FUNCTION scopes(wanted text) RETURNS ltree[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(g.path), '{}')
  FROM account a
  JOIN role_grant g ON g.account_id = a.id AND g.valid @> now()
  JOIN role_action r ON r.role = g.role AND r.action = wanted
  WHERE a.id = current_account() AND a.disabled_at IS NULL
$$;
