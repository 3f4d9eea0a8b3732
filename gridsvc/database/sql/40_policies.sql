-- Row security: the second lock. It binds the serving roles, which own nothing; the owner's own functions
-- (SECURITY DEFINER) pass it and filter by scopes() themselves. Public tables have none.

-- Policies are laid anew, so that one taken out of this file is gone.
DO $$
DECLARE
  old record;
BEGIN
  FOR old IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE 'DROP POLICY ' || quote_ident(old.policyname) || ' ON public.' || quote_ident(old.tablename);
  END LOOP;
END $$;

ALTER TABLE building_households ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_in_scope ON building_households FOR SELECT TO gridsvc_app, gridsvc_reader
  USING (path <@ ANY ((SELECT scopes('households.read'))::ltree[]));
CREATE POLICY import_in_scope ON building_households FOR INSERT TO gridsvc_app
  WITH CHECK (path <@ ANY ((SELECT scopes('ground.import'))::ltree[]));
CREATE POLICY correct_in_scope ON building_households FOR UPDATE TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('ground.import'))::ltree[]))
  WITH CHECK (path <@ ANY ((SELECT scopes('ground.import'))::ltree[]));

-- What stands in the grid: the thing has the paths, its versions and places are seen and written with it.
DO $$
DECLARE
  noun text;
  part text;
  changing text := 'scopes(''ground.import'') || scopes(''buildings.pin'') || scopes(''plans.publish'')';
  held text;
BEGIN
  FOREACH noun IN ARRAY ARRAY['parking_lot', 'parking_space', 'fire_lane'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', noun);
    EXECUTE format('CREATE POLICY read_in_scope ON %I FOR SELECT TO gridsvc_app, gridsvc_reader
      USING (paths <@ ANY ((SELECT scopes(''facilities.read''))::ltree[]))', noun);
    EXECUTE format('CREATE POLICY import_in_scope ON %I FOR INSERT TO gridsvc_app
      WITH CHECK (paths <@ ANY ((SELECT scopes(''ground.import''))::ltree[]))', noun);
    FOREACH part IN ARRAY ARRAY[noun || '_version', noun || '_place'] LOOP
      held := format('EXISTS (SELECT FROM %1$I n WHERE n.id = %1$s_id AND n.paths <@ ANY ((SELECT %2$s)::ltree[]))', noun, changing);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
      EXECUTE format('CREATE POLICY read_in_scope ON %1$I FOR SELECT TO gridsvc_app, gridsvc_reader
        USING (EXISTS (SELECT FROM %2$I n WHERE n.id = %2$s_id))', part, noun);
      EXECUTE format('CREATE POLICY import_in_scope ON %I FOR INSERT TO gridsvc_app WITH CHECK (%s)', part, held);
      EXECUTE format('CREATE POLICY correct_in_scope ON %1$I FOR UPDATE TO gridsvc_app USING (%2$s) WITH CHECK (%2$s)', part, held);
    END LOOP;
  END LOOP;
END $$;

-- A plan and what belongs to it carry the path of the plan.
DO $$
DECLARE
  part text;
BEGIN
  FOREACH part IN ARRAY ARRAY['plan', 'plan_move', 'plan_unit', 'plan_place', 'plan_lock', 'plan_step', 'plan_comment',
    'plan_proposal', 'plan_alternative', 'plan_alternative_unit'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY read_in_scope ON %I FOR SELECT TO gridsvc_app, gridsvc_reader
      USING (path <@ ANY ((SELECT scopes(''plans.read''))::ltree[]))', part);
    CONTINUE WHEN part IN ('plan_step', 'plan_comment');
    EXECUTE format('CREATE POLICY draw_in_scope ON %I FOR INSERT TO gridsvc_app
      WITH CHECK (path <@ ANY ((SELECT scopes(''plans.draw''))::ltree[]))', part);
  END LOOP;
END $$;
CREATE POLICY publish_in_scope ON plan FOR UPDATE TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('plans.draw') || scopes('plans.review') || scopes('plans.publish'))::ltree[]));
CREATE POLICY decide_in_scope ON plan_step FOR INSERT TO gridsvc_app
  WITH CHECK (account_id = (SELECT current_account()) AND (
    path <@ ANY ((SELECT scopes('plans.review') || scopes('plans.publish'))::ltree[])
    OR decision IN ('submitted', 'withdrawn') AND path <@ ANY ((SELECT scopes('plans.draw'))::ltree[])));
CREATE POLICY say_in_scope ON plan_comment FOR INSERT TO gridsvc_app
  WITH CHECK (account_id = (SELECT current_account()) AND path <@ ANY ((SELECT scopes('plans.read'))::ltree[]));
CREATE POLICY settle_in_scope ON plan_comment FOR UPDATE TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('plans.draw'))::ltree[]));
CREATE POLICY unlock_in_scope ON plan_lock FOR DELETE TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('plans.draw'))::ltree[]));
CREATE POLICY undo_in_scope ON plan_move FOR UPDATE TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('plans.draw'))::ltree[]));

