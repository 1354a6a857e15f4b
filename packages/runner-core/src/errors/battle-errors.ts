import type { ErrorEntry } from './error-entry.ts'

/** What battles, their judges and their commands can end with, or be refused for. */
export const battleErrors = {
  reply_unparseable: {
    status: 502,
    retryable: true,
    title: 'The model did not give the JSON it was asked for',
    remedy: 'It is asked again. Choose a model with structured output.',
  },
  judge_cannot_see: {
    status: 422,
    retryable: false,
    title: 'The judge cannot take in what a contender made',
    remedy: 'Choose a judge with vision for images (GET /api/models says which), or let votes decide: scoring_mode community.',
  },
  duplicate_judge: {
    status: 422,
    retryable: false,
    title: 'Two judges are the same',
    remedy: 'Give one of them another model, or the one judge more weight.',
  },
  analysis_limit: {
    status: 409,
    retryable: false,
    title: 'The battle has as many analyses as it may have',
    remedy: 'Read those it has: 20 are the most.',
  },
  judge_recused: {
    status: 422,
    retryable: false,
    title: 'No judge is left: each is of a contender’s family',
    remedy: 'Choose a judge of another family, or set allow_own_family to true.',
  },
  judge_weight_unlearned: {
    status: 422,
    retryable: false,
    title: 'No weight was learned of this judge',
    remedy:
      'Weigh it on gold pairs (npm run agon -- judges weigh <file> --save, or PUT /api/judge-weights), or give its weight as a number.',
  },
  verdict_unparseable: {
    status: 502,
    retryable: true,
    title: 'The judge did not give a readable verdict',
    remedy: 'It is asked again, and abstains after its last attempt. Choose a judge with structured output.',
  },
  slot_unknown: {
    status: 409,
    retryable: false,
    title: 'The slot is none of this run’s',
    remedy: 'Leave it to the run in battle_create: {"workflow": true} or {"node": "<id of the contender_run>"} at its place in contenders.',
  },
  slot_taken: {
    status: 409,
    retryable: false,
    title: 'Another node has the slot, or it is settled',
    remedy:
      'Give each contender_run a slot of its own. To let a slot be answered again, fork the run from its battle_create: that makes a new battle.',
  },
  workflow_unpublished: {
    status: 409,
    retryable: false,
    title: 'The workflow has no published version',
    remedy: 'Publish a version (POST /workflows/{workflow_id}/publish), or name one as workflow_version_id.',
  },
  workflow_takes_no_task: {
    status: 422,
    retryable: false,
    title: 'The workflow has no input for the task of a battle',
    remedy: 'Declare an input prompt or task: a contender is given the battle’s task there.',
  },
  slot_unanswered: {
    status: 409,
    retryable: false,
    title: 'No node of the workflow answered this slot',
    remedy: 'Let a contender_run with this slot and its battle end before battle_execute, and see in the run why it was skipped.',
  },
  contender_count: {
    status: 422,
    retryable: false,
    title: 'A battle takes 2 to 26 contenders',
    remedy: 'Give between 2 and 26 objects in contenders.',
  },
  mixed_kinds: {
    status: 422,
    retryable: false,
    title: 'The contenders make different kinds of things',
    remedy: 'Let all contenders of a battle make the same: text, image, audio, video or music.',
  },
  duplicate_contender: {
    status: 422,
    retryable: false,
    title: 'Two contenders are the same',
    remedy: 'Give one of them another model, or another identity.',
  },
  battle_state: {
    status: 409,
    retryable: false,
    title: 'The battle is past that',
    remedy: 'Read its status; only drafts are published, only unfinished battles are cancelled.',
  },
  battle_held: {
    status: 409,
    retryable: false,
    title: 'An operator has stopped this battle',
    remedy: 'Wait until it is released; its deadlines move by the time it was stopped.',
  },
  no_open_seat: {
    status: 409,
    retryable: false,
    title: 'No seat is open in this battle',
    remedy: 'Contend in another battle; open_seat in a battle shows the seats that are free.',
  },
  not_contending: {
    status: 403,
    retryable: false,
    title: 'You do not contend in this battle',
    remedy: 'Join it first, while a seat is open.',
  },
  submissions_ended: {
    status: 409,
    retryable: false,
    title: 'The submissions have ended',
    remedy: 'submissions_end_at of a battle says until when; what was written last by then is final.',
  },
  submission_final: {
    status: 409,
    retryable: false,
    title: 'Your answer is handed in',
    remedy: 'What was sent with final cannot be revised. It can be withdrawn while the battle executes.',
  },
  not_voting: {
    status: 409,
    retryable: false,
    title: 'The battle takes no votes now',
    remedy: 'Votes count while the status is voting, until voting_ends_at by the clock of the database.',
  },
  not_eligible: {
    status: 403,
    retryable: false,
    title: 'You may not vote in this battle',
    remedy: 'voter_eligibility of a battle says who may; the detail says what is missing.',
  },
  vote_rate: {
    status: 429,
    retryable: true,
    title: 'Too many votes',
    remedy: 'Wait as long as Retry-After says: 30 votes a minute and 500 a day are a voter’s, unless the project says otherwise.',
  },
  accounts_unknown: {
    status: 422,
    retryable: false,
    title: 'This project knows nothing of its users’ accounts',
    remedy: 'Without Supabase Auth in the same database, choose voter_eligibility anyone or invited.',
  },
  own_battle: { status: 403, retryable: false, title: 'You own this battle', remedy: 'Owners see who is who, so they do not vote.' },
  is_contender: { status: 403, retryable: false, title: 'You contend in this battle', remedy: 'Contenders do not vote.' },
  unknown_choice: {
    status: 422,
    retryable: false,
    title: 'There is nothing of that name to vote for',
    remedy: 'Vote for the slot of a contender that answered, for tie or for both_bad.',
  },
  backend_failed: {
    status: 502,
    retryable: false,
    title: 'The command of a contender ended badly',
    remedy:
      'The detail has its exit code and the end of what it complained of. Try it by hand in a clone of the repository, then redrive the job.',
  },
  backend_unavailable: {
    status: 503,
    retryable: true,
    title: 'The command of a contender could not be started',
    remedy: 'Install the program on the machine of the worker, or correct its command in the file that AGON_BACKENDS names.',
  },
  backend_misused: {
    status: 422,
    retryable: false,
    title: 'The backend cannot be used like that',
    remedy: 'Correct what the detail names: a model that the backend does not take, or a name that its worker does not know any more.',
  },
  local_driver_missing: {
    status: 504,
    retryable: false,
    title: 'No page of its owner answered in time',
    remedy:
      'Open a page that has a key of its provider while the battle or the workflow runs (docs/local-keys.md), and retry the run; of a battle, who runs the project may redrive the dead letter.',
  },
  local_execution_unsupported: {
    status: 422,
    retryable: false,
    title: 'This cannot be answered in a browser',
    remedy:
      'A page answers text: contenders, and lenses of the kinds text, transform, validation and routing, without moderation, whose provider takes a key or runs on your own machine. Leave funding_source out of the others, and their provider out of local_providers.',
  },
  repository_unavailable: {
    status: 502,
    retryable: true,
    title: 'The repository could not be read',
    remedy:
      'The detail has what git said. It is read without credentials and without anybody to ask: give a path, or a URL that git can fetch by itself.',
  },
  ref_unknown: {
    status: 422,
    retryable: false,
    title: 'The repository has no such commit',
    remedy: 'Name a branch, a tag or a commit of the repository in repository.ref.',
  },
} as const satisfies Record<string, ErrorEntry>
