-- Lets the planner know tables that this transaction filled: autovacuum would look at them only after it. Owners alone may; a table
-- that somebody else is looking at is left out, so that nobody waits. Geometries are left out too: nothing is estimated by them here.
CREATE OR REPLACE FUNCTION take_statistics(VARIADIC tables text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  wanted record;
BEGIN
  FOR wanted IN
    SELECT c.relname, string_agg(quote_ident(a.attname), ', ') AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY (tables)
      AND a.atttypid::regtype::text NOT IN ('geometry', 'bytea')
    GROUP BY c.relname ORDER BY c.relname
  LOOP
    EXECUTE format('ANALYZE (SKIP_LOCKED) %I (%s)', wanted.relname, wanted.columns);
  END LOOP;
END $$;

REVOKE ALL ON FUNCTION take_statistics(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_statistics(text[]) TO gridsvc_app;
