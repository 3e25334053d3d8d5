'use strict';
// What is a list of ids or of rows, and what is none: the message then says what to write.

const { types } = require('node:util');
const { described, isPlain, kindOf } = require('./described');
const { InvalidArgument } = require('./errors');

const EACH_LINE = {
  ids: 'Number(line)',
  customIds: 'line',
  rows: '[Number(id), value] of its columns',
};

/** Something to iterate over: the ids, or the rows. */
function listed(given, name) {
  const refuse = (problem) => {
    throw new InvalidArgument(`${name}: ${problem}`);
  };
  if (typeof given === 'string') refuse('is a text; use an array, also for a single id');
  if (given === null || typeof given !== 'object') {
    refuse(`is ${described(given)}; use an array${name === 'rows' ? ' of [id, value]' : ', also for a single id'}`);
  }
  if (types.isPromise(given)) refuse('is a Promise; await it first');
  if (Buffer.isBuffer(given) || types.isAnyArrayBuffer(given) || types.isDataView(given)) {
    refuse(`is ${kindOf(given)}, which holds bytes; use an array, or a BigInt64Array over the same memory`);
  }
  if (types.isMap(given) && name !== 'rows') {
    const method = name === 'customIds' ? 'massUpdateRowsCustomIds' : 'massUpdateRows';
    refuse(`is a Map; use ${method} for a value for each id, or map.keys() for its keys`);
  }
  if (typeof given[Symbol.iterator] !== 'function') {
    if (typeof given[Symbol.asyncIterator] === 'function') {
      refuse(`is ${kindOf(given)}, which can only be read with await; collect it first: `
        + `for await (const line of source) list.push(${EACH_LINE[name]})`);
    }
    if (name === 'rows' && isPlain(given)) refuse('is an object, whose keys are texts; use pairs: Object.entries(object).map(([id, value]) => [Number(id), value]), or a Map');
    refuse(`is ${kindOf(given)}; use an array${name === 'rows' ? ' of [id, value]' : ', also for a single id'}`);
  }
  return given;
}

/** What to do about an id that is none. */
function hint(item, custom, ofRows) {
  const method = `massUpdate${ofRows ? 'Rows' : ''}${custom ? '' : 'CustomIds'}`;
  if (custom) {
    if (typeof item === 'number' || typeof item === 'bigint') return `use text, String(id); User.com's own ids go to ${method}`;
    if (item === null || item === undefined) return 'use text; a missing value is no id: leave it out';
  } else {
    if (typeof item === 'string') return `use a number, Number(id); your own ids go to ${method}`;
    if (typeof item === 'number' && Number.isInteger(item)) return 'numbers beyond 2^53 may have lost digits; use a bigint';
    if (typeof item === 'number') return 'use a whole number';
    if (item === null || item === undefined) return 'use a number; a missing value is no id: leave it out';
  }
  const wanted = custom ? 'use text' : 'use a number';
  if (typeof item === 'object' && !ofRows) {
    if (Array.isArray(item)) return `${wanted}: rows.map((row) => row[0]); pairs of id and value go to massUpdateRows${custom ? 'CustomIds' : ''}`;
    if (types.isPromise(item)) return `${wanted}: await Promise.all(ids)`;
    const key = Object.keys(item)[0];
    return key ? `${wanted}: rows.map((row) => row.${Object.hasOwn(item, 'id') ? 'id' : key})` : wanted;
  }
  return wanted;
}

module.exports = { listed, hint };
