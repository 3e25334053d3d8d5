'use strict';
// What became of a run and of each of its ids.

const { errorOfReport } = require('./error');
const { Status } = require('./generated');
const { lib } = require('./library');

const handles = new FinalizationRegistry((pointer) => lib.uc_report_free(pointer));

class Report {
  #pointer;
  #id;
  #cause;
  #failures;
  #json;
  #said;

  /** `pointer` is the library's report, which this one owns. `id(index)` gives an id of the input. */
  constructor(pointer, id, reworded, cause) {
    if (typeof pointer !== 'bigint') throw new TypeError('a Report is what a run returns; it can\'t be made');
    handles.register(this, pointer);
    this.#pointer = pointer;
    this.#id = id;
    this.#cause = cause;
    this.#said = lib.uc_report_message(pointer);
    this.status = lib.uc_report_status(pointer);
    this.message = reworded(this.#said);
    this.total = lib.uc_report_total(pointer);
    this.confirmed = lib.uc_report_confirmed(pointer);
    this.rejected = lib.uc_report_rejected(pointer);
    this.unknown = lib.uc_report_unknown(pointer);
    this.notAttempted = lib.uc_report_not_attempted(pointer);
    this.requests = lib.uc_report_requests(pointer);
    this.verified = lib.uc_report_verified(pointer);
    this.mismatched = lib.uc_report_mismatched(pointer);
    const states = new Uint8Array(this.total);
    lib.uc_report_states(pointer, states, states.length);
    // Not enumerable: console.log of a report is a few lines.
    Object.defineProperty(this, 'states', { value: states, enumerable: false });
  }

  get failures() {
    if (!this.#failures) {
      const failures = Array.from({ length: lib.uc_report_failure_count(this.#pointer) }, (_, k) => this.#failure(k));
      this.#failures = Object.freeze(failures);
    }
    return this.#failures;
  }

  /** Without reading all of them. */
  firstFailure() {
    return lib.uc_report_failure_count(this.#pointer) > 0 ? this.#failure(0) : undefined;
  }

  #failure(k) {
    const index = [0];
    const httpStatus = [0];
    const message = [null];
    lib.uc_report_failure(this.#pointer, k, index, httpStatus, message);
    return {
      index: index[0],
      id: this.#id(index[0]),
      state: this.states[index[0]],
      httpStatus: httpStatus[0] || null,
      message: message[0],
    };
  }

  get notes() {
    return this.toJSON().notes ?? [];
  }

  /** The first ten. */
  get mismatches() {
    const all = this.toJSON().mismatches ?? [];
    return all.map(({ index, sent, stored }) => ({ index, id: this.#id(index), sent, stored }));
  }

  get retries() {
    return this.toJSON().retries ?? 0;
  }

  raiseForFailures() {
    if (this.status !== Status.OK && this.status !== Status.DRY_RUN) throw errorOfReport(this, this.#cause);
  }

  toString() {
    return lib.uc_report_text(this.#pointer).replace(this.#said, () => this.message).trimEnd();
  }

  toJSON() {
    this.#json ??= lib.uc_report_json(this.#pointer);
    const report = JSON.parse(this.#json);
    if (report.message === this.#said) report.message = this.message;
    return report;
  }
}

module.exports = { Report };
