'use strict';
// Every example runs, and the README shows nothing else.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { PACKAGE, Sandbox, TOKEN, folderFor, node } = require('./support');

const EXAMPLES = path.join(PACKAGE, 'examples');
const source = (name) => fs.readFileSync(path.join(EXAMPLES, name), 'utf8');

async function run(sandbox, name, args = [], options = {}) {
  const ended = await node([path.join(EXAMPLES, name), ...args], { ...options, env: { ...process.env, USERCOM_TOKEN: TOKEN, USERCOM_BASE_URL: sandbox.url } });
  assert.equal(ended.code, options.code ?? 0, ended.stderr);
  return ended.stdout + ended.stderr;
}

test('examples', async (t) => {
  const sandbox = await Sandbox.start(t);
  const folder = folderFor(t);

  await t.test('one_call', async () => {
    assert.equal(await run(sandbox, 'one_call.mjs'), '4 of 4\n');
    assert.deepEqual(await sandbox.ledger('plan'), Object.fromEntries([10, 15, 22, 23].map((id) => [id, '"pro"'])));
  });
  await t.test('csv', async () => {
    fs.writeFileSync(path.join(folder, 'users.csv'), `id,name\n${Array.from({ length: 1000 }, (_, k) => `${k + 1},x\n`).join('')}`);
    assert.match(await run(sandbox, 'csv.mjs', [path.join(folder, 'users.csv')]), /1000 confirmed/);
  });
  await t.test('query', async () => {
    await run(sandbox, 'query.cjs');
    assert.deepEqual(await sandbox.ledger('score'), { 10: '7', 15: '9' });
  });
  await t.test('values', async () => {
    await run(sandbox, 'values.mjs');
    const comments = [...source('values.mjs').matchAll(/client\.massUpdate\(ids, '(\w+)', .*\); \/\/ (.*)/g)];
    assert.equal(comments.length, 10);
    for (const [, attribute, text] of comments) {
      const held = await sandbox.ledger(attribute);
      assert.deepEqual([held[10], held[15]], [text, text], attribute);
    }
    assert.deepEqual(await sandbox.ledger('points'), { 10: '7', 15: '9' });
  });
  await t.test('errors', async () => {
    const strict = await Sandbox.start(t, ['--unknown-ids', 'reject'], [10, 15]);
    assert.match(await run(strict, 'errors.mjs'), /2 of 3 confirmed\nid 999999: rejected, /);
  });
  await t.test('looking', async () => {
    const users = path.join(folder, 'emails.csv');
    fs.writeFileSync(users, 'id,email,score\n1,Ann@shop.example,5\n2,bob@shop.example,7\n3,eve@shop.example,1\n');
    const shop = await Sandbox.start(t, ['--users', users, '--attribute', 'score:integer']);
    assert.match(await run(shop, 'looking.mjs'), /ok {7}token: [^]*\n1 updated; read back: 1 as sent, 0 otherwise\n$/);
    assert.deepEqual(await shop.ledger('score'), { 1: '12' });
    assert.match(await run(await Sandbox.start(t, ['--attribute', 'score:fixed:a|b']), 'looking.mjs', [], { code: 1 }), /\nfailed {3}\w+: /);
  });
  await t.test('progress', async () => {
    assert.match(await run(sandbox, 'progress.mjs'), /5000 of 5000, waiting 0 ms\n(.*\n)*run ended, ok|run ended, ok(.*\n)*5000 of 5000/);
    const slow = await Sandbox.start(t, ['--latency', '3000']);
    const started = (child) => child.stdout.once('data', () => child.kill('SIGINT'));
    assert.match(await run(slow, 'progress.mjs', [], { started, code: 130 }), /0 confirmed before Ctrl-C/);
  });
  await t.test('resume', async () => {
    assert.match(await run(sandbox, 'resume.mjs', [], { cwd: folder }), /all 2000 ids confirmed/);
  });
});

test('the README shows the examples, and all of them', () => {
  const readme = fs.readFileSync(path.join(PACKAGE, 'README.md'), 'utf8');
  const shown = [...readme.matchAll(/<!-- examples\/(\S+) -->\n```\w+\n(.*?)```/gs)];
  for (const [, name, text] of shown) assert.equal(text, source(name), name);
  assert.deepEqual(shown.map(([, name]) => name).sort(), fs.readdirSync(EXAMPLES).sort());
});
