'use strict';
// The account, its options, and its entry points.

const { inspect } = require('node:util');
const { errorOf } = require('./error');
const { InvalidArgument } = require('./errors');
const { described } = require('./described');
const { check, checkSync } = require('./check');
const { CLIENT_OPTIONS, Status } = require('./generated');
const ids = require('./ids');
const { lib } = require('./library');
const options = require('./options');
const { oneValue, rows, run, runSync } = require('./run');
const { users, usersSync } = require('./users');
const { text } = require('./values');

/** Owns a client of the library: freed when it is closed and no run uses it any more, or by the garbage collector. */
class Handle {
  static #registry = new FinalizationRegistry((pointer) => lib.uc_client_free(pointer));
  #pointer;
  #users = 0;
  #closed = false;

  /** `log` is the function that takes log lines, and what makes such a client on another thread. */
  constructor(pointer, log) {
    this.#pointer = pointer;
    this.log = log;
    Handle.#registry.register(this, pointer, this);
  }

  use() {
    if (this.#closed) throw new InvalidArgument('client: is closed; make another one');
    this.#users += 1;
    return this.#pointer;
  }

  release() {
    this.#users -= 1;
    this.#free();
  }

  close() {
    this.#closed = true;
    this.#free();
  }

  #free() {
    if (!this.#closed || this.#users > 0 || this.#pointer === null) return;
    Handle.#registry.unregister(this);
    lib.uc_client_free(this.#pointer);
    this.#pointer = null;
  }
}

/** Calls a function of the library that makes a client. */
function made(make) {
  const out = [null];
  const status = make(out);
  if (status !== Status.OK) throw errorOf(status, options.reworded(lib.uc_last_error()));
  return out[0];
}

class Client {
  #handle;

  constructor(subdomain, token, given) {
    const account = [text('subdomain', subdomain), text('token', token)];
    const list = options.converted(given, CLIENT_OPTIONS, ['log', 'logLevel'], 'a client');
    const log = given?.log ?? undefined;
    const level = given?.logLevel ?? 5;
    if (log !== undefined && typeof log !== 'function') {
      throw new InvalidArgument(`log: is ${described(log)}; use a function of a level and a message`);
    }
    if (![1, 2, 3, 4, 5].includes(level)) throw new InvalidArgument(`logLevel: is ${described(level)}; use 1 (errors) to 5 (everything)`);
    const handle = lib.uc_options_new();
    try {
      options.set('uc_options_set', handle, list);
      const pointer = made((out) => lib.uc_client_new(...account, handle, out));
      const recipe = { subdomain, token, options: list, level };
      this.#handle = new Handle(pointer, log && { log, recipe });
    } finally {
      lib.uc_options_free(handle);
    }
    Object.defineProperty(this, 'subdomain', { value: subdomain, enumerable: true });
  }

  async massUpdate(list, attribute, value, given) {
    return run(this.#handle, oneValue(ids.numeric, list, attribute, value), given);
  }

  massUpdateSync(list, attribute, value, given) {
    return runSync(this.#handle, oneValue(ids.numeric, list, attribute, value), given);
  }

  async massUpdateCustomIds(customIds, attribute, value, given) {
    return run(this.#handle, oneValue(ids.custom, customIds, attribute, value), given);
  }

  massUpdateCustomIdsSync(customIds, attribute, value, given) {
    return runSync(this.#handle, oneValue(ids.custom, customIds, attribute, value), given);
  }

  async massUpdateRows(list, attribute, given) {
    return run(this.#handle, rows(ids.numeric, list, attribute), given);
  }

  massUpdateRowsSync(list, attribute, given) {
    return runSync(this.#handle, rows(ids.numeric, list, attribute), given);
  }

  async massUpdateRowsCustomIds(list, attribute, given) {
    return run(this.#handle, rows(ids.custom, list, attribute), given);
  }

  massUpdateRowsCustomIdsSync(list, attribute, given) {
    return runSync(this.#handle, rows(ids.custom, list, attribute), given);
  }

  async check(attribute, ...values) {
    return check(this.#handle, attribute, values);
  }

  checkSync(attribute, ...values) {
    return checkSync(this.#handle, attribute, values);
  }

  users(attributes, given) {
    return users(this.#handle, attributes, given);
  }

  usersSync(attributes, given) {
    return usersSync(this.#handle, attributes, given);
  }

  close() {
    this.#handle.close();
  }

  [inspect.custom]() {
    return `Client { subdomain: ${inspect(this.subdomain)} }`;
  }
}
if (Symbol.dispose) Client.prototype[Symbol.dispose] = Client.prototype.close;

/** The one-shot, with one of the two ways to run. */
function oneShot(perform, subdomain, token, list, attribute, value) {
  const update = oneValue(ids.numeric, list, attribute, value);
  const account = [text('subdomain', subdomain), text('token', token)];
  const handle = new Handle(made((out) => lib.uc_client_shared(...account, out)));
  try {
    return perform(handle, update);
  } finally {
    handle.close(); // when the run no longer uses it
  }
}

async function massUpdate(subdomain, token, list, attribute, value) {
  const report = await oneShot(run, subdomain, token, list, attribute, value);
  report.raiseForFailures();
  return report;
}

function massUpdateSync(subdomain, token, list, attribute, value) {
  const report = oneShot(runSync, subdomain, token, list, attribute, value);
  report.raiseForFailures();
  return report;
}

module.exports = { Client, massUpdate, massUpdateSync };
