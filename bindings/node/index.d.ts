/**
 * Sets one attribute of many User.com users, with a report that says what is known of each id.
 *
 * `massUpdate` is one call with all defaults. For options, progress, cancelling and other kinds of ids there is
 * `Client`. Only for servers: the token is a secret and must never reach a browser.
 */

/** A number of `Status`. Later versions of the library may add some, but never change one. */
export type Status = number;
/** How a run ended. */
// generated: statuses, by `make generate`; do not edit
export const Status: {
  /** Completed: every id is confirmed. */
  readonly OK: 0;
  /** Completed: some ids are rejected or unknown. */
  readonly PARTIAL: 1;
  /** Stopped early: the caller cancelled the run. */
  readonly CANCELLED: 2;
  /** Stopped early: the deadline passed. */
  readonly DEADLINE: 3;
  /** Dry run: nothing was sent. The report says what would be sent. */
  readonly DRY_RUN: 4;
  /** Completed: the service holds other values than those that were sent, of ids that it accepted. */
  readonly MISMATCH: 5;
  /** Nothing was sent: an argument is invalid. The message says which one and what to do. */
  readonly INVALID_ARGUMENT: 10;
  /** Stopped early: the service does not accept the token. */
  readonly UNAUTHORIZED: 20;
  /** Stopped early: the service limits requests for longer than the stall timeout. */
  readonly RATE_LIMITED: 21;
  /** Stopped early: the service rejects the attribute or the value, or none of these ids exist. */
  readonly REJECTED: 22;
  /** Stopped early: the service kept failing. */
  readonly SERVER: 23;
  /** Stopped early: this is not the service, or it does not take this method. */
  readonly WRONG_ENDPOINT: 24;
  /** Stopped early: the run reached its maximum number of requests. */
  readonly REQUEST_LIMIT: 25;
  /** Stopped early: more ids were rejected than the run allows. */
  readonly TOO_MANY_REJECTED: 26;
  /** Stopped early: no connection, or none that lasted. */
  readonly TRANSPORT: 30;
  /** Stopped early: the responses can't be understood. */
  readonly BAD_RESPONSE: 31;
  /**
   * Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no
   * trusted certificates.
   */
  readonly TLS: 32;
  /** Stopped early or nothing was sent: the journal can't be used. */
  readonly JOURNAL: 40;
  /** Nothing was sent: the client was made before fork() and this is the child process. */
  readonly FORKED: 41;
  /** Nothing was sent: another process or thread is running the identical job (only with a journal). */
  readonly BUSY: 42;
  /** A bug in usercom. The ids that it concerns are unknown. */
  readonly INTERNAL: 99;
};
// end of statuses

/** A number of `IdState`. */
export type IdState = 0 | 1 | 2 | 3;
/** What became of an id. */
// generated: id states, by `make generate`; do not edit
export const IdState: {
  /** Not sent, or sent only in requests that were rejected for a reason that concerns the whole run. */
  readonly NOT_ATTEMPTED: 0;
  /**
   * In a request that the service accepted with a complete, understood 2xx response. That does not prove that
   * the user exists.
   */
  readonly CONFIRMED: 1;
  /** Rejected by the service, with a reason. */
  readonly REJECTED: 2;
  /** Sent at least once, without proof that it was applied or that it was not. */
  readonly UNKNOWN: 3;
};
// end of id states

/** User.com's own ids: whole numbers above 0. Numbers beyond 2^53 must be bigints. */
export type Ids =
  | Iterable<number | bigint>
  | BigInt64Array | BigUint64Array
  | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array
  | Float32Array | Float64Array;

/** A value of an attribute. `null` needs the option `allowNull`. */
export type Value =
  | boolean | number | bigint | string | Date | CalendarDate | Float | Json | null
  | readonly Value[]
  | { readonly [key: string]: Value };

/** An id and a value for each user: pairs, or a Map from id to value. The last value of an id wins. */
export type Rows<Id> = Iterable<readonly [Id, Value]>;

