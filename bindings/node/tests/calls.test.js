'use strict';
// Options, reports, errors, progress, cancelling, and many runs at once.

const assert = require('node:assert/strict');
const test = require('node:test');
const { inspect } = require('node:util');
const { Sandbox, TOKEN, folderFor, upTo, usercom } = require('./support');

const { Cancelled, Client, IdState, InvalidArgument, Json, PartialUpdate, Report, Status, UserComError } = usercom;

test('one call', async (t) => {
  const sandbox = await Sandbox.start(t, ['--unknown-ids', 'reject'], [10, 15]);
  process.env.USERCOM_BASE_URL = sandbox.url;
  t.after(() => delete process.env.USERCOM_BASE_URL);
  const report = await usercom.massUpdate('acme', TOKEN, [10, 15], 'plan', 'pro');
  assert(report instanceof Report && report.confirmed === 2 && report.status === Status.OK);
  assert.deepEqual(await sandbox.ledger('plan'), { 10: '"pro"', 15: '"pro"' });
  const partial = (error) => error instanceof PartialUpdate && error instanceof UserComError && error.report.rejected === 1
    && error.code === 'PARTIAL' && error.status === Status.PARTIAL && /1 rejected: .*99/.test(error.message);
  await assert.rejects(usercom.massUpdate('acme', TOKEN, [10, 99], 'plan', 'pro'), partial);
  assert.throws(() => usercom.massUpdateSync('acme', TOKEN, [10, 99], 'plan', 'pro'), partial);
  await assert.rejects(usercom.massUpdate('acme', undefined, [10], 'plan', 'pro'), /^InvalidArgument: token: is undefined; use a string; is the environment variable set\?$/);
  await assert.rejects(usercom.massUpdate('ac me', TOKEN, [10], 'plan', 'pro'), /^InvalidArgument: subdomain: /);
});

test('a report', async (t) => {
  const sandbox = await Sandbox.start(t, ['--unknown-ids', 'reject'], [10, 15]);
  const client = sandbox.client();
  const report = await client.massUpdate([10n, 99n, 15n], 'plan', 'pro');
  assert.equal(report.status, Status.PARTIAL);
  assert.deepEqual([...report.states], [IdState.CONFIRMED, IdState.REJECTED, IdState.CONFIRMED]);
  const [failure] = report.failures;
  assert.equal(report.failures.length, 1);
  assert.deepEqual([failure.index, failure.id, failure.state], [1, 99n, IdState.REJECTED]);
  assert(failure.httpStatus >= 400 && failure.message.length > 0);
  assert.throws(() => report.raiseForFailures(), PartialUpdate);
  assert.match(String(report), /2 confirmed, 1 rejected/);
  assert.equal(JSON.parse(JSON.stringify(report)).confirmed, 2);
  assert(Array.isArray(report.notes) && Number.isInteger(report.retries));
  assert.doesNotMatch(inspect(report), /Uint8Array/);
  assert.equal((await client.massUpdateCustomIds(['nobody', 'x'], 'plan', 'pro').catch((error) => error.report)).total, 2);
  assert.throws(() => new Report(), TypeError);
  const dry = await client.massUpdate([1, 2], 'plan', 'pro', { dryRun: true });
  assert.equal(dry.status, Status.DRY_RUN);
  dry.raiseForFailures();
});