ALTER TABLE account ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON account FOR SELECT TO gridsvc_app
  USING (id = (SELECT current_account()));
CREATE POLICY read_by_administrators ON account FOR SELECT TO gridsvc_app
  USING (cardinality((SELECT scopes('accounts.manage') || scopes('audit.read'))) > 0);
CREATE POLICY add_everywhere ON account FOR INSERT TO gridsvc_app
  WITH CHECK (''::ltree = ANY ((SELECT scopes('accounts.manage'))::ltree[]));
CREATE POLICY change_everywhere ON account FOR UPDATE TO gridsvc_app
  USING (''::ltree = ANY ((SELECT scopes('accounts.manage'))::ltree[]));
CREATE POLICY change_own ON account FOR UPDATE TO gridsvc_app
  USING (id = (SELECT current_account()) AND disabled_at IS NULL AND (SELECT current_token()) IS NULL)
  WITH CHECK (id = (SELECT current_account()) AND disabled_at IS NULL);

ALTER TABLE role_grant ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON role_grant FOR SELECT TO gridsvc_app
  USING (account_id = (SELECT current_account()));
CREATE POLICY read_in_scope ON role_grant FOR SELECT TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('accounts.manage'))::ltree[]));
CREATE POLICY grant_in_scope ON role_grant FOR INSERT TO gridsvc_app
  WITH CHECK (path <@ ANY ((SELECT scopes('accounts.manage'))::ltree[]) AND role <> 'operator');
CREATE POLICY end_in_scope ON role_grant FOR UPDATE TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('accounts.manage'))::ltree[]) AND role <> 'operator');

-- No policy and no grant: read and written through the functions of 60_accounts.sql and 60_sign_ins.sql alone.
ALTER TABLE sign_in ENABLE ROW LEVEL SECURITY;
ALTER TABLE former_password ENABLE ROW LEVEL SECURITY;
ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY;

-- Tokens are one's own affair, and no program's.
ALTER TABLE api_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY keep_own ON api_token TO gridsvc_app
  USING (account_id = (SELECT current_account()) AND (SELECT current_token()) IS NULL)
  WITH CHECK (account_id = (SELECT current_account()) AND (SELECT current_token()) IS NULL);

ALTER TABLE security_term ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_by_all ON security_term FOR SELECT TO gridsvc_app USING (true);
CREATE POLICY change_everywhere ON security_term FOR UPDATE TO gridsvc_app
  USING (''::ltree = ANY ((SELECT scopes('accounts.manage'))::ltree[]));

ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_by_auditors ON audit FOR SELECT TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('audit.read'))::ltree[]));
CREATE POLICY add_as_oneself ON audit FOR INSERT TO gridsvc_app
  WITH CHECK (account_id IS NOT DISTINCT FROM (SELECT current_account()));

-- Seals are made by seal_audit() alone.
ALTER TABLE audit_seal ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_by_auditors ON audit_seal FOR SELECT TO gridsvc_app
  USING (''::ltree = ANY ((SELECT scopes('audit.read'))::ltree[]));

-- A job is seen by who asked for it, and by who has the right that it needs at its place.
ALTER TABLE job ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON job FOR SELECT TO gridsvc_app
  USING (account_id = (SELECT current_account()));
