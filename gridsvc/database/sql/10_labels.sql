-- Labels of ltree paths: the base-36 form of an immutable id. Same as gridsvc.domain.paths.

CREATE OR REPLACE FUNCTION base36(number bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  rest bigint := number;
  written text := '';
BEGIN
  LOOP
    written := substr('0123456789abcdefghijklmnopqrstuvwxyz', (rest % 36)::int + 1, 1) || written;
    rest := rest / 36;
    EXIT WHEN rest = 0;
  END LOOP;
  RETURN written;
END $$;

-- Answers the edges of a box: west, south, east, north; NULL for none.
CREATE OR REPLACE FUNCTION edges(around box2d) RETURNS float8[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT ARRAY[ST_XMin(around), ST_YMin(around), ST_XMax(around), ST_YMax(around)]
$$;
