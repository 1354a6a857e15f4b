\set step :step + 1
\if :step > :steps
\set most 0
\else
\set most :batch
\endif
select coalesce(max(s.lease_token), 0) as lease, coalesce(array_agg(s.job_id), '{}') as done, coalesce(min(s.position), -9223372036854775808) as hint from execution.fn_worker_step(:lease::bigint, :done::bigint[], 'noop', 'pgbench', :most::integer, :hint::bigint) s \gset
