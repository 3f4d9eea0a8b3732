-- The chain over the trail. The app may add rows and read what it may see; sealing passes through here alone.

-- Seals the rows that no seal has yet, at most so many, and answers how many; NULL where somebody is writing just now.
-- What of a row is sealed is said in words that queries/audit_seals.py repeats, so that nobody who changes this function is believed.
-- Numbers are given before rows are seen: the lock waits until whoever has taken one has committed it, but not for long,
-- since whoever wants to write next waits behind it.
CREATE OR REPLACE FUNCTION seal_audit(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  before audit_seal;
  ids bigint[];
  digests bytea;
BEGIN
  LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO before FROM audit_seal ORDER BY id DESC LIMIT 1;
  SELECT array_agg(r.id ORDER BY r.id), string_agg(r.digest, ''::bytea ORDER BY r.id) INTO ids, digests
  FROM (
    SELECT a.id, sha256(convert_to(jsonb_build_array(
      to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), a.account_id, a.action, a.path::text, a.detail)::text, 'UTF8')) AS digest
    FROM audit a WHERE before.id IS NULL OR a.id > before.last_id ORDER BY a.id LIMIT most
  ) AS r;
  IF ids IS NULL THEN
    RETURN 0;
  END IF;
  INSERT INTO audit_seal (last_id, row_ids, row_digests, previous, digest)
  VALUES (ids[cardinality(ids)], ids, digests, coalesce(before.digest, ''::bytea),
    sha256(coalesce(before.digest, ''::bytea) || convert_to(array_to_string(ids, ','), 'UTF8') || digests));
  RETURN cardinality(ids);
EXCEPTION WHEN lock_not_available THEN
  RETURN NULL;
END $$;

-- Answers whether there is anything to seal; in one look at the ends of two indexes.
CREATE OR REPLACE FUNCTION audit_is_unsealed() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT max(id) FROM audit), 0) > coalesce((SELECT max(last_id) FROM audit_seal), 0)
$$;

-- Answers the heads of the chain after one of them, to be kept outside the database.
CREATE OR REPLACE FUNCTION audit_heads(after bigint) RETURNS TABLE (id bigint, last_id bigint, digest bytea, sealed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id, s.last_id, s.digest, s.sealed_at FROM audit_seal s WHERE s.id > after ORDER BY s.id
$$;

REVOKE ALL ON FUNCTION seal_audit(integer), audit_is_unsealed(), audit_heads(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION seal_audit(integer), audit_is_unsealed(), audit_heads(bigint) TO gridsvc_app;