CREATE POLICY read_in_scope ON job FOR SELECT TO gridsvc_app
  USING (path <@ ANY (scopes(action)));
CREATE POLICY ask_as_oneself ON job FOR INSERT TO gridsvc_app
  WITH CHECK (account_id = (SELECT current_account()) AND state = 'queued' AND path <@ ANY (scopes(action)));

ALTER TABLE job_progress ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_of_jobs ON job_progress FOR SELECT TO gridsvc_app
  USING (EXISTS (SELECT FROM job j WHERE j.id = job_id));

ALTER TABLE column_choice ENABLE ROW LEVEL SECURITY;
CREATE POLICY keep_in_scope ON column_choice TO gridsvc_app
  USING (('j' || base36(jurisdiction_id))::ltree <@ ANY ((SELECT scopes('ground.import'))::ltree[]))
  WITH CHECK (('j' || base36(jurisdiction_id))::ltree <@ ANY ((SELECT scopes('ground.import'))::ltree[]));

-- What is of a person: the person and the household carry the paths, what hangs at them is seen and written with them. Who decides
-- about corrections writes the version that a correction begins.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_in_scope ON person FOR SELECT TO gridsvc_app, gridsvc_reader
  USING (paths <@ ANY ((SELECT scopes('people.read'))::ltree[]));
CREATE POLICY add_in_scope ON person FOR INSERT TO gridsvc_app
  WITH CHECK (paths <@ ANY ((SELECT scopes('people.change'))::ltree[]));
ALTER TABLE household ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_in_scope ON household FOR SELECT TO gridsvc_app, gridsvc_reader
  USING (path <@ ANY ((SELECT scopes('people.read'))::ltree[]));
CREATE POLICY add_in_scope ON household FOR INSERT TO gridsvc_app
  WITH CHECK (path <@ ANY ((SELECT scopes('people.change'))::ltree[]));
CREATE POLICY correct_in_scope ON household FOR UPDATE TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('people.change'))::ltree[]))
  WITH CHECK (path <@ ANY ((SELECT scopes('people.change'))::ltree[]));
DO $$
DECLARE
  part text;
  noun text;
  ground text;
  held text;
BEGIN
  FOREACH part IN ARRAY ARRAY['person_version', 'member', 'household_version'] LOOP
    noun := CASE part WHEN 'household_version' THEN 'household' ELSE 'person' END;
    ground := CASE noun WHEN 'household' THEN 'path' ELSE 'paths' END;
    held := format('EXISTS (SELECT FROM %1$I n WHERE n.id = %1$s_id AND n.%2$s <@ ANY ((SELECT %3$s)::ltree[]))', noun, ground,
      'scopes(''people.change'')' || CASE part WHEN 'member' THEN '' ELSE ' || scopes(''corrections.decide'')' END);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY read_in_scope ON %1$I FOR SELECT TO gridsvc_app, gridsvc_reader
      USING (EXISTS (SELECT FROM %2$I n WHERE n.id = %2$s_id))', part, noun);
    EXECUTE format('CREATE POLICY add_in_scope ON %I FOR INSERT TO gridsvc_app WITH CHECK (%s)', part, held);
    EXECUTE format('CREATE POLICY correct_in_scope ON %1$I FOR UPDATE TO gridsvc_app USING (%2$s) WITH CHECK (%2$s)', part, held);
  END LOOP;
END $$;

-- Who holds a post: its ground decides who reads it, and the kind of post who gives and ends it.
ALTER TABLE appointment ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_in_scope ON appointment FOR SELECT TO gridsvc_app, gridsvc_reader
  USING (paths <@ ANY ((SELECT scopes('people.read'))::ltree[]));
DO $$
DECLARE
  given text := 'CASE action_of_post(post, role) WHEN ''posts.appoint'' THEN all_inside(paths, (SELECT scopes(''posts.appoint'')))
    WHEN ''posts.appoint_party'' THEN all_inside(paths, (SELECT scopes(''posts.appoint_party'')))
    WHEN ''posts.appoint_heads'' THEN all_inside(paths, (SELECT scopes(''posts.appoint_heads''))) ELSE false END';
