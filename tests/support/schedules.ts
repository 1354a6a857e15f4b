/** What the migrations put on a schedule, by name: [job, schedule]. */
export const schedules: [string, string][] = [
  ['agon-boards', '10 seconds'],
  ['agon-end-submissions', '* * * * *'],
  ['agon-finalize', '* * * * *'],
  ['agon-housekeeping', '* * * * *'],
  ['agon-overdue-runs', '* * * * *'],
  ['agon-promote', '* * * * *'],
  ['agon-scan-votes', '7 * * * *'],
  ['agon-schedules', '10 seconds'],
  ['agon-stray-delegations', '* * * * *'],
  ['agon-sweep', '5 seconds'],
]
