'use strict';
// Ids and rows: every form of them, and what is none.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const readline = require('node:readline');
const test = require('node:test');
const vm = require('node:vm');
const { Sandbox, usercom, upTo } = require('./support');

const { InvalidArgument } = usercom;

test('ids and rows', async (t) => {
  const sandbox = await Sandbox.start(t);
  const client = sandbox.client();
  t.beforeEach(() => sandbox.reset());

  const big = 2n ** 53n + 1n;
  const FORMS = {
    'an array': [1, 2], bigints: [1n, 2n], mixed: [1, 2n], 'a Set': new Set([1, 2]), 'keys of a Map': new Map([[1, 0], [2, 0]]).keys(),
    'a generator': (function* ids() { yield 1; yield 2; })(), BigInt64Array: BigInt64Array.of(1n, 2n), BigUint64Array: BigUint64Array.of(1n, 2n),
    Int32Array: Int32Array.of(1, 2), Uint16Array: Uint16Array.of(1, 2), Float64Array: Float64Array.of(1, 2),
    'a part of an array': BigInt64Array.of(9n, 1n, 2n, 9n).subarray(1, 3), 'another realm': vm.runInNewContext('[1, 2]'),
    'shared memory': new Int32Array(new SharedArrayBuffer(8)).map((_, k) => k + 1),
  };
  for (const [name, ids] of Object.entries(FORMS)) {
    await t.test(name, async () => {
      assert.equal((await client.massUpdate(ids, 'v', 1)).confirmed, 2);
      assert.deepEqual(await sandbox.ledger('v'), { 1: '1', 2: '1' });
    });
  }

  await t.test('large ids keep every digit', async () => {
    await client.massUpdate([2 ** 53 - 1, 2 ** 32, 2 ** 32 + 5, 2 ** 31], 'v', 1);
    await client.massUpdate([big, 2n ** 63n - 1n], 'v', 1);
    await client.massUpdate(BigInt64Array.of(big + 2n), 'v', 1);
    const ids = [2n ** 53n - 1n, 2n ** 32n, 2n ** 32n + 5n, 2n ** 31n, big, 2n ** 63n - 1n, big + 2n].map(String).sort();
    assert.deepEqual(Object.keys(await sandbox.ledger('v')).sort(), ids);
  });

  await t.test('no ids, nothing is sent', async () => {
    for (const none of [[], new Set(), new BigInt64Array(0)]) assert.equal((await client.massUpdate(none, 'v', 1)).status, usercom.Status.OK);
    assert.equal((await client.massUpdateCustomIds([], 'v', 1)).total, 0);
    assert.equal((await client.massUpdateRows([], 'v')).total, 0);
    assert.equal((await client.massUpdateRowsCustomIds(new Map(), 'v')).total, 0);
    assert.deepEqual(await sandbox.requests(), []);
  });

  await t.test('the array may change while the run lasts', async () => {
    const ids = BigInt64Array.of(1n, 2n);
    const run = client.massUpdate(ids, 'v', 1);
    ids.fill(9n);
    await run;
    assert.deepEqual(await sandbox.ledger('v'), { 1: '1', 2: '1' });
  });

  await t.test('custom ids', async () => {
    const ids = ['u-1', 'ź😀', 'x'.repeat(255), '7'];
    const report = await client.massUpdateCustomIds(ids, 'v', 'a');
    assert.equal(report.confirmed, 4);
    const [request] = await sandbox.requests();
    assert.match(request.path, /users-by-id/);
    assert.equal(client.massUpdateCustomIdsSync(new Set(ids), 'v', 'a').confirmed, 4);
    const many = upTo(20_000).map((id) => `user-${id}`); // more than one piece of memory
    assert.equal((await client.massUpdateCustomIds(many, 'v', 'a')).confirmed, 20_000);
  });

  await t.test('rows', async () => {
    const values = [0, -0, '0', false, 0n, null, [1], { a: 1 }, new Date(0), 1.5, 'x', true];
    const report = await client.massUpdateRows(values.map((value, k) => [k + 1, value]), 'v', { allowNull: true });
    assert.equal(report.confirmed, values.length);
    const expected = ['0', '-0.0', '"0"', 'false', '0', 'null', '[1]', '{"a":1}', '"1970-01-01T00:00:00Z"', '1.5', '"x"', 'true'];
    assert.deepEqual(await sandbox.ledger('v'), Object.fromEntries(expected.map((text, k) => [k + 1, text])));
    await sandbox.reset();
    await client.massUpdateRows(new Map([[1n, 5], [2n, 6]]), 'v');
    client.massUpdateRowsSync((function* rows() { for (let id = 10; id < 10_010; id++) yield [id, id % 3]; })(), 'w');
    assert.deepEqual(await sandbox.ledger('v'), { 1: '5', 2: '6' });
    const held = await sandbox.ledger('w');
    assert(Object.entries(held).every(([id, text]) => text === String(id % 3)) && Object.keys(held).length === 10_000);
    assert.equal((await client.massUpdateRowsCustomIds([['a', 1], ['b', 2]], 'v')).confirmed, 2);
    assert.equal(client.massUpdateRowsCustomIdsSync([['a', 1], ['b', 2]], 'v').confirmed, 2);
    const again = await client.massUpdateRows([[1, 1], [1, 2]], 'v');
    assert.deepEqual([...again.states], [0, 1]);
  });

  async function* lines() { yield '1'; }
  const WRONG = [
    [[1, '2'], /^ids: the id at position 1 \(counted from 0\) is the text "2"; use a number, Number\(id\); your own ids go to massUpdateCustomIds$/],
    [[2 ** 53], /position 0 .* is 9007199254740992; numbers beyond 2\^53 may have lost digits; use a bigint$/],
    [[1, 1.5], /position 1 .* is 1\.5; use a whole number$/], [[NaN], /is NaN; use a whole number$/], [[Infinity], /is Infinity/],
    [Float64Array.of(1, 2.5), /position 1 .* is 2\.5/], [Float64Array.of(1e300), /beyond 2\^53/],
    [[2n ** 63n], /position 0 .* does not fit into 64 bits/], [BigUint64Array.of(1n, 2n ** 63n), /position 1 .* does not fit/], [[-(2n ** 64n)], /does not fit/],
    [[0], /position 0 .* is 0; User\.com's ids are above 0$/], [BigInt64Array.of(-5n), /is -5/],
    [[null], /is null; .*leave it out$/], [[1, , 2], /position 1 .* is undefined/], // eslint-disable-line no-sparse-arrays
    [[true], /is true; use a number$/], [[{ id: 1 }], /an object; use a number: rows\.map\(\(row\) => row\.id\)$/],
    [[{ user: 1 }], /row\.user\)$/], [[[1, 2]], /pairs of id and value go to massUpdateRows$/], [[Promise.resolve(1)], /await Promise\.all/], [[Symbol('x')], /a symbol/],
    ['15', /^ids: is a text; use an array, also for a single id$/], [15, /^ids: is 15; use an array, also for a single id$/], [null, /^ids: is null/], [undefined, /^ids: is undefined/],
    [new Map([[1, 2]]), /^ids: is a Map; use massUpdateRows .* map\.keys\(\)/], [{ 1: 2 }, /^ids: is an object; use an array/], [Promise.resolve([1]), /^ids: is a Promise; await it first$/],
    [lines(), /^ids: .*collect it first: for await/], [Buffer.from('1'), /^ids: is a Buffer, which holds bytes/], [new ArrayBuffer(8), /which holds bytes/],
    [readline.createInterface({ input: fs.createReadStream('/dev/null') }), /^ids: .*for await \(const line of source\) list\.push\(Number\(line\)\)$/],
  ];
  await t.test('what is no list of ids', async () => {
    for (const [ids, message] of WRONG) {
      await assert.rejects(client.massUpdate(ids, 'v', 1), (error) => error instanceof InvalidArgument && message.test(error.message), String(message));
    }
    assert.deepEqual(await sandbox.requests(), []);
  });

  await t.test('what are no custom ids and no rows', async () => {
    const custom = (ids, message) => assert.rejects(client.massUpdateCustomIds(ids, 'v', 1), message);
    await custom([7], /^InvalidArgument: customIds: the id at position 0 \(counted from 0\) is 7; use text, String\(id\); User\.com's own ids go to massUpdate$/);
    await custom(['a', null], /position 1 .* is null; use text; .*leave it out$/);
    await custom(['a', 'b\0c'], /position 1 .* has a NUL character after 1 others; take it out$/);
    await custom(['\ud800'], /position 0 .*: character 1 is half of a surrogate pair/);
    await custom(['a', ''], /customIds: the id at position 1/);
    await custom(new Map([['a', 1]]), /is a Map; use massUpdateRowsCustomIds/);
    await custom('abc', /^InvalidArgument: customIds: is a text/);
    const rows = (given, message) => assert.rejects(client.massUpdateRows(given, 'v'), message);
    await rows([[1, 2], [1]], /^InvalidArgument: rows: row 1 \(counted from 0\) has 1 items and is not a pair of id and value; use \[id, value\]$/);
    await rows([{ id: 1, score: 2 }], /rows: row 0 .* is an object, .*rows\.map\(\(row\) => \[row\.id, row\.score\]\)$/);
    await rows([5], /row 0 .* is 5, not a pair/);
    await rows({ 1: 2 }, /^InvalidArgument: rows: is an object, whose keys are texts; use pairs: Object\.entries/);
    await rows([[1, 1], [2, { a: NaN }]], /^InvalidArgument: rows: the value of row 1 \(counted from 0\)\.a: NaN/);
    await rows([['1', 1]], /^InvalidArgument: rows: the id of row 0 \(counted from 0\) is the text "1"; .*massUpdateRowsCustomIds$/);
    await rows([[1, 1], [0, 1]], /^InvalidArgument: rows: the id of row 1 \(counted from 0\)/);
    await rows([[1, 1], [2, null]], /^InvalidArgument: rows: the value of row 1 \(counted from 0\).*allowNull/);
    await rows([[1, 1], [2, new usercom.Json('x y')]], /^InvalidArgument: rows: the value of row 1 \(counted from 0\)/);
    await rows(upTo(50_001).map((id) => [id, id]), /^InvalidArgument: rows: .*50,?000/);
    await rows('x', /^InvalidArgument: rows: is a text/);
    assert.deepEqual(await sandbox.requests(), []);
  });
});