BEGIN
  EXECUTE format('CREATE POLICY appoint_in_scope ON appointment FOR INSERT TO gridsvc_app WITH CHECK (%s)', given);
  EXECUTE format('CREATE POLICY end_in_scope ON appointment FOR UPDATE TO gridsvc_app USING (%1$s) WITH CHECK (%1$s)', given);
END $$;

ALTER TABLE contract ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_in_scope ON contract FOR SELECT TO gridsvc_app, gridsvc_reader
  USING (path <@ ANY ((SELECT scopes('people.read'))::ltree[]));
CREATE POLICY assign_in_scope ON contract FOR INSERT TO gridsvc_app
  WITH CHECK (path <@ ANY ((SELECT scopes('contracts.assign'))::ltree[]));
CREATE POLICY end_in_scope ON contract FOR UPDATE TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('contracts.assign'))::ltree[]))
  WITH CHECK (path <@ ANY ((SELECT scopes('contracts.assign'))::ltree[]));
ALTER TABLE contract_proposal ENABLE ROW LEVEL SECURITY;
CREATE POLICY assign_in_scope ON contract_proposal TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('contracts.assign'))::ltree[]))
  WITH CHECK (path <@ ANY ((SELECT scopes('contracts.assign'))::ltree[]));
ALTER TABLE contract_proposed ENABLE ROW LEVEL SECURITY;
CREATE POLICY assign_in_scope ON contract_proposed TO gridsvc_app
  USING (EXISTS (SELECT FROM contract_proposal p WHERE p.id = proposal_id))
  WITH CHECK (EXISTS (SELECT FROM contract_proposal p WHERE p.id = proposal_id));

ALTER TABLE address_review ENABLE ROW LEVEL SECURITY;
CREATE POLICY keep_in_scope ON address_review TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('people.change'))::ltree[]))
  WITH CHECK (path <@ ANY ((SELECT scopes('people.change'))::ltree[]));

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_in_scope ON notice FOR SELECT TO gridsvc_app
  USING (path <@ ANY (scopes(action)));
ALTER TABLE notice_read ENABLE ROW LEVEL SECURITY;
CREATE POLICY keep_own ON notice_read TO gridsvc_app
  USING (account_id = (SELECT current_account())) WITH CHECK (account_id = (SELECT current_account()));

ALTER TABLE correction ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_own ON correction FOR SELECT TO gridsvc_app
  USING (account_id = (SELECT current_account()));
CREATE POLICY read_in_scope ON correction FOR SELECT TO gridsvc_app
  USING (path <@ ANY ((SELECT scopes('corrections.decide'))::ltree[]));
CREATE POLICY propose_in_scope ON correction FOR INSERT TO gridsvc_app
  WITH CHECK (account_id = (SELECT current_account()) AND state = 'open' AND path <@ ANY ((SELECT scopes('corrections.propose'))::ltree[]));
CREATE POLICY withdraw_own ON correction FOR UPDATE TO gridsvc_app
  USING (account_id = (SELECT current_account()) AND state = 'open') WITH CHECK (state = 'withdrawn');
CREATE POLICY decide_in_scope ON correction FOR UPDATE TO gridsvc_app
  USING (state = 'open' AND path <@ ANY ((SELECT scopes('corrections.decide'))::ltree[]))
  WITH CHECK (state IN ('accepted', 'refused') AND decided_by = (SELECT current_account()));

-- Proposed by propose_successions() alone, decided by whoever has the right that each names.
ALTER TABLE succession ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_in_scope ON succession FOR SELECT TO gridsvc_app
  USING (path <@ ANY (scopes(action)));
CREATE POLICY decide_in_scope ON succession FOR UPDATE TO gridsvc_app
  USING (decided_at IS NULL AND path <@ ANY (scopes(action))) WITH CHECK (decided_by = (SELECT current_account()));

ALTER TABLE report ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_in_scope ON report FOR SELECT TO gridsvc_app, gridsvc_reader
  USING (path <@ ANY ((SELECT scopes('reports.read'))::ltree[]));
CREATE POLICY freeze_in_scope ON report FOR INSERT TO gridsvc_app
  WITH CHECK (path <@ ANY ((SELECT scopes('reports.freeze'))::ltree[]));