test('options', async (t) => {
  const sandbox = await Sandbox.start(t);
  const client = sandbox.client({ batchSize: 2, workers: 1, caFile: null, method: 'POST', baseUrl: new URL(sandbox.url) });
  assert.equal((await client.massUpdate(upTo(5), 'v', 1, { deadlineMs: 60_000.5, journalDir: undefined })).requests, 3);
  assert((await sandbox.requests()).every(({ method }) => method === 'POST'));
  assert.equal((await client.massUpdate([1], 'v', null, { allowNull: true })).confirmed, 1);
  const journalDir = folderFor(t);
  assert.equal((await client.massUpdate([1], 'v', 1, { journalDir })).confirmed, 1);
  const wrong = (options, message) => assert.throws(() => sandbox.client(options), (error) => error instanceof InvalidArgument && message.test(error.message), String(message));
  wrong({ batchSiz: 2 }, /^batchSiz: is not an option of a client; did you mean batchSize\?$/);
  wrong({ batch_size: 2 }, /did you mean batchSize\?$/);
  wrong({ requestTimeout: 2 }, /did you mean requestTimeoutMs\?$/);
  wrong({ nothing: 2 }, /the options are baseUrl, .*logLevel$/);
  wrong({ deadlineMs: 2 }, /is not an option of a client/);
  wrong({ batchSize: 0 }, /^batchSize: .*1 to 10,000/);
  wrong({ batchSize: '5' }, /^batchSize: is the text "5"; use a whole number$/);
  wrong({ batchSize: 1.5 }, /^batchSize: is 1\.5; use a whole number$/);
  wrong({ batchSize: -1 }, /^batchSize: is -1/);
  wrong({ batchSize: 2n ** 64n }, /^batchSize: is 18446744073709551616/);
  wrong({ rateLimit: -1 }, /^rateLimit: is -1; use a number of requests per second/);
  wrong({ rateLimit: 1e-30 }, /^rateLimit: .*0\.1 to 1,000/);
  wrong({ rateLimit: { requests: 5 } }, /^rateLimit: use a number of requests per second, or \{ requests: 5, perMs: 1000 \}$/);
  wrong({ requestTimeoutMs: 0 }, /^requestTimeoutMs: is 0; use at least 1 \(milliseconds\)/);
  wrong({ requestTimeoutMs: Infinity }, /^requestTimeoutMs: is Infinity/);
  wrong({ proxy: 5 }, /^proxy: is a number; use a string$/);
  wrong({ caFile: '/nowhere.pem' }, /^caFile: /);
  wrong({ caFile: new URL('http://x') }, /^caFile: .*file: URL/);
  wrong({ log: 5 }, /^log: is 5; use a function/);
  wrong({ logLevel: 9 }, /^logLevel: is 9/);
  for (const options of ['fast', []]) assert.throws(() => new Client('acme', TOKEN, options), /^InvalidArgument: options: is .*; use an object/);
  const run = (options, message) => assert.rejects(client.massUpdate([1], 'v', 1, options), message);
  await run({ dryRun: 1 }, /^InvalidArgument: dryRun: is 1; use true or false$/);
  await run({ signal: {} }, /^InvalidArgument: signal: is an object; use an AbortSignal/);
  await run({ onProgress: 1 }, /^InvalidArgument: onProgress: is 1; use a function$/);
  await run({ workers: 1 }, /^InvalidArgument: workers: is not an option of a run/);
  await run({ stallTimeoutMs: 5 }, /^InvalidArgument: stallTimeoutMs: /);
  await assert.rejects(client.massUpdate([1], 'v', null), /^InvalidArgument: value: .*allowNull/);
  await assert.rejects(client.massUpdate([1], '', 1), /^InvalidArgument: attribute: /);
  await assert.rejects(client.massUpdate([1], 5, 1), /^InvalidArgument: attribute: is a number; use a string$/);
  await assert.rejects(client.massUpdate([1], 'v\0', 1), /^InvalidArgument: attribute: has a NUL/);
  await assert.rejects(client.massUpdate([1], 'v', new Json('x y')), /^InvalidArgument: value: /);
  assert.equal((await sandbox.requests()).length, 5);
});

test('the token is in no message', async (t) => {
  const sandbox = await Sandbox.start(t);
  const lines = [];
  const secret = `secret-${'x'.repeat(57)}`;
  const client = new Client('acme', secret, { baseUrl: sandbox.url, rateLimit: 0, log: (level, line) => lines.push(line) });
  const error = await client.massUpdate([1], 'v', 1).catch((thrown) => thrown);
  assert(error instanceof usercom.Unauthorized && error.report.notAttempted + error.report.unknown === 1);
  assert(lines.length > 0);
  const said = [inspect(client, { depth: 9, showHidden: true }), inspect(error), JSON.stringify(error.report), JSON.stringify(client), ...lines].join('\n');
  assert.doesNotMatch(said, /secret-/);
  assert.throws(() => new Client('acme', `${'k'.repeat(63)}\0`), (thrown) => !/kkk/.test(thrown.message));
});

test('the event loop stays free, progress is told, and many runs share a client', async (t) => {
  const sandbox = await Sandbox.start(t, ['--latency', '400']);
  const client = sandbox.client({ batchSize: 1, workers: 1 });
  let ticks = 0;
  const timer = setInterval(() => { ticks += 1; }, 10);
  const seen = [];
  const report = await client.massUpdate([1, 2, 2, 3], 'v', 1, { onProgress: (progress) => { seen.push(progress); } });
  clearInterval(timer);
  assert.equal(report.confirmed, 4);
  assert(ticks >= 10, `${ticks} ticks of a timer of 10 ms in 1.2 s`);
  assert(seen.length >= 3);
  assert.deepEqual(seen.at(-1), { done: 3, total: 3, confirmed: 3, rejected: 0, requests: 3, expectedRejected: 0, requestsLeft: 0, timeLeftMs: 0, waitingMs: 0 });
  const reports = await Promise.all(upTo(12).map((k) => client.massUpdate([k], 'w', k)));
  assert(reports.every(({ confirmed }) => confirmed === 1));
  assert.deepEqual(await sandbox.ledger('w'), Object.fromEntries(upTo(12).map((k) => [k, String(k)])));
});

