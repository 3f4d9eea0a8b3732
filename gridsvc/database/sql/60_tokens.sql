-- Tokens of programs.

-- Answers who shows the token of this SHA-256 digest, with the rights of today, and what of them the token is for; its use is noted once a minute.
CREATE OR REPLACE FUNCTION actor_of_api_token(digest bytea)
RETURNS TABLE (account_id bigint, name text, language text, roles text[], paths text[], token_id bigint, actions text[], path text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  shown api_token;
BEGIN
  SELECT * INTO shown FROM api_token t WHERE t.token_digest = digest AND t.revoked_at IS NULL AND t.expires_at > now();
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF shown.used_at IS NULL OR shown.used_at < now() - interval '1 minute' THEN
    UPDATE api_token SET used_at = now() WHERE id = shown.id;
  END IF;
  RETURN QUERY SELECT a.*, shown.id, shown.actions, shown.path::text FROM actor_of_account(shown.account_id) a;
END $$;

REVOKE ALL ON FUNCTION actor_of_api_token(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION actor_of_api_token(bytea) TO gridsvc_app;
