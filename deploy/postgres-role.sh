#!/bin/sh
# Makes the application's role and database. The role is no superuser and can't bypass row-level
# security: that is the third belt between firms.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -v password="$APPLICATION_PASSWORD" <<'SQL'
CREATE ROLE application LOGIN PASSWORD :'password' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE DATABASE application OWNER application ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
SQL