/** A date without a time, which a `Date` is not: `new CalendarDate('2026-11-23')`, `new CalendarDate(2026, 11, 23)`. */
export class CalendarDate {
  constructor(text: string);
  /** The month counts from 1. */
  constructor(year: number, month: number, day: number);
  /** The day of a moment: in UTC, or where `timeZone` (`'Europe/Warsaw'`) names a place. */
  static from(date: Date, timeZone?: string): CalendarDate;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** `2026-11-23` */
  toString(): string;
  toJSON(): string;
}

/**
 * A number that is sent with a point or an exponent also without a fraction: `new Float(2)` is `2.0`. With 32 bits, as
 * in a Float32Array, 0.1 is `0.1` and not `0.10000000149011612`.
 */
export class Float {
  constructor(value: number, bits?: 32 | 64);
  readonly value: number;
  readonly bits: 32 | 64;
}

/** A value that is JSON text already. It is sent as written, to the byte: `new Json('0.10')`. */
export class Json {
  constructor(text: string);
  readonly text: string;
}

/** How far a run is; told about ten times a second, also while it waits. Duplicated ids count once. */
export interface Progress {
  /** Ids that are confirmed or rejected. */
  readonly done: number;
  readonly total: number;
  readonly confirmed: number;
  readonly rejected: number;
  readonly requests: number;
  /** About how many ids are bad: those that were rejected, and those that are expected among the others. */
  readonly expectedRejected: number;
  /** About how many more requests the run needs. */
  readonly requestsLeft: number;
  /** About how many milliseconds the rest of the run takes. */
  readonly timeLeftMs: number;
  /** Milliseconds until the run sends again; 0 while requests are in flight. */
  readonly waitingMs: number;
}

/** The options of a client. `null` and `undefined` are the default. */
export interface ClientOptions {
  /**
   * Receives log lines up to `logLevel`: 1 error, 2 warning, 3 info, 4 debug, 5 trace. An exception in it stops the
   * run, and the call throws it.
   */
  log?: ((level: number, message: string) => unknown) | null | undefined;
  /** The most detailed level for `log`, 1 to 5. Default: 5. */
  logLevel?: number | null | undefined;
  // generated: client options, by `make generate`; do not edit
  /**
   * Another address for the service: scheme, host and port only. Plain http is accepted for loopback
   * addresses only. One-shot calls and the `usercom` command also read a loopback address from
   * USERCOM_BASE_URL; a client that you make does not. Default: `https://SUBDOMAIN.user.com`.
   */
  baseUrl?: string | URL | null | undefined;
  /**
   * The HTTP method. The vendor's page says PUT, its code samples send POST. The library never changes from
   * one to the other on its own. Range: PUT or POST. Default: PUT.
   */
  method?: 'PUT' | 'POST' | null | undefined;
  /** The version of the API to ask for in the Accept header. Range: 0 to 4,294,967,295. Default: none (0). */
  apiVersion?: number | bigint | null | undefined;
  /**
   * In milliseconds. Maximum wait for the first byte of a response. The other phases of a request have fixed
   * limits: 10 s to connect, 30 s to send, 30 s for the rest of the response. Range: 1 ms to 1 h. Default: 60
   * s.
   */
  requestTimeoutMs?: number | bigint | null | undefined;
  /**
   * Maximum number of ids per request. A request body is never larger than 256 KiB. Range: 1 to 10,000 ids.
   * Default: 1,000 ids.
   */
  batchSize?: number | bigint | null | undefined;
  /**
   * Maximum number of requests in flight at once. Threads start only when they are needed and end with the
   * run. Range: 1 to 32 workers. Default: 8 workers.
   */
  workers?: number | bigint | null | undefined;
  /**
   * Maximum number of requests per unit of time, evenly spaced. All clients and threads of the process that
   * use the same host and token share it. A wait that the service asks for is obeyed in any case; one longer
   * than the stall timeout ends the run with `Status.RATE_LIMITED` after a 429, else with `Status.SERVER`.
   * Range: 0.1 to 1,000 requests per second; 0 is no limit. Default: 5 requests per second.
   */
  rateLimit?: number | { requests: number; perMs: number } | null | undefined;
  /**
   * Who shares the rate limit and the waits that the service asks for: with `process` this process, with
   * `host` all processes of this user on this machine that use the same host and token. They share a small
   * file. If it can't be used, a note in the report says why, and the process keeps the rate limit alone.
   * Range: process or host. Default: process.
   */
  rateLimitScope?: 'process' | 'host' | null | undefined;
  /**
   * The directory of the shared file when the rate limit scope is `host`. It must belong to this user alone,
   * mode 0700; it is created if its parent exists. Default: /run/user/UID/usercom if /run/user/UID exists,
   * else /tmp/usercom-UID.
   */
  rateLimitDir?: string | URL | null | undefined;
  /**
   * Maximum number of attempts per batch. Failures while the whole service is down are not counted. Batches
   * that have used up their attempts get the same number once more at the end of the run. Range: 1 to 20
   * attempts. Default: 8 attempts.
   */
  maxAttempts?: number | bigint | null | undefined;
  /**
   * The proxy for https requests: `http://[user:password@]host:port`. An empty string connects directly.
   * Default: https_proxy or HTTPS_PROXY, except for the hosts in no_proxy or NO_PROXY.
   */
  proxy?: string | URL | null | undefined;
  /**
   * A PEM file with the certificates to trust instead of this machine's. It is read when the option is set.
   * Default: the certificates of this machine.
   */
  caFile?: string | URL | null | undefined;
  // end of client options
}

