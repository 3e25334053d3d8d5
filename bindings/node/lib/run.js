'use strict';
// One run: its options, its ids and values, its callbacks, and what became of it.

const { errorOf, errorOfReport } = require('./error');
const { InvalidArgument } = require('./errors');
const { described } = require('./described');
const { COMPLETED, RUN_OPTIONS, Status } = require('./generated');
const { lib } = require('./library');
const options = require('./options');
const { perform } = require('./perform');
const { Report } = require('./report');
const { columns } = require('./rows');
const { onThread } = require('./threads');
const { text, toJson } = require('./values');

/** One value for a list of ids. `read` makes it what the library takes. */
function oneValue(read, ids, attribute, value) {
  const list = read(ids);
  return {
    call: list.custom ? 'uc_client_mass_update_custom_ids' : 'uc_client_mass_update',
    update: [list.pointer, list.length, text('attribute', attribute), text('value', toJson(value))],
    id: list.id,
    memory: list.memory,
    reworded: options.reworded,
  };
}

/** A value for each id. */
function rows(read, given, attribute) {
  const { ids, first, index, values, distinct, memory } = columns(given);
  const list = read(ids, 'rows');
  return {
    call: list.custom ? 'uc_client_mass_update_rows_custom_ids' : 'uc_client_mass_update_rows',
    update: [list.pointer, index, list.length, values, distinct, text('attribute', attribute)],
    id: list.id,
    memory: [memory, list.memory],
    // With the row in it. The library knows the distinct values, and the ids.
    reworded: (message) => options.reworded(message)
      .replace(/^(?:ids|customIds): the id at position (\d+)/, 'rows: the id of row $1')
      .replace(/^values: entry (\d+) \(counted from 0\)/, (_, entry) => `rows: the value of row ${first[entry]} (counted from 0)`)
      .replace(/^values: /, 'rows: '),
  };
}

/** The callbacks of a run, on the thread of its caller. Whatever they throw stops the run, and is thrown at its end. */
class Hooks {
  #cancel;
  #failed = false;
  #error;
  #settled = false;

  constructor(cancel, { signal, onProgress }, log) {
    this.#cancel = cancel;
    this.signal = signal;
    this.onProgress = onProgress ?? undefined;
    this.log = log;
    this.abort = () => lib.uc_cancel_request(cancel);
    if (this.signal?.aborted) this.abort();
    this.signal?.addEventListener('abort', this.abort);
    this.tell = this.tell.bind(this);
  }

  tell(what, ...details) {
    try {
      if (this.#failed) return;
      const result = what === 'progress' ? this.onProgress(...details) : this.log(...details);
      if (typeof result?.then === 'function') {
        result.then((value) => this.#said(what, value), (error) => this.#fail(error));
      } else {
        this.#said(what, result);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #said(what, result) {
    if (what === 'progress' && result === false && !this.#settled) this.abort();
  }

  #fail(error) {
    if (this.#settled) throw error; // of a promise, after the run: an unhandled rejection
    if (!this.#failed) [this.#failed, this.#error] = [true, error];
    this.abort();
  }

  /** When the library has returned. Throws what a callback has thrown. */
  end() {
    this.#settled = true;
    this.signal?.removeEventListener('abort', this.abort);
    lib.uc_cancel_free(this.#cancel);
  }

  rethrow() {
    if (this.#failed) throw this.#error;
  }
}

/**
 * The job, and what is to be done after it: `release` gives back what it used, `finish` makes its report. `finish` also
 * keeps the memory that the library reads from the garbage collector.
 */
function prepared(client, update, given) {
  const list = options.converted(given, RUN_OPTIONS, ['signal', 'onProgress'], 'a run');
  const { onProgress } = given ?? {};
  const signal = options.abortSignal(given?.signal);
  if (onProgress !== undefined && onProgress !== null && typeof onProgress !== 'function') {
    throw new InvalidArgument(`onProgress: is ${described(onProgress)}; use a function`);
  }
  const pointer = client.use();
  const handle = lib.uc_run_options_new();
  try {
    options.set('uc_run_options_set', handle, list);
  } catch (error) {
    lib.uc_run_options_free(handle);
    client.release();
    throw error;
  }
  const cancel = lib.uc_cancel_new();
  lib.uc_run_options_set_cancel(handle, cancel);
  const hooks = new Hooks(cancel, { signal, onProgress }, client.log?.log);
  const job = {
    call: update.call,
    client: pointer,
    update: update.update,
    options: handle,
    progress: hooks.onProgress !== undefined,
    log: client.log?.recipe,
  };
  const release = () => {
    hooks.end();
    client.release();
    lib.uc_run_options_free(handle);
  };
  const finish = (reported) => {
    if (!reported) throw errorOf(Status.INTERNAL, lib.uc_status_message(Status.INTERNAL));
    const cause = hooks.signal?.aborted ? hooks.signal.reason : undefined;
    const report = new Report(reported, update.id, update.reworded, cause);
    hooks.rethrow();
    if (!COMPLETED.includes(report.status)) throw errorOfReport(report, report.status === Status.CANCELLED ? cause : undefined);
    return report;
  };
  return { job, hooks, release, finish };
}

function runSync(client, update, given) {
  const { job, hooks, release, finish } = prepared(client, update, given);
  let pointer;
  try {
    pointer = perform(job, hooks.tell);
  } finally {
    release();
  }
  return finish(pointer);
}

async function run(client, update, given) {
  const { job, hooks, release, finish } = prepared(client, update, given);
  let pointer;
  try {
    pointer = await onThread(job, hooks.tell);
  } catch (error) {
    throw errorOf(Status.INTERNAL, `the run's thread failed: ${error.message}; what was sent is unknown`, { cause: error });
  } finally {
    release();
  }
  return finish(pointer);
}

module.exports = { oneValue, rows, run, runSync };
