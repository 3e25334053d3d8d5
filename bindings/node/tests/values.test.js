'use strict';
// What JavaScript has and what it becomes; what can't be sent, and what the message says.

const assert = require('node:assert/strict');
const test = require('node:test');
const vm = require('node:vm');
const { toJson } = require('../lib/values');
const { usercom } = require('./support');

const { CalendarDate, Float, InvalidArgument, Json } = usercom;

class Point {
  constructor() {
    this.x = 1;
  }
}
const ring = { name: 'ring' };
ring.self = [ring];
const shared = [1];
let deep = [];
for (let k = 0; k < 100_000; k++) deep = [deep];

const SENT = [
  [true, 'true'], [-1, '-1'], [50, '50'], [0.1, '0.1'], [-0, '-0.0'], [1e21, '1e+21'], [2 ** 53, '9007199254740992.0'],
  [2n ** 64n, '18446744073709551616'], [new Float(2), '2.0'], [new Float(0.1, 32), '0.1'], ['é"\u001b', '"é\\"\\u001b"'],
  [new Date(0), '"1970-01-01T00:00:00Z"'], [new Date(1), '"1970-01-01T00:00:00.001Z"'],
  [new CalendarDate(987, 1, 2), '"0987-01-02"'], [new Json(' 1e3'), ' 1e3'],
  [{ a: [1, { b: null }], 'c d': new CalendarDate('2026-11-23') }, '{"a":[1,{"b":null}],"c d":"2026-11-23"}'],
  [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'], [[shared, shared], '[[1],[1]]'],
  [vm.runInNewContext('({ a: [new Date(0)] })'), '{"a":["1970-01-01T00:00:00Z"]}'],
  [Object.freeze(['red', 'blue']), '["red","blue"]'],
];

test('what is sent', () => {
  for (const [value, text] of SENT) assert.equal(toJson(value), text);
});

const INVALID = [
  [NaN, /^value: NaN does not exist in JSON; send a number or leave the ids out$/],
  [{ a: [1, -Infinity] }, /^value\.a\[1\]: -Infinity does not exist/],
  [undefined, /^value: undefined can't be sent; .*use null where null is meant$/],
  [{ a: undefined }, /^value\.a: undefined can't be sent/],
  [[1, , 2], /^value\[1\]: undefined can't be sent/], // eslint-disable-line no-sparse-arrays
  [() => 1, /^value: a function can't be sent; .*value\(\)$/],
  [{ 'two words': Symbol('s') }, /^value\["two words"\]: a symbol can't be sent/],
  [{ [Symbol('s')]: 1 }, /^value: the key Symbol\(s\) is a symbol/],
  [ring, /^value\.self\[0\]: holds itself/],
  [deep, /^value: is nested too deeply$/],
  [new Date(NaN), /^value: is an invalid Date/],
  [{ at: new Date(-62135596800001) }, /^value\.at: the Date is in the year 0 in UTC; use one from 1 to 9999$/],
  [new Date(253402300800000), /^value: the Date is in the year 10000/],
  [new Map([[1, 2]]), /^value: a Map can't be sent; .*massUpdateRows/],
  [new Set(), /^value: a Set can't be sent; .*\[\.\.\.value\]$/],
  [Promise.resolve(1), /^value: a Promise can't be sent; .*await value$/],
  [new Point(), /^value: a Point can't be sent; .*\{ \.\.\.value \}$/],
  [Buffer.from('x'), /^value: a Buffer can't be sent; .*toString/],
  [new Int8Array(1), /^value: an Int8Array can't be sent; .*Array\.from/],
  [new String('x'), /^value: a String can't be sent; .*valueOf/], // eslint-disable-line no-new-wrappers
  [new URL('http://x'), /^value: an? URL can't be sent; .*toJSON/],
  [new Error('x'), /^value: an Error can't be sent/],
  [/x/, /^value: a RegExp can't be sent/],
  [new Proxy({}, {}), /^value: a Proxy can't be sent/],
  ['a\ud800', /^value: character 2 is half of a surrogate pair/],
  [{ '\udc00': 1 }, /^value: the key: character 1 is half/],
];

test('what can\'t be sent', () => {
  for (const [value, message] of INVALID) {
    assert.throws(() => toJson(value), (error) => error instanceof InvalidArgument && message.test(error.message) && !error.report, String(message));
  }
});

test('no value of a message is longer than a line', () => {
  assert.throws(() => toJson({ a: Object.defineProperty(new Point(), 'constructor', { value: { name: 'N'.repeat(9999) } }) }),
    (error) => error.message.length < 300);
});

test('a date', () => {
  for (const parts of [['2026-11-23T00:00'], ['26-11-23'], [2026, 2, 29], [2026, 13, 1], [2026, 1.5, 1], [0, 1, 1], ['2026', 1, 1], [new Date()], []]) {
    assert.throws(() => new CalendarDate(...parts), InvalidArgument, String(parts));
  }
  const evening = new Date('2026-11-23T23:30:00Z');
  assert.equal(String(CalendarDate.from(evening)), '2026-11-23');
  assert.equal(String(CalendarDate.from(evening, 'Europe/Warsaw')), '2026-11-24');
  assert.throws(() => CalendarDate.from(evening, 'Nowhere'), /no time zone the text "Nowhere"/);
  assert.throws(() => CalendarDate.from(new Date(NaN)), InvalidArgument);
});

test('the kinds check what they are made of', () => {
  for (const make of [() => new Float('2'), () => new Float(NaN), () => new Float(1e39, 32), () => new Float(1, 16), () => new Json(2), () => new Json('"\ud800"')]) {
    assert.throws(make, InvalidArgument);
  }
});
