'use strict';
// What a check of the account found.

const { errorOf } = require('./error');
const { Status } = require('./generated');
const { addressOf, lib } = require('./library');
const { look } = require('./look');
const options = require('./options');
const { table } = require('./texts');
const { onThread } = require('./threads');
const { text, toJson } = require('./values');

class Check {
  #text;

  /** `pointer` is the library's check, which this one frees. */
  constructor(pointer) {
    if (typeof pointer !== 'bigint') throw new TypeError('a Check is what check() returns; it can\'t be made');
    const { passed, code, lines } = JSON.parse(lib.uc_check_json(pointer));
    Object.assign(this, { passed, status: code, lines });
    this.#text = lib.uc_check_text(pointer);
    lib.uc_check_free(pointer);
  }

  toString() {
    return this.#text.trimEnd();
  }
}

/** The job, and the memory that the library reads meanwhile. */
function prepared(client, attribute, values) {
  const name = attribute === undefined || attribute === null ? null : text('attribute', attribute);
  const { memory, addresses } = table(values.map((value, at) => toJson(value, `values[${at}]`)), (at) => `values[${at}]`);
  const job = { look: 'check', client: client.use(), attribute: name, values: addressOf(addresses), count: addresses.length };
  return { job, memory: [memory, addresses] };
}

function finished(call, { status, message, pointer }) {
  call.memory = null;
  if (status !== Status.OK) throw errorOf(status, options.reworded(message));
  return new Check(pointer);
}

async function check(client, attribute, values) {
  const call = prepared(client, attribute, values);
  try {
    return finished(call, await onThread(call.job));
  } finally {
    client.release();
  }
}

function checkSync(client, attribute, values) {
  const call = prepared(client, attribute, values);
  try {
    return finished(call, look(call.job));
  } finally {
    client.release();
  }
}

module.exports = { Check, check, checkSync };
