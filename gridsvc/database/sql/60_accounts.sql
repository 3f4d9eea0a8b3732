-- Accounts and sign-ins: what is asked before anybody is known, and what only a function may touch.

-- Answers an account that is not disabled with its grants of today, or no row.
CREATE OR REPLACE FUNCTION actor_of_account(wanted bigint)
RETURNS TABLE (account_id bigint, name text, language text, roles text[], paths text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.name, a.language,
    coalesce(array_agg(h.role ORDER BY h.path, h.role) FILTER (WHERE h.role IS NOT NULL), '{}'),
    coalesce(array_agg(h.path::text ORDER BY h.path, h.role) FILTER (WHERE h.role IS NOT NULL), '{}')
  FROM account a LEFT JOIN held_roles(a.id) h ON true
  WHERE a.id = wanted AND a.disabled_at IS NULL
  GROUP BY a.id
$$;

-- Answers who holds the token of this SHA-256 digest, in one round trip: the hot path of every signed-in request.
-- A sign-in ends at expires_at, and when unused for `idle`; its use is noted once a minute.
CREATE OR REPLACE FUNCTION actor_of_token(digest bytea, idle interval)
RETURNS TABLE (account_id bigint, name text, language text, roles text[], paths text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found_sign_in sign_in;
BEGIN
  SELECT * INTO found_sign_in FROM sign_in s
  WHERE s.token_digest = digest AND s.expires_at > now() AND s.seen_at > now() - idle AND s.waits_for = '{}';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF found_sign_in.seen_at < now() - interval '1 minute' THEN
    UPDATE sign_in SET seen_at = now() WHERE token_digest = digest;
  END IF;
  RETURN QUERY SELECT * FROM actor_of_account(found_sign_in.account_id);
END $$;

-- Answers the account of this name, for the command line.
CREATE OR REPLACE FUNCTION actor_of_name(wanted text)
RETURNS TABLE (account_id bigint, name text, language text, roles text[], paths text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT found.* FROM account a, actor_of_account(a.id) AS found WHERE a.name = wanted
$$;

-- Answers what a password is checked against; no row for a disabled account or one without password.
CREATE OR REPLACE FUNCTION credentials_of(wanted text)
RETURNS TABLE (account_id bigint, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.password_hash FROM account a
  WHERE a.name = wanted AND a.password_hash IS NOT NULL AND a.disabled_at IS NULL
$$;

-- Ends one sign-in everywhere.
CREATE OR REPLACE FUNCTION end_sign_in(digest bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM sign_in WHERE token_digest = digest;
$$;

-- Ends every sign-in of an account, for oneself or for whoever manages accounts.
CREATE OR REPLACE FUNCTION end_sign_ins_of(account bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM sign_in
  WHERE account_id = account AND (account = current_account() OR ''::ltree = ANY (scopes('accounts.manage')));
$$;

-- Answers how often signing in was refused lately: for this name since its last success, and from this address.
CREATE OR REPLACE FUNCTION recent_refusals(name_digest text, address text, within interval)
RETURNS TABLE (by_name bigint, by_address bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT
    count(*) FILTER (WHERE a.detail->>'name' = name_digest AND a.id > coalesce(
      (SELECT max(s.id) FROM audit s WHERE s.at > now() - within AND s.action = 'sign_in' AND s.detail->>'name' = name_digest), 0)),
    count(*) FILTER (WHERE a.detail->>'address' = address)
  FROM audit a
  WHERE a.at > now() - within AND a.action = 'sign_in.refused'
$$;

REVOKE ALL ON FUNCTION
  actor_of_account(bigint), actor_of_token(bytea, interval), actor_of_name(text), credentials_of(text),
  end_sign_in(bytea), end_sign_ins_of(bigint), recent_refusals(text, text, interval)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  actor_of_token(bytea, interval), actor_of_name(text), credentials_of(text),
  end_sign_in(bytea), end_sign_ins_of(bigint), recent_refusals(text, text, interval)
TO gridsvc_app;

-- The operator: whoever may read the database passwords on this machine. No password, so no way to sign in.
INSERT INTO account (name) VALUES ('operator') ON CONFLICT (name) DO NOTHING;
INSERT INTO role_grant (account_id, role, path, valid)
SELECT a.id, 'operator', '', tstzrange(now(), NULL) FROM account a
WHERE a.name = 'operator' AND NOT EXISTS (SELECT FROM role_grant g WHERE g.account_id = a.id AND upper_inf(g.valid));
