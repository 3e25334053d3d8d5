'use strict';
// All users of the workspace, page by page.

const { errorOf } = require('./error');
const { InvalidArgument } = require('./errors');
const { described } = require('./described');
const { Status } = require('./generated');
const { addressOf, lib } = require('./library');
const { look } = require('./look');
const options = require('./options');
const { table } = require('./texts');
const { onThread } = require('./threads');
const { text } = require('./values');

/** How many users a thread reads at once: as many as the service has on a page. */
const COUNT = 100;

/** What a process that ends cancels: it would wait for a page that is being read. */
const reading = new Set();
const cancelAll = () => reading.forEach((cancel) => lib.uc_cancel_request(cancel));

/** Owns a handle of the library. `cursor` is the one after the user that was given out last; null at the end. */
class Reading {
  #client;
  #cancel;
  #signal;
  #abort;

  constructor(client, attributes, given) {
    options.converted(given, {}, ['cursor', 'signal'], 'a reading');
    const names = list(attributes);
    const cursor = given?.cursor ?? null;
    if (cursor !== null) text('cursor', cursor);
    this.#signal = options.abortSignal(given?.signal);
    this.cursor = cursor ?? '';
    const { memory, addresses } = table(names, (at) => `attributes[${at}]`);
    this.memory = [memory, addresses];
    const out = [null];
    const pointer = client.use();
    const cancel = lib.uc_cancel_new();
    const status = lib.uc_client_users(pointer, addressOf(addresses), names.length, cursor, cancel, out);
    this.memory = null; // the library has copied it
    if (status !== Status.OK) {
      lib.uc_cancel_free(cancel);
      client.release();
      throw errorOf(status, options.reworded(lib.uc_last_error()));
    }
    this.#client = client;
    this.#cancel = cancel;
    this.#abort = () => lib.uc_cancel_request(cancel);
    this.job = { look: 'users', pointer: out[0], count: COUNT };
    if (this.#signal?.aborted) this.#abort();
    this.#signal?.addEventListener('abort', this.#abort);
    if (reading.size === 0) process.on('exit', cancelAll);
    reading.add(cancel);
  }

  /** The users that were read, each with the cursor after it. */
  *handOut({ users: found }) {
    for (const [json, cursor] of found) {
      this.cursor = cursor;
      yield user(json);
    }
  }

  /** After the users that came before it: the end, or what went wrong. */
  isOver({ status, message, ended }) {
    if (status !== Status.OK) {
      const cause = status === Status.CANCELLED && this.#signal?.aborted ? this.#signal.reason : undefined;
      throw errorOf(status, message, { cause });
    }
    if (ended) this.cursor = null;
    return ended;
  }

  free() {
    if (this.#client === undefined) return;
    this.#signal?.removeEventListener('abort', this.#abort);
    reading.delete(this.#cancel);
    if (reading.size === 0) process.off('exit', cancelAll);
    lib.uc_users_free(this.job.pointer);
    lib.uc_cancel_free(this.#cancel);
    this.#client.release();
    this.#client = undefined;
  }
}

/** For readings that nobody ends. */
const abandoned = new FinalizationRegistry((one) => one.free());

function list(attributes) {
  if (attributes === undefined || attributes === null) return [];
  if (typeof attributes !== 'object' || typeof attributes[Symbol.iterator] !== 'function') {
    throw new InvalidArgument(`attributes: is ${described(attributes)}; use an array of names`);
  }
  return Array.from(attributes, (name, at) => text(`attributes[${at}]`, name));
}

function user(json) {
  const { id, custom_id: customId, email, attributes } = JSON.parse(json);
  return { id, customId, email, attributes };
}

function stream(one, generator) {
  abandoned.register(generator, one);
  return Object.defineProperty(generator, 'cursor', { get: () => one.cursor, enumerable: true });
}

function users(client, attributes, given) {
  const one = new Reading(client, attributes, given);
  return stream(one, (async function* pages() {
    try {
      for (;;) {
        const read = await onThread(one.job);
        yield* one.handOut(read);
        if (one.isOver(read)) return;
      }
    } finally {
      one.free();
    }
  }()));
}

function usersSync(client, attributes, given) {
  const one = new Reading(client, attributes, given);
  return stream(one, (function* pages() {
    try {
      for (;;) {
        const read = look({ ...one.job, count: 1 });
        yield* one.handOut(read);
        if (one.isOver(read)) return;
      }
    } finally {
      one.free();
    }
  }()));
}

module.exports = { users, usersSync };
