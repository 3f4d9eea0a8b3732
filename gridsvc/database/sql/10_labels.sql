-- Labels of ltree paths: the base-36 form of an immutable id. Same as gridsvc.domain.paths.

CREATE OR REPLACE FUNCTION base36(number bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  WITH RECURSIVE digits(rest, written) AS (
    SELECT number, ''
    UNION ALL
    SELECT rest / 36, substr('0123456789abcdefghijklmnopqrstuvwxyz', (rest % 36)::int + 1, 1) || written
    FROM digits WHERE rest > 0
  )
  SELECT coalesce(nullif((SELECT written FROM digits WHERE rest = 0 ORDER BY length(written) DESC LIMIT 1), ''), '0')
$$;
