-- Steps of signing in, second factors, passwords of before: what only a function may touch.

-- Answers what an account has still to do when it signs in, in this order: code, password, enrol.
CREATE OR REPLACE FUNCTION steps_of(wanted bigint, administrators text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN a.totp_used IS NOT NULL THEN 'code' END,
    CASE WHEN a.must_change OR (a.password_hash IS NOT NULL AND a.password_set_at < now() - make_interval(days =>
      (SELECT t.value FROM security_term t WHERE t.key = 'password_days'))) THEN 'password' END,
    CASE WHEN a.totp_used IS NULL AND EXISTS (SELECT FROM held_roles(a.id) h WHERE h.role = ANY (administrators)) THEN 'enrol' END
  ], NULL)
  FROM account a WHERE a.id = wanted
$$;

-- Opens a sign-in, which waits for what is named, and forgets those that have run out.
DROP FUNCTION IF EXISTS open_sign_in(bigint, bytea, interval);
CREATE OR REPLACE FUNCTION open_sign_in(
  account bigint, digest bytea, longest interval, waits text[] DEFAULT '{}', with_browser text DEFAULT NULL, from_address text DEFAULT NULL
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM sign_in WHERE expires_at < now();
  INSERT INTO sign_in (token_digest, account_id, expires_at, waits_for, browser, address)
  VALUES (digest, account, now() + longest, waits, with_browser, from_address);
$$;

-- Answers whose sign-in waits for what; no row for one that waits for nothing.
CREATE OR REPLACE FUNCTION waiting_sign_in(digest bytea, idle interval)
RETURNS TABLE (account_id bigint, name text, language text, waits_for text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.name, a.language, s.waits_for FROM sign_in s JOIN account a ON a.id = s.account_id
  WHERE s.token_digest = digest AND s.expires_at > now() AND s.seen_at > now() - idle AND s.waits_for <> '{}' AND a.disabled_at IS NULL
$$;

-- Gives a sign-in another token, and says what it waits for from now on; it ends when it would have ended.
CREATE OR REPLACE FUNCTION renew_sign_in(digest bytea, fresh bytea, waits text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE sign_in SET token_digest = fresh, waits_for = waits, seen_at = now() WHERE token_digest = digest
$$;

-- Answers the sign-ins of who asks, the latest first; `here` is the one of this token.
CREATE OR REPLACE FUNCTION own_sign_ins(digest bytea)
RETURNS TABLE (public_id uuid, browser text, address text, created_at timestamptz, seen_at timestamptz, here boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.public_id, s.browser, s.address, s.created_at, s.seen_at, s.token_digest = digest FROM sign_in s
  WHERE s.account_id = current_account() AND s.expires_at > now() ORDER BY s.seen_at DESC
$$;

-- Ends one of the own sign-ins, or with NULL all but that of this token.
CREATE OR REPLACE FUNCTION end_own_sign_ins(wanted uuid, but bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM sign_in WHERE account_id = current_account() AND (public_id = wanted OR (wanted IS NULL AND token_digest <> but))
$$;

CREATE OR REPLACE FUNCTION keep_former_password() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO former_password (account_id, password_hash) VALUES (OLD.id, OLD.password_hash);
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER account_password_kept
AFTER UPDATE OF password_hash ON account
FOR EACH ROW WHEN (OLD.password_hash IS NOT NULL AND OLD.password_hash IS DISTINCT FROM NEW.password_hash)
EXECUTE FUNCTION keep_former_password();

-- Answers the password of an account and those before it, newest first, for oneself or for whoever manages accounts.
CREATE OR REPLACE FUNCTION last_passwords(wanted bigint) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.password_hash FROM (
    SELECT a.password_hash, 9223372036854775807 AS id FROM account a WHERE a.id = wanted AND a.password_hash IS NOT NULL
    UNION ALL SELECT f.password_hash, f.id FROM former_password f WHERE f.account_id = wanted
  ) AS p
  WHERE wanted = current_account() OR ''::ltree = ANY (scopes('accounts.manage'))
  ORDER BY p.id DESC LIMIT (SELECT t.value FROM security_term t WHERE t.key = 'former_passwords')
$$;

-- Answers the own second factor: the sealed secret, the last step taken, how many recovery codes are left.
CREATE OR REPLACE FUNCTION own_second_factor() RETURNS TABLE (totp_sealed bytea, totp_used bigint, codes_left bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.totp_sealed, a.totp_used, (SELECT count(*) FROM recovery_code c WHERE c.account_id = a.id)
  FROM account a WHERE a.id = current_account()
$$;

-- Takes a time step of the own second factor, once: answers false for one that is not later than the last.
CREATE OR REPLACE FUNCTION take_totp_step(step bigint) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH taken AS (
    UPDATE account SET totp_used = step WHERE id = current_account() AND totp_sealed IS NOT NULL AND coalesce(totp_used, 0) < step RETURNING 1
  )
  SELECT EXISTS (SELECT FROM taken)
$$;

-- Keeps a new secret of the own second factor, not in use yet; one that is in use is reset by whoever manages accounts first.
CREATE OR REPLACE FUNCTION keep_totp(sealed bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE account SET totp_sealed = sealed WHERE id = current_account() AND totp_used IS NULL
$$;

-- Puts new recovery codes in place of the own old ones.
CREATE OR REPLACE FUNCTION keep_recovery_codes(digests bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM recovery_code WHERE account_id = current_account();
  INSERT INTO recovery_code (account_id, code_digest) SELECT current_account(), d FROM unnest(digests) AS d
$$;

-- Takes one of the own recovery codes, once, and answers whether it was one.
CREATE OR REPLACE FUNCTION take_recovery_code(digest bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH taken AS (DELETE FROM recovery_code WHERE account_id = current_account() AND code_digest = digest RETURNING 1)
  SELECT EXISTS (SELECT FROM taken)
$$;

-- Takes an account's second factor away; whoever manages accounts does this when a device is lost.
CREATE OR REPLACE FUNCTION reset_second_factor(wanted bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE account SET totp_sealed = NULL, totp_used = NULL WHERE id = wanted AND ''::ltree = ANY (scopes('accounts.manage'));
  DELETE FROM recovery_code WHERE account_id = wanted AND ''::ltree = ANY (scopes('accounts.manage'))
$$;

-- Links an account with what the OpenID Connect issuer calls it; NULL unlinks.
CREATE OR REPLACE FUNCTION link_subject(wanted bigint, issued text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE account SET subject = issued WHERE id = wanted AND ''::ltree = ANY (scopes('accounts.manage'))
$$;

-- Links an account with the person whose posts give it rights; NULL unlinks. Never oneself: that would be giving rights to oneself.
CREATE OR REPLACE FUNCTION link_person(wanted bigint, whose bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE account SET person_id = whose
  WHERE id = wanted AND id <> current_account() AND ''::ltree = ANY (scopes('accounts.manage'))
$$;

-- Shuts the accounts of a person who leaves, with their sign-ins and tokens, for whoever changes people there; accounts that hold a granted
-- role are shut by whoever manages accounts alone. Answers each account that was open, and whether it is shut now.
CREATE OR REPLACE FUNCTION shut_accounts_of(person bigint) RETURNS TABLE (account_id bigint, shut boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  manages boolean := ''::ltree = ANY (scopes('accounts.manage'));
  leaving bigint[];
BEGIN
  IF NOT EXISTS (SELECT FROM person p WHERE p.id = person AND p.paths <@ ANY (scopes('people.change'))) THEN
    RETURN;
  END IF;
  leaving := ARRAY(SELECT a.id FROM account a WHERE a.person_id = person AND a.disabled_at IS NULL AND (manages OR NOT EXISTS (
    SELECT FROM role_grant g WHERE g.account_id = a.id AND upper_inf(g.valid))));
  RETURN QUERY SELECT a.id, a.id = ANY (leaving) FROM account a WHERE a.person_id = person AND a.disabled_at IS NULL ORDER BY a.id;
  UPDATE account SET disabled_at = now() WHERE id = ANY (leaving);
  UPDATE api_token SET revoked_at = now() WHERE account_id = ANY (leaving) AND revoked_at IS NULL;
  DELETE FROM sign_in WHERE account_id = ANY (leaving);
END $$;

-- Answers the number of a person for whoever links accounts, who reads nothing else about people; no row for anybody else.
CREATE OR REPLACE FUNCTION person_called(wanted uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id FROM person p WHERE p.public_id = wanted AND ''::ltree = ANY (scopes('accounts.manage'))
$$;

-- Answers the account that is linked with a subject.
CREATE OR REPLACE FUNCTION account_of_subject(issued text) RETURNS TABLE (account_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.id, a.name FROM account a WHERE a.subject = issued AND a.disabled_at IS NULL
$$;

-- An administrator's role stands alone, whoever writes it.
CREATE OR REPLACE FUNCTION keep_administrators_apart() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  administrators text[] := ARRAY['system_admin', 'security_admin', 'audit_admin'];
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('role_grant'), (NEW.account_id % 2147483648)::int);
  IF EXISTS (
    SELECT FROM role_grant g
    WHERE g.account_id = NEW.account_id AND g.id <> NEW.id AND g.role <> NEW.role AND g.valid && NEW.valid
      AND (g.role = ANY (administrators) OR NEW.role = ANY (administrators))
  ) THEN
    RAISE check_violation USING CONSTRAINT = 'role_grant_administrators_apart', MESSAGE = 'an administrator''s role stands alone';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER role_grant_administrators_apart
AFTER INSERT OR UPDATE ON role_grant
FOR EACH ROW EXECUTE FUNCTION keep_administrators_apart();

REVOKE ALL ON FUNCTION
  steps_of(bigint, text[]), open_sign_in(bigint, bytea, interval, text[], text, text), waiting_sign_in(bytea, interval),
  renew_sign_in(bytea, bytea, text[]), own_sign_ins(bytea), end_own_sign_ins(uuid, bytea), last_passwords(bigint), own_second_factor(),
  take_totp_step(bigint), keep_totp(bytea), keep_recovery_codes(bytea[]), take_recovery_code(bytea), reset_second_factor(bigint),
  link_subject(bigint, text), link_person(bigint, bigint), shut_accounts_of(bigint), person_called(uuid), account_of_subject(text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  steps_of(bigint, text[]), open_sign_in(bigint, bytea, interval, text[], text, text), waiting_sign_in(bytea, interval),
  renew_sign_in(bytea, bytea, text[]), own_sign_ins(bytea), end_own_sign_ins(uuid, bytea), last_passwords(bigint), own_second_factor(),
  take_totp_step(bigint), keep_totp(bytea), keep_recovery_codes(bytea[]), take_recovery_code(bytea), reset_second_factor(bigint),
  link_subject(bigint, text), link_person(bigint, bigint), shut_accounts_of(bigint), person_called(uuid), account_of_subject(text)
TO gridsvc_app;