test('cancelling', async (t) => {
  const sandbox = await Sandbox.start(t, ['--latency', '100']);
  const client = sandbox.client({ batchSize: 1, workers: 1 });
  const ids = upTo(1000);
  const stopped = (error) => error instanceof Cancelled && error.report.notAttempted > 0 && error.report.total === 1000;

  await t.test('by a signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const run = client.massUpdate(ids, 'v', 1, { signal: controller.signal, onProgress: ({ done }) => { if (done > 1) controller.abort(reason); } });
    await assert.rejects(run, (error) => stopped(error) && error.cause === reason && error.report.confirmed >= 1);
  });
  await t.test('by a timeout', () => assert.rejects(client.massUpdate(ids, 'v', 1, { signal: AbortSignal.timeout(300) }), stopped));
  await t.test('by the deadline', () => assert.rejects(client.massUpdate(ids, 'v', 1, { deadlineMs: 300 }), usercom.DeadlineExceeded));
  await t.test('before it began: nothing is sent', async () => {
    await sandbox.reset();
    const options = { signal: AbortSignal.abort() };
    await assert.rejects(client.massUpdate(ids, 'v', 1, options), (error) => stopped(error) && error.report.notAttempted === 1000);
    assert.throws(() => client.massUpdateSync(ids, 'v', 1, options), stopped);
    assert.deepEqual(await sandbox.requests(), []);
  });
  await t.test('by a callback that returns false, at once or later', async () => {
    await assert.rejects(client.massUpdate(ids, 'v', 1, { onProgress: () => false }), stopped);
    await assert.rejects(client.massUpdate(ids, 'v', 1, { onProgress: async () => false }), stopped);
    assert.throws(() => client.massUpdateSync(ids, 'v', 1, { onProgress: () => false }), stopped);
  });
  await t.test('by a callback that throws, which the call then throws', async () => {
    const mine = new RangeError('mine');
    const fail = () => { throw mine; };
    const isMine = (error) => error === mine;
    await assert.rejects(client.massUpdate(ids, 'v', 1, { onProgress: fail }), isMine);
    await assert.rejects(client.massUpdate(ids, 'v', 1, { onProgress: async () => fail() }), isMine);
    assert.throws(() => client.massUpdateSync(ids, 'v', 1, { onProgress: fail }), isMine);
    const logging = sandbox.client({ log: fail, batchSize: 1 });
    await assert.rejects(logging.massUpdate(ids, 'v', 1), isMine);
    assert.throws(() => logging.massUpdateSync(ids, 'v', 1), isMine);
    await assert.rejects(client.massUpdate(ids, 'v', 1, { onProgress: () => { throw undefined; } }), (error) => error === undefined); // eslint-disable-line no-throw-literal
  });
  await t.test('a signal in a blocking call', () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    assert.throws(() => client.massUpdateSync(ids, 'v', 1, options), stopped);
  });
  await t.test('a run in a callback', () => {
    let inner;
    client.massUpdateSync([1, 2], 'v', 1, { onProgress: () => { inner ??= client.massUpdateSync([3], 'v', 1); } });
    assert.equal(inner.confirmed, 1);
  });
});

test('an aborted signal of a run that has ended does nothing, and keeps no listener', async (t) => {
  const sandbox = await Sandbox.start(t);
  const client = sandbox.client();
  const { signal } = new AbortController();
  let listeners = 0;
  const counted = {
    get aborted() { return signal.aborted; },
    addEventListener: (...all) => { listeners += 1; signal.addEventListener(...all); },
    removeEventListener: (...all) => { listeners -= 1; signal.removeEventListener(...all); },
  };
  await client.massUpdate([1], 'v', 1, { signal: counted });
  client.massUpdateSync([1], 'v', 1, { signal: counted });
  assert.equal(listeners, 0);
});

test('closing', async (t) => {
  const sandbox = await Sandbox.start(t, ['--latency', '100']);
  const client = sandbox.client();
  const run = client.massUpdate([1], 'v', 1);
  client.close();
  client.close();
  assert.equal((await run).confirmed, 1);
  await assert.rejects(client.massUpdate([1], 'v', 1), /^InvalidArgument: client: is closed; make another one$/);
  assert.throws(() => client.massUpdateSync([1], 'v', 1), InvalidArgument);
});

test('a run that stops early, and one that resumes', async (t) => {
  const journalDir = folderFor(t);
  const down = new Client('acme', TOKEN, { baseUrl: 'http://127.0.0.1:1', rateLimit: 0 });
  await assert.rejects(down.massUpdate([1], 'v', 1, { stallTimeoutMs: 1000 }), (error) => error instanceof usercom.TransportError && error.report.confirmed === 0);
  const sandbox = await Sandbox.start(t, ['--latency', '20']);
  const client = sandbox.client({ batchSize: 10, workers: 1 });
  const ids = upTo(500);
  await assert.rejects(client.massUpdate(ids, 'v', 1, { journalDir, onProgress: ({ done }) => done < 50 }), Cancelled);
  const before = (await sandbox.requests()).length;
  const report = await client.massUpdate(ids, 'v', 1, { journalDir });
  assert.equal(report.confirmed, 500);
  assert(report.requests <= 50 - before + 1, `${before} requests, then ${report.requests}`);
});
