'use strict';
// The error of each status.
// Generated from src/interface and src/ffi by `make generate`; do not edit.

const { UserComError } = require('./error');

/** Completed: some ids are rejected or unknown. */
exports.PartialUpdate = class PartialUpdate extends UserComError {
  static status = 1;
  static code = 'PARTIAL';
};

/** Stopped early: the caller cancelled the run. */
exports.Cancelled = class Cancelled extends UserComError {
  static status = 2;
  static code = 'CANCELLED';
};

/** Stopped early: the deadline passed. */
exports.DeadlineExceeded = class DeadlineExceeded extends UserComError {
  static status = 3;
  static code = 'DEADLINE';
};

/** Completed: the service holds other values than those that were sent, of ids that it accepted. */
exports.Mismatch = class Mismatch extends UserComError {
  static status = 5;
  static code = 'MISMATCH';
};

/** Nothing was sent: an argument is invalid. The message says which one and what to do. */
exports.InvalidArgument = class InvalidArgument extends UserComError {
  static status = 10;
  static code = 'INVALID_ARGUMENT';
};

/** Stopped early: the service does not accept the token. */
exports.Unauthorized = class Unauthorized extends UserComError {
  static status = 20;
  static code = 'UNAUTHORIZED';
};

/** Stopped early: the service limits requests for longer than the stall timeout. */
exports.RateLimited = class RateLimited extends UserComError {
  static status = 21;
  static code = 'RATE_LIMITED';
};

/** Stopped early: the service rejects the attribute or the value, or none of these ids exist. */
exports.Rejected = class Rejected extends UserComError {
  static status = 22;
  static code = 'REJECTED';
};

/** Stopped early: the service kept failing. */
exports.ServerError = class ServerError extends UserComError {
  static status = 23;
  static code = 'SERVER';
};

/** Stopped early: this is not the service, or it does not take this method. */
exports.WrongEndpoint = class WrongEndpoint extends UserComError {
  static status = 24;
  static code = 'WRONG_ENDPOINT';
};

/** Stopped early: the run reached its maximum number of requests. */
exports.RequestLimit = class RequestLimit extends UserComError {
  static status = 25;
  static code = 'REQUEST_LIMIT';
};

/** Stopped early: more ids were rejected than the run allows. */
exports.TooManyRejected = class TooManyRejected extends UserComError {
  static status = 26;
  static code = 'TOO_MANY_REJECTED';
};

/** Stopped early: no connection, or none that lasted. */
exports.TransportError = class TransportError extends UserComError {
  static status = 30;
  static code = 'TRANSPORT';
};

/** Stopped early: the responses can't be understood. */
exports.BadResponse = class BadResponse extends UserComError {
  static status = 31;
  static code = 'BAD_RESPONSE';
};

/**
 * Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no trusted
 * certificates.
 */
exports.TlsError = class TlsError extends UserComError {
  static status = 32;
  static code = 'TLS';
};

/** Stopped early or nothing was sent: the journal can't be used. */
exports.JournalError = class JournalError extends UserComError {
  static status = 40;
  static code = 'JOURNAL';
};

/** Nothing was sent: the client was made before fork() and this is the child process. */
exports.Forked = class Forked extends UserComError {
  static status = 41;
  static code = 'FORKED';
};

/** Nothing was sent: another process or thread is running the identical job (only with a journal). */
exports.Busy = class Busy extends UserComError {
  static status = 42;
  static code = 'BUSY';
};

/** A bug in usercom. The ids that it concerns are unknown. */
exports.InternalError = class InternalError extends UserComError {
  static status = 99;
  static code = 'INTERNAL';
};