/** The options of one run. `null` and `undefined` are the default. */
export interface RunOptions {
  /** Stops the run: it ends with `Cancelled` within 6 s. If it is aborted already, nothing is sent. */
  signal?: AbortSignal | null | undefined;
  /** Called while the run lasts. The run stops if it returns false or throws, and the call throws that. */
  onProgress?: ((progress: Progress) => unknown) | null | undefined;
  // generated: run options, by `make generate`; do not edit
  /**
   * In milliseconds. Maximum duration of the whole call, waits and retries included. Requests in flight then
   * get up to 5 s more. Looking up a host name, for which the system sets the limit, and connecting, up to 10
   * s, can't be interrupted. The run ends with `Status.DEADLINE`. Default: no limit.
   */
  deadlineMs?: number | bigint | null | undefined;
  /**
   * In milliseconds. The run stops early after this long without progress: no batch was confirmed or
   * rejected. The status is that of the last error: `Status.TRANSPORT`, `Status.SERVER`,
   * `Status.BAD_RESPONSE`, `Status.RATE_LIMITED` or `Status.UNAUTHORIZED`. Requests in flight are waited for,
   * each within its own limits. A value below the time of 21 requests at the configured rate is raised to
   * that time, 4.2 s at 5 per second. Range: 1 s to 24 h. Default: 120 s.
   */
  stallTimeoutMs?: number | bigint | null | undefined;
  /**
   * Maximum number of requests of the run. A run that reaches it stops early with `Status.REQUEST_LIMIT`. The
   * message says about how many ids are bad and what the rest would take. Range: 1 and more requests.
   * Default: what finding 5 % of bad ids takes: 38 for 100 ids and 4 per batch, at least 1,000.
   */
  maxRequests?: number | bigint | null | undefined;
  /**
   * The run stops early with `Status.TOO_MANY_REJECTED` as soon as more ids than this are rejected. Use it
   * where many bad ids mean that the list is wrong. Up to `workers` requests are in flight then: their ids
   * count, too. Range: 0 to 4,294,967,295. Default: no limit (0).
   */
  maxRejected?: number | bigint | null | undefined;
  /**
   * Keeps a journal in this directory: repeating the identical call after a crash, a full disk or a cancel
   * resumes the run. The journal is removed when every id is confirmed or rejected. The directory is created
   * if it does not exist. While another process or thread runs the identical job, the run ends with
   * `Status.BUSY`; if the journal can't be used, with `Status.JOURNAL`. Default: no journal.
   */
  journalDir?: string | URL | null | undefined;
  /**
   * In milliseconds. Maximum age of an unfinished journal. An older one is renamed and the run starts from
   * the beginning, because another run may have written newer values since. Range: 1 s to 30 days. Default:
   * 12 h.
   */
  journalMaxAgeMs?: number | bigint | null | undefined;
  /** The attribute is one that every profile has, such as first_name, and not a custom one. Default: off. */
  standardAttributes?: boolean | null | undefined;
  /** Allows the value null. The vendor does not document what null does. Default: off. */
  allowNull?: boolean | null | undefined;
  /**
   * Checks the arguments and reports the requests, bytes and seconds of the run, but sends nothing. The run
   * ends with `Status.DRY_RUN`. Default: off.
   */
  dryRun?: boolean | null | undefined;
  /**
   * Before the first request, looks up the attribute's type and compares the values with it. A value that
   * can't be right ends the call with `Status.INVALID_ARGUMENT`: a text that can't be read as the attribute's
   * type, or a value that is not one of a fixed attribute's choices. Doubts are notes in the report. It costs
   * one request, of a fixed attribute one more for each 100 attributes, and at most 5 s. A key that can't
   * read costs a note. Standard attributes are not looked up. Default: off.
   */
  preflight?: boolean | null | undefined;
  /**
   * How many confirmed ids to read back after a completed run, spread evenly. Each is compared with the value
   * that was sent, as the attribute's type means it. One that differs is read again for 30 s before it counts
   * as a mismatch, since the service may apply values later. The report has the numbers and the first
   * mismatches; states and status don't change. A key that can't read costs a note. 0 is none. Range: 0 to
   * 1,000. Default: 0 ids.
   */
  verify?: number | bigint | null | undefined;
  /** A completed run in which `verify` finds a mismatch ends with `Status.MISMATCH`. Default: off. */
  verifyStrict?: boolean | null | undefined;
  // end of run options
}

