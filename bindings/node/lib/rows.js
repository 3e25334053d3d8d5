'use strict';
// Rows: an id and a value for each user.

const { described, isPlain, kindOf } = require('./described');
const { InvalidArgument } = require('./errors');
const { listed } = require('./input');
const { addressOf, shared } = require('./library');
const { table } = require('./texts');
const { toJson } = require('./values');

const GROWTH = 4096;

/** The ids; the distinct values as JSON; for each id, which of them it gets; and the first row of each value. */
function columns(rows) {
  const ids = [];
  const texts = [];
  const first = [];
  const numbers = new Map(); // by JSON text
  const known = new Map(); // by value, for the kinds of which equal values have equal JSON
  let valueOf = new Uint32Array(shared(4 * (rows?.length ?? rows?.size ?? GROWTH)));
  let at = 0;
  for (const row of listed(rows, 'rows')) {
    if (!Array.isArray(row) || row.length !== 2) refuse(row, at);
    const value = row[1];
    const simple = typeof value !== 'object' && !Object.is(value, -0); // a Map takes 0 and -0 for the same
    let number = simple ? known.get(value) : undefined;
    if (number === undefined) {
      const text = toJson(value, `rows: the value of row ${at} (counted from 0)`);
      number = numbers.get(text);
      if (number === undefined) {
        number = texts.push(text) - 1;
        first.push(at);
        numbers.set(text, number);
      }
      if (simple) known.set(value, number);
    }
    if (at === valueOf.length) {
      const longer = new Uint32Array(shared(Math.max(8 * at, 4 * GROWTH)));
      longer.set(valueOf);
      valueOf = longer;
    }
    valueOf[at] = number;
    ids.push(row[0]);
    at += 1;
  }
  const { memory, addresses } = table(texts, (k) => `rows: the value of row ${first[k]} (counted from 0)`);
  return {
    ids,
    first,
    index: addressOf(valueOf),
    values: addressOf(addresses),
    distinct: texts.length,
    memory: [valueOf, memory, addresses],
  };
}

function refuse(row, at) {
  const problem = (text) => {
    throw new InvalidArgument(`rows: row ${at} (counted from 0) ${text}`);
  };
  if (Array.isArray(row)) problem(`has ${row.length} items and is not a pair of id and value; use [id, value]`);
  if (row !== null && typeof row === 'object' && isPlain(row)) {
    const keys = Object.keys(row).filter((key) => /^[A-Za-z_$][\w$]*$/.test(key));
    const [id, value] = keys.length === 2 ? keys : ['id', 'points'];
    problem(`is an object, not a pair of id and value; use rows.map((row) => [row.${id}, row.${value}])`);
  }
  if (row !== null && typeof row === 'object') problem(`is ${kindOf(row)}, not a pair of id and value; use [id, value]`);
  problem(`is ${described(row)}, not a pair of id and value; use [id, value]`);
}

module.exports = { columns };
