'use strict';
// Looking before and after: check, all users, preflight, verify.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const test = require('node:test');
const { Sandbox, folderFor, node, PACKAGE, TOKEN, usercom } = require('./support');

const { Check, InvalidArgument, Status } = usercom;

/** Ignores what is no integer, and has two users on a page. */
async function shop(t, switches = []) {
  const users = path.join(folderFor(t), 'users.csv');
  fs.writeFileSync(users, 'id,custom_id,email,score\n1,u-1,a@x.example,5\n2,,,5\n3,u-3,c@x.example,\n');
  return Sandbox.start(t, ['--users', users, '--attribute', 'score:integer', '--ignore-bad-values', '--page-size', '2', ...switches]);
}

test('check', async (t) => {
  const client = (await shop(t)).client();
  for (const check of [await client.check('score', 12, 'many'), client.checkSync('score', 12, 'many')]) {
    assert(check instanceof Check && !check.passed && check.status === Status.INVALID_ARGUMENT);
    assert.deepEqual(check.lines.map(({ about }) => about), ['name', 'connection', 'tls', 'clock', 'token', 'scope', 'attribute', 'type']);
    assert.equal(check.lines[4].finding, 'ok');
    assert.equal(check.lines[7].finding, 'failed');
    assert.match(check.lines[7].text, /can't be read as integer/);
    assert.match(String(check), /^ok {7}name: .*\n[^]*\nfailed {3}type: /);
    assert.equal(JSON.parse(JSON.stringify(check)).passed, false);
  }
  assert((await client.check()).passed && client.checkSync('score').passed);
  await assert.rejects(client.check('score', undefined), /^InvalidArgument: values\[0\]: undefined can't be sent/);
  await assert.rejects(client.check(5), /^InvalidArgument: attribute: is a number; use a string$/);
  await assert.rejects(client.check('score', new usercom.Json('x')), /^InvalidArgument: values: entry 0/);
  const wrong = new usercom.Client('acme', 'x'.repeat(64), { baseUrl: (await shop(t)).url, rateLimit: 0 });
  assert.equal((await wrong.check()).status, Status.UNAUTHORIZED);
  assert.throws(() => new Check(), TypeError);
});

test('all users, page by page', async (t) => {
  const sandbox = await shop(t);
  const client = sandbox.client();
  const expected = [
    { id: 1, customId: 'u-1', email: 'a@x.example', attributes: { score: 5 } },
    { id: 2, customId: null, email: null, attributes: { score: 5 } },
    { id: 3, customId: 'u-3', email: 'c@x.example', attributes: { score: null } },
  ];
  const users = client.users(['score']);
  assert.equal(users.cursor, '');
  assert.deepEqual(await sandbox.requests(), []);
  const seen = [];
  const cursors = [];
  for await (const user of users) {
    seen.push(user);
    cursors.push(users.cursor);
  }
  assert.deepEqual(seen, expected);
  assert.deepEqual([...cursors, users.cursor], ['page=2', 'page=2', null, null]);
  assert.deepEqual([...client.usersSync(new Set(['score']))], expected);

  const part = client.usersSync();
  for (const user of part) if (user.id === 2) break;
  assert.deepEqual([...client.usersSync(null, { cursor: part.cursor })].map(({ id }) => id), [3]);
  const rest = [];
  for await (const user of client.users(undefined, { cursor: part.cursor })) rest.push(user.id);
  assert.deepEqual(rest, [3]);

  assert.throws(() => client.users('score'), /^InvalidArgument: attributes: is the text "score"; use an array of names$/);
  assert.throws(() => client.users([5]), /^InvalidArgument: attributes\[0\]: is a number; use a string$/);
  assert.throws(() => client.users([], { cursor: 'a b' }), /^InvalidArgument: cursor: /);
  assert.throws(() => client.users([], { from: 1 }), /^InvalidArgument: from: is not an option of a reading; the options are cursor, signal$/);
  assert.throws(() => client.users([], { signal: 1 }), /^InvalidArgument: signal: is a number; use an AbortSignal/);
  client.close();
  assert.throws(() => client.users(), InvalidArgument);
});

/** A service that never responds. */
async function silent(t) {
  const server = http.createServer(() => server.emit('asked'));
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => { server.closeAllConnections(); server.close(); });
  return Object.assign(server, { url: `http://127.0.0.1:${server.address().port}` });
}

test('a reading leaves the event loop free, and ends with its signal', async (t) => {
  const server = await silent(t);
  const client = new usercom.Client('acme', TOKEN, { baseUrl: server.url, rateLimit: 0 });
  const stop = new AbortController();
  const reason = new Error('enough');
  server.once('asked', () => stop.abort(reason)); // on this thread, which a blocking call would hold up
  const next = client.users([], { signal: stop.signal }).next();
  await assert.rejects(next, (error) => error instanceof usercom.Cancelled && error.cause === reason);
  assert.throws(() => client.usersSync([], { signal: stop.signal }).next(), usercom.Cancelled);
});

test('a process may end while a page is read', async (t) => {
  const server = await silent(t);
  const script = `
    const { Client } = require(${JSON.stringify(PACKAGE)});
    const client = new Client('acme', '${TOKEN}', { baseUrl: '${server.url}', rateLimit: 0 });
    client.users().next();
    process.stdin.once('data', () => process.exit(7));
  `;
  const ended = await node(['-e', script], { started: (child) => server.once('asked', () => child.stdin.write('end')) });
  assert.equal(ended.code, 7, ended.stderr);
});

test('preflight and verify', async (t) => {
  const client = (await shop(t)).client();
  await assert.rejects(client.massUpdate([1], 'score', 'many', { preflight: true }), /^InvalidArgument: value: "many" can't be read as integer/);
  const good = await client.massUpdate([1, 2], 'score', 7, { verify: 2 });
  assert.deepEqual([good.verified, good.mismatched, good.mismatches], [2, 0, []]);
  // The deadline ends the waits before a mismatch is read again.
  const strict = await client.massUpdate([1n, 2n], 'score', 'many', { verify: 2, verifyStrict: true, deadlineMs: 2500 });
  assert.deepEqual([strict.status, strict.confirmed, strict.verified, strict.mismatched], [Status.MISMATCH, 2, 0, 2]);
  assert.deepEqual(strict.mismatches[1], { index: 1, id: 2n, sent: '"many"', stored: '7' });
  assert.throws(() => strict.raiseForFailures(), (error) => error instanceof usercom.Mismatch && error.report === strict && error.code === 'MISMATCH');
});
