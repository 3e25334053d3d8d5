'use strict';
// Lists of ids as the library takes them: 64-bit integers in a row, or texts.

const { types } = require('node:util');
const { described } = require('./described');
const { InvalidArgument } = require('./errors');
const { hint, listed } = require('./input');
const { addressOf, shared } = require('./library');
const { table } = require('./texts');

const wheres = {
  ids: (at) => `ids: the id at position ${at} (counted from 0)`,
  customIds: (at) => `customIds: the id at position ${at} (counted from 0)`,
  rows: (at) => `rows: the id of row ${at} (counted from 0)`,
};

/**
 * User.com's own ids: `pointer` for the library, `length`, `id(index)`, and in `memory` what must be kept until the
 * library has returned. Ids that were given as bigints are bigints again.
 */
function numeric(given, name = 'ids') {
  const source = name === 'rows' ? given : listed(given, name);
  if (types.isBigInt64Array(source) || types.isBigUint64Array(source)) {
    // Both at once: reading 2^63 and more as int64 gives a negative number, which is no id either.
    const ids = new BigInt64Array(shared(source.length * 8));
    ids.set(new BigInt64Array(source.buffer, source.byteOffset, source.length));
    if (types.isBigUint64Array(source)) {
      const at = source.findIndex((id) => id >= 2n ** 63n);
      if (at >= 0) refuseWidth(at, name);
    }
    return held(ids, true);
  }
  const items = Array.isArray(source) || types.isTypedArray(source) ? source : Array.from(source);
  const ids = new BigInt64Array(shared(items.length * 8));
  const halves = new Int32Array(ids.buffer);
  for (let at = 0; at < items.length; at++) {
    const id = items[at];
    if (Number.isSafeInteger(id)) {
      halves[2 * at] = id; // modulo 2^32; without a bigint for each
      halves[2 * at + 1] = Math.floor(id / 2 ** 32);
    } else if (typeof id === 'bigint') {
      if (BigInt.asIntN(64, id) !== id) refuseWidth(at, name);
      ids[at] = id;
    } else {
      throw new InvalidArgument(`${wheres[name](at)} is ${described(id)}; ${hint(id, false, name === 'rows')}`);
    }
  }
  return held(ids, typeof items[0] === 'bigint');
}

function refuseWidth(at, name) {
  throw new InvalidArgument(`${wheres[name](at)} does not fit into 64 bits; use an id of User.com`);
}

function held(ids, big) {
  const number = (id) => (big || BigInt.asIntN(54, id) !== id ? id : Number(id));
  return { custom: false, pointer: addressOf(ids), length: ids.length, id: (index) => number(ids[index]), memory: ids };
}

/** Your own ids. */
function custom(given, name = 'customIds') {
  const ids = name === 'rows' ? given : Array.from(listed(given, name));
  for (let at = 0; at < ids.length; at++) {
    if (typeof ids[at] !== 'string') {
      throw new InvalidArgument(`${wheres[name](at)} is ${described(ids[at])}; ${hint(ids[at], true, name === 'rows')}`);
    }
  }
  const { memory, addresses } = table(ids, wheres[name]);
  return { custom: true, pointer: addressOf(addresses), length: ids.length, id: (index) => ids[index], memory: [memory, addresses] };
}

module.exports = { numeric, custom };
