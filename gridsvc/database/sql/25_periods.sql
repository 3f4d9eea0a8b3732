-- No two rows of a thing hold at once. Current ones are unique and past ones exclude each other by their indexes; that a current one
-- begins when the past ones have ended is seen to here, a statement at a time: row by row an import would take twice as long.

-- Refuses rows that hold while another one of the same thing does; the columns that name the thing are the trigger's arguments.
-- Tables filled in the same transaction have no statistics yet: each row would be looked up in a table read whole.
CREATE OR REPLACE FUNCTION refuse_overlaps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  same text := (SELECT string_agg(format('o.%1$I = f.%1$I', name), ' AND ') FROM unnest(TG_ARGV) AS name);
  overlap boolean;
BEGIN
  EXECUTE format($q$
    SELECT EXISTS (SELECT FROM fresh f JOIN %1$I o ON %2$s AND NOT upper_inf(o.valid) AND o.valid && f.valid WHERE upper_inf(f.valid))
        OR EXISTS (SELECT FROM fresh f JOIN %1$I o ON %2$s AND upper_inf(o.valid) AND o.valid && f.valid WHERE NOT upper_inf(f.valid))
  $q$, TG_TABLE_NAME, same) INTO overlap;
  IF overlap THEN
    RAISE exclusion_violation USING
      CONSTRAINT = 'ex_' || TG_TABLE_NAME || '_one_at_a_time', MESSAGE = 'two rows of ' || TG_TABLE_NAME || ' would hold at once';
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  kept text[];
BEGIN
  FOREACH kept SLICE 1 IN ARRAY ARRAY[
    ['building_version', 'building_id'], ['building_place', 'building_id'], ['building_households', 'building_id'],
    ['street_version', 'street_id'], ['compound_version', 'compound_id'], ['barrier_version', 'barrier_id'],
    ['station_version', 'station_id'], ['station_place', 'station_id'], ['gate_version', 'gate_id'], ['gate_place', 'gate_id'],
    ['parking_lot_version', 'parking_lot_id'], ['parking_lot_place', 'parking_lot_id'],
    ['parking_space_version', 'parking_space_id'], ['parking_space_place', 'parking_space_id'],
    ['fire_lane_version', 'fire_lane_id'], ['fire_lane_place', 'fire_lane_id, unit_id']
  ] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER begun_apart AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlaps(%s)', kept[1], kept[2]);
    EXECUTE format('CREATE OR REPLACE TRIGGER changed_apart AFTER UPDATE ON %I REFERENCING NEW TABLE AS fresh
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_overlaps(%s)', kept[1], kept[2]);
  END LOOP;
END $$;
