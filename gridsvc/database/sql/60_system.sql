-- Answers how the service is doing, for whoever sets it up; counts and instants alone, nothing of anybody's.
CREATE OR REPLACE FUNCTION system_state()
RETURNS TABLE (
  postgresql text, postgis text, migration text, database_bytes bigint, accounts bigint, signed_in bigint,
  queued bigint, under_way bigint, done bigint, failed bigint, oldest_waiting timestamptz, sealed_at timestamptz, unsealed bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT current_setting('server_version'), postgis_lib_version(), (SELECT version_num FROM alembic_version),
    pg_database_size(current_database()),
    (SELECT count(*) FROM account a WHERE a.disabled_at IS NULL AND a.password_hash IS NOT NULL),
    (SELECT count(DISTINCT s.account_id) FROM sign_in s WHERE s.expires_at > now() AND s.waits_for = '{}' AND s.seen_at > now() - interval '30 minutes'),
    count(*) FILTER (WHERE j.state = 'queued' AND NOT j.held), count(*) FILTER (WHERE j.state = 'queued' AND j.held),
    count(*) FILTER (WHERE j.state = 'done'), count(*) FILTER (WHERE j.state = 'failed'),
    min(j.created_at) FILTER (WHERE j.state = 'queued' AND NOT j.held),
    (SELECT max(z.sealed_at) FROM audit_seal z),
    (SELECT count(*) FROM audit u WHERE u.id > coalesce((SELECT max(z.last_id) FROM audit_seal z), 0))
  FROM (
    SELECT q.state, q.created_at, q.state = 'queued' AND job_is_held(q.id) AS held
    FROM job q WHERE q.state = 'queued' OR q.created_at > now() - interval '7 days'
  ) AS j
  HAVING ''::ltree = ANY (scopes('system.set_up'))
$$;

REVOKE ALL ON FUNCTION system_state() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION system_state() TO gridsvc_app;
