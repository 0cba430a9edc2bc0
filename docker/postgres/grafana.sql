-- What Grafana may read: where tickets stand and which machines there are. No texts, no people, no passwords.
-- Run after the hub has made its tables, again after each update: psql -v password=… -f grafana.sql
select format('create role grafana login password %L', :'password')
where not exists (select from pg_roles where rolname = 'grafana') \gexec
select format('alter role grafana password %L', :'password') \gexec
grant usage on schema public to grafana;
grant select (ticket_id, kind, state, is_open, machine_id, created_at, closed_at) on tickets to grafana;
grant select (machine_id, plan, gateway_id, first_seen_at) on machines to grafana;
grant select (finding_id, machine_id, at) on findings to grafana;
