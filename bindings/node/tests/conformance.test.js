'use strict';
// The cases of tests/conformance/values.json: the same value is the same bytes from every language.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { ROOT, Sandbox, usercom } = require('./support');

const { CalendarDate, Float, Json } = usercom;
const ALL = JSON.parse(fs.readFileSync(path.join(ROOT, 'tests/conformance/values.json'), 'utf8'));
const CASES = ALL.filter((one) => !('node' in (one.not_in ?? {})));

const number = (text) => Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'));
const VALUES = {
  boolean: (text) => text === 'true',
  integer: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)),
  float: (text) => (Number.isFinite(number(text)) ? new Float(number(text)) : number(text)),
  float32: (text) => new Float(number(text), 32),
  text: String,
  date: (text) => new CalendarDate(text),
  datetime: (text) => new Date(text),
  choices: (list) => list,
  json: (text) => new Json(text),
  null: (nothing) => nothing,
};

test('the same value is the same bytes', async (t) => {
  assert(CASES.length >= 90, 'there are cases');
  const sandbox = await Sandbox.start(t);
  const client = sandbox.client();
  for (const one of CASES) {
    await t.test(one.name, async () => {
      await sandbox.reset();
      const update = async () => client.massUpdate([1], 'v', VALUES[one.type](one.value), { allowNull: one.allow_null ?? false });
      if ('sent' in one) {
        await update();
        assert.deepEqual(await sandbox.ledger('v'), { 1: one.sent });
      } else {
        const argument = one.invalid_in?.node ?? one.invalid;
        await assert.rejects(update, (error) => error instanceof usercom.InvalidArgument && error.message.startsWith(`${argument}: `));
        assert.deepEqual(await sandbox.requests(), []);
      }
    });
  }
});