/** An id that is rejected or unknown. */
export interface Failure<Id = number | bigint | string> {
  /** Its position in the input, counted from 0. */
  readonly index: number;
  /** A bigint if the ids were given as bigints. */
  readonly id: Id;
  readonly state: IdState;
  /** Of the response that decided it; null if there was none. */
  readonly httpStatus: number | null;
  /** Why, at most 256 characters. */
  readonly message: string;
}

/** An id that was read back with another value than was sent. */
export interface Difference<Id = number | bigint | string> {
  /** Its position in the input, counted from 0. */
  readonly index: number;
  readonly id: Id;
  /** JSON, at most 256 characters. */
  readonly sent: string;
  /** Likewise; `null` if the user has no value. */
  readonly stored: string;
}

/** A line of a `Check`. */
export interface CheckLine {
  readonly finding: 'ok' | 'warning' | 'failed';
  /** Such as `token`. */
  readonly about: string;
  /** A sentence with what to do. */
  readonly text: string;
}

/** What `client.check` found. */
export class Check {
  private constructor();
  /** Whether nothing failed; there may be warnings. */
  readonly passed: boolean;
  /** `Status.OK`, or the status with which an update would probably end. */
  readonly status: Status;
  readonly lines: readonly CheckLine[];
  /** All lines for people, each with its finding in front. */
  toString(): string;
}

