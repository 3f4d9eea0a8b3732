-- What the serving roles may touch at all. History is closed by UPDATE and never deleted; only drawings
-- that an edition replaces are.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM gridsvc_app, gridsvc_reader;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO gridsvc_app, gridsvc_reader;

GRANT SELECT ON
  alembic_version, scheme, jurisdiction, edition, unit, unit_version, unit_code, unit_shape, lineage,
  compound, compound_version, building, building_version, building_place, building_households, street, street_version
TO gridsvc_app, gridsvc_reader;

GRANT INSERT, UPDATE ON
  scheme, jurisdiction, edition, unit, unit_version, unit_code, unit_shape, lineage,
  compound, compound_version, building, building_version, building_place, building_households, street, street_version
TO gridsvc_app;
GRANT DELETE ON unit_shape TO gridsvc_app;

GRANT SELECT ON barrier, barrier_version, plan, plan_move, plan_unit, plan_place, plan_step, plan_comment, plan_lock,
  plan_proposal, plan_alternative, plan_alternative_unit
TO gridsvc_app, gridsvc_reader;
GRANT INSERT, UPDATE ON barrier, barrier_version TO gridsvc_app;
GRANT INSERT ON plan, plan_move, plan_unit, plan_place, plan_step, plan_comment, plan_lock,
  plan_proposal, plan_alternative, plan_alternative_unit TO gridsvc_app;
GRANT UPDATE (title, purpose, state, step, edition_id, effective_at, published_id, merged_into_id) ON plan TO gridsvc_app;
GRANT UPDATE (settled_at) ON plan_comment TO gridsvc_app;
GRANT DELETE ON plan_lock TO gridsvc_app;
GRANT UPDATE (undone) ON plan_move TO gridsvc_app;

GRANT SELECT ON
  station, station_version, station_place, gate, gate_version, gate_place, parking_lot, parking_lot_version, parking_lot_place,
  parking_space, parking_space_version, parking_space_place, fire_lane, fire_lane_version, fire_lane_place
TO gridsvc_app, gridsvc_reader;
GRANT INSERT ON station, gate, parking_lot, parking_space, fire_lane TO gridsvc_app;
GRANT INSERT, UPDATE ON
  station_version, station_place, gate_version, gate_place, parking_lot_version, parking_lot_place,
  parking_space_version, parking_space_place, fire_lane_version, fire_lane_place
TO gridsvc_app;

GRANT SELECT ON area_code TO gridsvc_app, gridsvc_reader;
GRANT INSERT, UPDATE ON area_code TO gridsvc_app;

GRANT SELECT ON alias TO gridsvc_app, gridsvc_reader;
GRANT INSERT, UPDATE ON alias TO gridsvc_app;

GRANT SELECT ON reported_figure TO gridsvc_app, gridsvc_reader;
GRANT INSERT, UPDATE ON reported_figure TO gridsvc_app;

-- The hash of a password is written here and read by credentials_of() and last_passwords() alone; a second factor by functions alone.
GRANT SELECT (id, public_id, name, language, must_change, password_set_at, totp_used, subject, disabled_at, created_at, person_id) ON account
TO gridsvc_app;
GRANT INSERT (name, password_hash, language, must_change), UPDATE (password_hash, language, must_change, password_set_at, disabled_at) ON account
TO gridsvc_app;
GRANT SELECT (id, public_id, account_id, name, actions, path, created_at, expires_at, revoked_at, used_at),
  INSERT (account_id, name, token_digest, actions, path, expires_at), UPDATE (revoked_at) ON api_token TO gridsvc_app;
GRANT SELECT, UPDATE (value) ON security_term TO gridsvc_app;
GRANT SELECT ON audit_seal TO gridsvc_app;
GRANT SELECT, INSERT, UPDATE (valid) ON role_grant TO gridsvc_app;
GRANT SELECT, INSERT ON audit TO gridsvc_app;

-- How jobs end is written by the functions of 60_jobs.sql alone.
GRANT SELECT, INSERT ON job TO gridsvc_app;
GRANT SELECT ON job_progress TO gridsvc_app;
GRANT SELECT, INSERT, UPDATE ON column_choice TO gridsvc_app;

-- Urgent times and organisations are public; who may switch and write them is asked by the operations.
GRANT SELECT ON organisation, organisation_version, organisation_ground, urgent_time, address_alias TO gridsvc_app, gridsvc_reader;
GRANT INSERT, UPDATE ON organisation_version, organisation_ground, urgent_time, address_alias TO gridsvc_app;
GRANT INSERT ON organisation TO gridsvc_app;

-- Where somebody lives and serves is kept by the triggers of 75_people.sql alone.
GRANT SELECT ON person, person_version, member, appointment, household, household_version, contract, report TO gridsvc_app, gridsvc_reader;
GRANT INSERT ON person, household, report TO gridsvc_app;
GRANT INSERT, UPDATE ON person_version, member, household_version, contract TO gridsvc_app;
GRANT INSERT, UPDATE (valid, state, reason, deputy, duty_phone, ends_on, origin) ON appointment TO gridsvc_app;
GRANT UPDATE (building_id, entrance, room) ON household TO gridsvc_app;
GRANT SELECT, INSERT, UPDATE (state) ON contract_proposal TO gridsvc_app;
GRANT SELECT, INSERT, DELETE ON contract_proposed TO gridsvc_app;
GRANT SELECT, INSERT, DELETE ON address_review TO gridsvc_app;
GRANT SELECT ON notice TO gridsvc_app;
GRANT SELECT, INSERT ON notice_read TO gridsvc_app;
GRANT SELECT, INSERT, UPDATE (state, decided_by, decided_at, answer) ON correction TO gridsvc_app;
GRANT SELECT, UPDATE (decided_at, accepted, decided_by) ON succession TO gridsvc_app;
