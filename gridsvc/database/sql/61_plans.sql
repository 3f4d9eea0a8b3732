-- What holds a plan to the office's path, whoever writes: it is frozen once it is submitted, and nobody decides about what is their own.

-- Answers who has drawn a plan: who began it, and who made a move that counts.
CREATE OR REPLACE FUNCTION plan_authors(wanted bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT array_agg(account_id) FROM (
    SELECT p.account_id FROM plan p WHERE p.id = wanted
    UNION SELECT m.account_id FROM plan_move m WHERE m.plan_id = wanted AND NOT m.undone
  ) drawn
$$;

-- Moves are made in drafts alone. The lock lets no plan be submitted under a move that is being made.
CREATE OR REPLACE FUNCTION keep_plan_frozen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM plan p WHERE p.id = NEW.plan_id AND p.state = 'draft' FOR SHARE;
  IF NOT FOUND THEN
    RAISE check_violation USING CONSTRAINT = 'plan_is_a_draft', MESSAGE = 'a plan that is no draft is not changed';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER plan_move_in_a_draft BEFORE INSERT OR UPDATE ON plan_move
FOR EACH ROW EXECUTE FUNCTION keep_plan_frozen();

-- A move is made upon the last one that counts: what was undone before it is not redone after it.
CREATE OR REPLACE FUNCTION keep_move_upon() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  NEW.upon := coalesce((SELECT max(m.serial) FROM plan_move m WHERE m.plan_id = NEW.plan_id AND NOT m.undone), 0);
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER plan_move_upon_another BEFORE INSERT ON plan_move
FOR EACH ROW EXECUTE FUNCTION keep_move_upon();

-- A step stands at the ground of its plan, and who passes it has drawn nothing in it.
CREATE OR REPLACE FUNCTION keep_steps_apart() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT p.path INTO NEW.path FROM plan p WHERE p.id = NEW.plan_id;
  IF NEW.decision = 'passed' AND NEW.account_id = ANY (plan_authors(NEW.plan_id)) AND NOT operator_is_speaking() THEN
    RAISE check_violation USING CONSTRAINT = 'approver_is_not_the_author', MESSAGE = 'nobody approves a plan of their own';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER plan_step_apart BEFORE INSERT ON plan_step
FOR EACH ROW EXECUTE FUNCTION keep_steps_apart();

-- Answers whether the command line is speaking, which stands above the office's path.
CREATE OR REPLACE FUNCTION operator_is_speaking() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM held_roles(current_account()) h WHERE h.role = 'operator' AND h.path = '')
$$;

-- A plan comes into force, or is given its day, by whoever may publish there and has not drawn it; and only once the office has decided.
CREATE OR REPLACE FUNCTION keep_plans_on_their_path() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.state IN ('scheduled', 'published') AND NEW.state <> OLD.state AND NOT operator_is_speaking() THEN
    IF OLD.state = 'draft' OR NOT NEW.path <@ ANY (scopes('plans.publish')) THEN
      RAISE check_violation USING CONSTRAINT = 'published_on_the_path', MESSAGE = 'a plan is published when the office has passed it';
    END IF;
    IF current_account() = ANY (plan_authors(NEW.id)) THEN
      RAISE check_violation USING CONSTRAINT = 'approver_is_not_the_author', MESSAGE = 'nobody publishes a plan of their own';
    END IF;
  END IF;
  IF OLD.state = 'scheduled' AND NEW.state NOT IN ('scheduled', 'published') THEN  -- what publishes it is that very job
    UPDATE job SET state = 'cancelled', finished_at = now()
    WHERE id IN (SELECT j.id FROM job j WHERE j.kind = 'publish' AND j.state = 'queued' AND j.arguments->>'plan' = OLD.public_id::text
      FOR NO KEY UPDATE SKIP LOCKED);
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER plan_on_its_path BEFORE UPDATE OF state ON plan
FOR EACH ROW EXECUTE FUNCTION keep_plans_on_their_path();

REVOKE ALL ON FUNCTION plan_authors(bigint), operator_is_speaking() FROM PUBLIC;

-- Tells those who may do something where a plan is what it waits for, in place of what was told before; a template of NULL only takes that
-- back. For whoever has a part in the plan, and for the job whose time has come.
CREATE OR REPLACE FUNCTION tell_of_plan(wanted uuid, told text, told_values jsonb, told_action text, told_path ltree) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM plan p WHERE p.public_id = wanted AND (told IS NULL OR told_path @> p.path)
      AND p.path <@ ANY (scopes('plans.draw') || scopes('plans.review') || scopes('plans.publish')))
    AND NOT EXISTS (SELECT FROM job j WHERE j.kind = 'publish' AND j.arguments->>'plan' = wanted::text AND j.state = 'queued' AND j.not_before <= clock_timestamp())
  THEN
    RAISE insufficient_privilege;
  END IF;
  UPDATE notice SET closed_at = now() WHERE kind = 'plan' AND subject = wanted::text AND closed_at IS NULL;
  INSERT INTO notice (path, action, kind, subject, template, "values")
  SELECT told_path, told_action, 'plan', wanted::text, told, told_values WHERE told IS NOT NULL;
END $$;

REVOKE ALL ON FUNCTION tell_of_plan(uuid, text, jsonb, text, ltree) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_of_plan(uuid, text, jsonb, text, ltree) TO gridsvc_app;

-- Answers the names of the accounts that have a part in a plan, to whoever may read it. In plpgsql, as the next one: every look at a plan
-- asks, and SQL would be planned each time.
CREATE OR REPLACE FUNCTION plan_people(wanted bigint) RETURNS TABLE (id bigint, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT a.id, a.name FROM account a
  WHERE EXISTS (SELECT FROM plan p WHERE p.id = wanted AND p.path <@ ANY (scopes('plans.read'))) AND a.id IN (
    SELECT p.account_id FROM plan p WHERE p.id = wanted
    UNION SELECT m.account_id FROM plan_move m WHERE m.plan_id = wanted
    UNION SELECT s.account_id FROM plan_step s WHERE s.plan_id = wanted
    UNION SELECT c.account_id FROM plan_comment c WHERE c.plan_id = wanted);
END $$;

REVOKE ALL ON FUNCTION plan_people(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plan_people(bigint) TO gridsvc_app, gridsvc_reader;

-- Answers the name of the account that began a plan, to whoever may read it.
CREATE OR REPLACE FUNCTION plan_author(wanted bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (SELECT a.name FROM plan p JOIN account a ON a.id = p.account_id WHERE p.id = wanted AND p.path <@ ANY ((SELECT scopes('plans.read'))::ltree[]));
END $$;

REVOKE ALL ON FUNCTION plan_author(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION plan_author(bigint) TO gridsvc_app, gridsvc_reader;
