-- Jobs. A worker claims one, does it and finishes it in one transaction; what has to be seen meanwhile stands in
-- job_progress, which the worker writes on a second connection.

-- Answers whether a worker is at it: each holds a lock by the job's id until its transaction ends, however it ends.
CREATE OR REPLACE FUNCTION job_is_held(wanted bigint) RETURNS boolean
LANGUAGE sql VOLATILE AS $$
  SELECT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid = x'6a6f6273'::int::oid AND l.objid = wanted::oid AND l.objsubid = 2
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
$$;

CREATE OR REPLACE FUNCTION announce_job() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO job_progress (job_id) VALUES (NEW.id);
  PERFORM pg_notify('gridsvc_jobs', '');
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER job_announced
AFTER INSERT ON job
FOR EACH ROW EXECUTE FUNCTION announce_job();

-- Answers in how many seconds a job waits that nobody is at: 0 for one that waits now, NULL where none will.
DROP FUNCTION IF EXISTS job_waits();  -- it did not say when
CREATE OR REPLACE FUNCTION job_waits_in_s() RETURNS double precision
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT min(greatest(0, coalesce(extract(epoch FROM j.not_before - clock_timestamp()), 0)))::float8
  FROM job j WHERE j.state = 'queued' AND NOT job_is_held(j.id)
$$;

-- Takes the oldest job that nobody is at, for this transaction, and answers it with who asked and what that account may do
-- today; account_id is NULL where the account has been shut. The lock leaves the key alone, so that progress can refer to it.
CREATE OR REPLACE FUNCTION claim_job()
RETURNS TABLE (
  id bigint, public_id uuid, kind text, arguments jsonb, attempts integer, cancel_asked boolean,
  account_id bigint, name text, language text, roles text[], paths text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  claimed job;
BEGIN
  SELECT * INTO claimed FROM job j WHERE j.state = 'queued' AND (j.not_before IS NULL OR j.not_before <= clock_timestamp())
  ORDER BY j.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(x'6a6f6273'::int, claimed.id::int);
  RETURN QUERY
  SELECT claimed.id, claimed.public_id, claimed.kind, claimed.arguments, p.attempts, p.cancel_asked_at IS NOT NULL,
    a.account_id, a.name, a.language, a.roles, a.paths
  FROM job_progress p LEFT JOIN actor_of_account(claimed.account_id) a ON true
  WHERE p.job_id = claimed.id;
END $$;

-- Ends a job, in the transaction that did it.
CREATE OR REPLACE FUNCTION finish_job(wanted bigint, ended text, outcome jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE job SET state = ended, result = outcome, finished_at = clock_timestamp() WHERE id = wanted AND state = 'queued'
$$;

-- Counts a beginning before the work begins, so that a death over it is known afterwards.
CREATE OR REPLACE FUNCTION begin_job(wanted bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE job_progress SET attempts = attempts + 1, started_at = now(), seen_at = now(), template = NULL, said = NULL, share = NULL
  WHERE job_id = wanted
$$;

-- Takes a beginning back: the worker was asked to end, which is no fault of the job's.
CREATE OR REPLACE FUNCTION put_job_back(wanted bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE job_progress SET attempts = attempts - 1 WHERE job_id = wanted
$$;

-- Says how far it is, and answers whether somebody asked to stop it.
CREATE OR REPLACE FUNCTION tell_job(wanted bigint, told text, told_values jsonb, done double precision) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE job_progress SET template = told, said = told_values, share = done, seen_at = now() WHERE job_id = wanted
  RETURNING cancel_asked_at IS NOT NULL
$$;

-- Stops a job for who asked for it, or has its right at its place: at once while nobody is at it, else at its next step.
CREATE OR REPLACE FUNCTION cancel_job(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found_job bigint;
BEGIN
  SELECT j.id INTO found_job FROM job j
  WHERE j.public_id = wanted AND j.state = 'queued'
    AND (j.account_id = current_account() OR j.path <@ ANY (scopes(j.action)));
  UPDATE job_progress SET cancel_asked_at = coalesce(cancel_asked_at, now()) WHERE job_id = found_job;
  UPDATE job SET state = 'cancelled', finished_at = now()
  WHERE id = (SELECT j.id FROM job j WHERE j.id = found_job AND j.state = 'queued' FOR NO KEY UPDATE SKIP LOCKED);
END $$;

REVOKE ALL ON FUNCTION
  job_waits_in_s(), claim_job(), finish_job(bigint, text, jsonb), begin_job(bigint), put_job_back(bigint),
  tell_job(bigint, text, jsonb, double precision), cancel_job(uuid)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  job_waits_in_s(), claim_job(), finish_job(bigint, text, jsonb), begin_job(bigint), put_job_back(bigint),
  tell_job(bigint, text, jsonb, double precision), cancel_job(uuid)
TO gridsvc_app;
