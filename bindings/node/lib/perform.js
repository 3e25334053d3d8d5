'use strict';
// One call into the library, on the thread that is to be blocked: that of a run's worker, or the caller's.

const { lib, withCallbacks } = require('./library');

/**
 * Runs a job and returns the address of its report. `tell(what, …)` takes what happens meanwhile.
 *
 * A callback of a thread that Node.js is ending never runs, and the library gets a random result from it. The byte that
 * it no longer sets then stops the run.
 */
function perform(job, tell) {
  const beat = new Uint8Array(new SharedArrayBuffer(1));
  const progress = (_userdata, state) => {
    beat[0] = 1;
    if (job.progress) {
      tell('progress', {
        done: lib.uc_progress_done(state),
        total: lib.uc_progress_total(state),
        confirmed: lib.uc_progress_confirmed(state),
        rejected: lib.uc_progress_rejected(state),
        requests: lib.uc_progress_requests(state),
        expectedRejected: lib.uc_progress_expected_rejected(state),
        requestsLeft: lib.uc_progress_requests_left(state),
        timeLeftMs: lib.uc_progress_time_left_ms(state),
        waitingMs: lib.uc_progress_waiting_ms(state),
      });
    }
    return 0;
  };
  const log = (_userdata, level, message) => tell('log', level, message);
  return withCallbacks({ uc_progress_fn: progress, ...(job.log && { uc_log_fn: log }) }, (progressPointer, logPointer) => {
    lib.uc_run_options_set_progress(job.options, progressPointer, null);
    lib.uc_run_options_set_heartbeat(job.options, beat);
    const client = job.log ? loggingClient(job.log, logPointer) : job.client;
    const report = [null];
    try {
      lib[job.call](client, ...job.update, job.options, report);
    } finally {
      if (job.log) lib.uc_client_free(client);
    }
    return report[0];
  });
}

/**
 * A client of this thread: a callback can't run on another one. It shares the rate limit with the caller's, which
 * found these arguments valid.
 */
function loggingClient({ subdomain, token, options, level }, logPointer) {
  const handle = lib.uc_options_new();
  try {
    for (const [, cName, json] of options) lib.uc_options_set(handle, cName, json);
    lib.uc_options_set_log(handle, logPointer, null, level);
    const client = [null];
    lib.uc_client_new(subdomain, token, handle, client);
    return client[0];
  } finally {
    lib.uc_options_free(handle);
  }
}

module.exports = { perform };