/** A user of the workspace. */
export interface User {
  readonly id: number;
  readonly customId: string | null;
  readonly email: string | null;
  /** The values of the attributes that were asked for, or of all custom ones; null for what the user does not have. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The options of a reading of all users. */
export interface UsersOptions {
  /** Continues where another reading stopped: its `cursor`. */
  cursor?: string | null | undefined;
  /** Ends the reading with `Cancelled`. */
  signal?: AbortSignal | null | undefined;
}

/** Of a reading of all users. */
export interface Cursor {
  /**
   * From where another reading can continue: the page after that of the user that was taken last. Users of a page that
   * were not taken yet are not in it. `''` at the beginning, null at the end.
   */
  readonly cursor: string | null;
}

/** What became of a run and of each of its ids: confirmed + rejected + unknown + notAttempted = total. */
export class Report<Id = number | bigint | string> {
  private constructor();
  readonly status: Status;
  /** One line on how the run ended, and what to do if there is something to do. */
  readonly message: string;
  /** The number of ids that were given, duplicates included. */
  readonly total: number;
  readonly confirmed: number;
  readonly rejected: number;
  readonly unknown: number;
  readonly notAttempted: number;
  /** Requests that were sent; in a dry run, that would be sent. */
  readonly requests: number;
  /** Ids that were read back and had the value that was sent; 0 without the option `verify`. */
  readonly verified: number;
  /** Ids that were read back and had another value, also after some time. */
  readonly mismatched: number;
  /** The first ten of them. */
  readonly mismatches: readonly Difference<Id>[];
  /** Requests that sent again what an earlier one had sent. */
  readonly retries: number;
  /** What was unusual but did not change the outcome, such as a response of an unfamiliar form. */
  readonly notes: readonly string[];
  /** An `IdState` for each position, a byte each. */
  readonly states: Uint8Array;
  /** Every rejected or unknown id, in the order of the input. Read at its first use. */
  readonly failures: readonly Failure<Id>[];
  /**
   * Throws `PartialUpdate`, or the error of a run that stopped early, unless every id is confirmed; `Mismatch` if
   * `verifyStrict` found another value. A dry run has no failures.
   */
  raiseForFailures(): void;
  /** The report for people, in lines. */
  toString(): string;
  /** For `JSON.stringify`, with the details of the first 1,000 failures. */
  toJSON(): Record<string, unknown>;
}

/** The base of every error of this package. */
export class UserComError extends Error {
  /** What went wrong. */
  readonly status: Status;
  /** The name of the status, such as `'UNAUTHORIZED'`. */
  readonly code: string;
  /** What became of each id until then. `null` if no run began. */
  readonly report: Report | null;
}

// generated: errors, by `make generate`; do not edit
/** Completed: some ids are rejected or unknown. */
export class PartialUpdate extends UserComError {}
/** Stopped early: the caller cancelled the run. */
export class Cancelled extends UserComError {}
/** Stopped early: the deadline passed. */
export class DeadlineExceeded extends UserComError {}
/** Completed: the service holds other values than those that were sent, of ids that it accepted. */
export class Mismatch extends UserComError {}
/** Nothing was sent: an argument is invalid. The message says which one and what to do. */
export class InvalidArgument extends UserComError {}
/** Stopped early: the service does not accept the token. */
export class Unauthorized extends UserComError {}
/** Stopped early: the service limits requests for longer than the stall timeout. */
export class RateLimited extends UserComError {}
/** Stopped early: the service rejects the attribute or the value, or none of these ids exist. */
export class Rejected extends UserComError {}
/** Stopped early: the service kept failing. */
export class ServerError extends UserComError {}
/** Stopped early: this is not the service, or it does not take this method. */
export class WrongEndpoint extends UserComError {}
/** Stopped early: the run reached its maximum number of requests. */
export class RequestLimit extends UserComError {}
/** Stopped early: more ids were rejected than the run allows. */
export class TooManyRejected extends UserComError {}
/** Stopped early: no connection, or none that lasted. */
export class TransportError extends UserComError {}
/** Stopped early: the responses can't be understood. */
export class BadResponse extends UserComError {}
/**
 * Stopped early or nothing was sent: the certificate or the handshake failed, or this machine has no trusted
 * certificates.
 */
export class TlsError extends UserComError {}
/** Stopped early or nothing was sent: the journal can't be used. */
export class JournalError extends UserComError {}
/** Nothing was sent: the client was made before fork() and this is the child process. */
export class Forked extends UserComError {}
/** Nothing was sent: another process or thread is running the identical job (only with a journal). */
export class Busy extends UserComError {}
/** A bug in usercom. The ids that it concerns are unknown. */
export class InternalError extends UserComError {}
// end of errors

/**
 * One User.com account. Any number of runs may use it at once; each worker thread makes its own.
 *
 * Methods return the report of a run that completed, also with rejected ids in it: look at its status, or call its
 * `raiseForFailures()`. They throw, or reject with, `InvalidArgument` before anything is sent, and with another
 * `UserComError`, with the report in it, for a run that stopped early. Those whose name ends with `Sync` block the event
 * loop; the others run on a thread of their own.
 */
export class Client {
  /**
   * `subdomain` is the `acme` of https://acme.user.com, `token` the 64-character REST API key. That may be undefined, as
   * `process.env.USERCOM_TOKEN` is to TypeScript, and then it throws.
   */
  constructor(subdomain: string, token: string | undefined, options?: ClientOptions | null);
  readonly subdomain: string;

