-- One-time links: what only a function may touch. Only whoever manages accounts everywhere offers and withdraws them.

ALTER TABLE one_time_link ENABLE ROW LEVEL SECURITY;

-- Offers an account a link with this digest for so long, in place of the one before; with NULL the account is one of the demo's, without a link.
CREATE OR REPLACE FUNCTION offer_link(account bigint, digest bytea, lasting interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO one_time_link (account_id, token_digest, expires_at)
  SELECT account, digest, now() + lasting WHERE ''::ltree = ANY (scopes('accounts.manage'))
  ON CONFLICT (account_id) DO UPDATE SET token_digest = excluded.token_digest, expires_at = excluded.expires_at
$$;

-- Answers the accounts that may be offered links, in the order in which they were made.
CREATE OR REPLACE FUNCTION linked_accounts() RETURNS TABLE (account_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.name FROM one_time_link l JOIN account a ON a.id = l.account_id
  WHERE a.disabled_at IS NULL AND ''::ltree = ANY (scopes('accounts.manage')) ORDER BY a.id
$$;

-- Withdraws all links, and that there may be any.
CREATE OR REPLACE FUNCTION withdraw_links() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM one_time_link WHERE ''::ltree = ANY (scopes('accounts.manage'))
$$;

-- Answers whose link this is, and uses it up: of two who come with it at once one gets in.
CREATE OR REPLACE FUNCTION take_link(digest bytea) RETURNS TABLE (account_id bigint, name text)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE one_time_link l SET token_digest = NULL, expires_at = NULL FROM account a
  WHERE l.token_digest = digest AND l.expires_at > now() AND a.id = l.account_id AND a.disabled_at IS NULL
  RETURNING a.id, a.name
$$;

REVOKE ALL ON FUNCTION offer_link(bigint, bytea, interval), linked_accounts(), withdraw_links(), take_link(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION offer_link(bigint, bytea, interval), linked_accounts(), withdraw_links(), take_link(bytea) TO gridsvc_app;
