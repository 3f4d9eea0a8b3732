-- Roles, database and extensions of gridsvc: run once by psql as superuser of a PostgreSQL server, 15 or newer, with PostGIS.
-- The private cluster, the compose file and an administrator's own server all start from this file.
-- Passwords come from the environment (psql 15 or newer), so that none stands in a process list.
\set ON_ERROR_STOP on
\getenv owner_password GRIDSVC_OWNER_PASSWORD
\getenv app_password GRIDSVC_APP_PASSWORD
\getenv reader_password GRIDSVC_READER_PASSWORD

SET password_encryption = 'scram-sha-256';
-- The owner of the tables; app and reader serve people, own nothing and cannot step around row security.
CREATE ROLE gridsvc_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE gridsvc_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'app_password';
CREATE ROLE gridsvc_reader LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS PASSWORD :'reader_password';

-- C.UTF-8 is the one locale that every machine has; Chinese is sorted by the queries that need it.
CREATE DATABASE gridsvc OWNER gridsvc_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE gridsvc FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE gridsvc TO gridsvc_app, gridsvc_reader;

\connect gridsvc
CREATE EXTENSION postgis;
CREATE EXTENSION ltree;
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
