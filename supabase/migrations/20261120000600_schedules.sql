-- Schedules: the guarantee behind every wake (the housekeeping has its own, beside its steps). cron.schedule replaces a job of
-- the same name, so this file says what runs; nothing is scheduled by hand. A database without pg_cron has a worker that
-- sweeps (apps/worker).
do $$
begin
  if to_regprocedure('cron.schedule(text, text, text)') is null then
    raise notice 'no pg_cron here: run the worker, it sweeps';
    return;
  end if;
  perform cron.schedule('agon-sweep', '5 seconds', 'select execution.sweep()');
  perform cron.schedule('agon-boards', '10 seconds', 'select ratings.fn_refresh_due()');
  perform cron.schedule('agon-finalize', '* * * * *', 'select battles.fn_auto_finalize_battles()');
  perform cron.schedule('agon-end-submissions', '* * * * *', 'select battles.fn_battles_end_submissions()');
  perform cron.schedule('agon-stray-delegations', '* * * * *', 'select battles.fn_end_stray_delegations()');
  perform cron.schedule('agon-scan-votes', '7 * * * *', 'select battles.fn_scan_votes()');
  perform cron.schedule('agon-promote', '* * * * *', 'select battles.fn_battles_promote_due()');
end $$;
