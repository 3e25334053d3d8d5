'use strict';
// What every error of this package has, and the way from a status of the library to the error that is thrown.

class UserComError extends Error {
  static status = 99;
  static code = 'INTERNAL';

  constructor(message, { status, report = null, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status ?? new.target.status;
    this.code = new.target.code;
    // A report of a million ids is no line of a log.
    Object.defineProperty(this, 'report', { value: report, enumerable: false, configurable: true, writable: true });
  }
}
Object.defineProperty(UserComError.prototype, 'name', {
  get() { return this.constructor.name; },
  configurable: true,
});

let ofStatus;

/** The error for a status of the library. */
function errorOf(status, message, details) {
  ofStatus ??= new Map(Object.values(require('./errors')).map((error) => [error.status, error]));
  return new (ofStatus.get(status) ?? UserComError)(message, { ...details, status });
}

/** The error for a run that ended with the report's status, with why the first id failed. */
function errorOfReport(report, cause) {
  let { message } = report;
  const first = report.firstFailure();
  if (first && !message.includes(first.message)) {
    message += `; id ${first.id} at position ${first.index}: ${first.message}`;
  }
  return errorOf(report.status, message, { report, cause });
}

module.exports = { UserComError, errorOf, errorOfReport };