  /** Sets an attribute of many users to one value. */
  massUpdate(ids: Ids, attribute: string, value: Value, options?: RunOptions | null): Promise<Report<number | bigint>>;
  massUpdateSync(ids: Ids, attribute: string, value: Value, options?: RunOptions | null): Report<number | bigint>;

  /** The same for users that are known by your own ids, each 1 to 1,024 bytes of UTF-8. */
  massUpdateCustomIds(customIds: Iterable<string>, attribute: string, value: Value, options?: RunOptions | null): Promise<Report<string>>;
  massUpdateCustomIdsSync(customIds: Iterable<string>, attribute: string, value: Value, options?: RunOptions | null): Report<string>;

  /** Sets an attribute to a value for each user. At most 50,000 distinct values. */
  massUpdateRows(rows: Rows<number | bigint>, attribute: string, options?: RunOptions | null): Promise<Report<number | bigint>>;
  massUpdateRowsSync(rows: Rows<number | bigint>, attribute: string, options?: RunOptions | null): Report<number | bigint>;

  massUpdateRowsCustomIds(rows: Rows<string>, attribute: string, options?: RunOptions | null): Promise<Report<string>>;
  massUpdateRowsCustomIdsSync(rows: Rows<string>, attribute: string, options?: RunOptions | null): Report<string>;

  /**
   * Looks at everything that an update needs, in order: name, connection, certificate, clock, token, what the key may do;
   * with an attribute also whether it exists and whether the values fit its type. Only reads. What does not work is a
   * line of the result: look at `passed`, or print it.
   */
  check(attribute?: string | null, ...values: readonly Value[]): Promise<Check>;
  checkSync(attribute?: string | null, ...values: readonly Value[]): Check;

  /**
   * All users of the workspace, page by page: `for await (const user of client.users(['plan']))`. `attributes` are those
   * to give of each user, custom or standard ones; all custom ones if there are none. Nothing is sent before the first
   * user is taken.
   */
  users(attributes?: Iterable<string> | null, options?: UsersOptions | null): AsyncGenerator<User, void, undefined> & Cursor;
  usersSync(attributes?: Iterable<string> | null, options?: UsersOptions | null): Generator<User, void, undefined> & Cursor;

  /** Frees connections and token. Runs continue; a new one throws InvalidArgument. Without it, that is done later. */
  close(): void;
}

/**
 * Sets an attribute of many users to one value, in one call with all defaults. Calls with the same account share
 * connections and rate limit. The environment variable USERCOM_BASE_URL may name a loopback address to send to instead.
 *
 * Rejects with `PartialUpdate` if some ids are rejected or unknown, and with any other `UserComError`; its `report` says
 * what became of each id.
 */
export function massUpdate(subdomain: string, token: string | undefined, ids: Ids, attribute: string, value: Value): Promise<Report<number | bigint>>;
/** The same, blocking the event loop. */
export function massUpdateSync(subdomain: string, token: string | undefined, ids: Ids, attribute: string, value: Value): Report<number | bigint>;

/** The version of the C library. */
export const version: string;
