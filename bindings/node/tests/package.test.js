'use strict';
// What the package consists of, how it finds the library, and what it says when there is none.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { pathToFileURL } = require('node:url');
const { PACKAGE, ROOT, folderFor, node, usercom } = require('./support');

const manifest = require('../package.json');

test('one version everywhere', () => {
  const cargo = fs.readFileSync(path.join(ROOT, 'Cargo.toml'), 'utf8').match(/^version = "(.*)"/m)[1];
  assert.deepEqual([manifest.version, usercom.version], [cargo, cargo]);
  assert.equal(require('../package-lock.json').version, cargo);
});

test('import and require give the same', async () => {
  const imported = await import(pathToFileURL(path.join(PACKAGE, 'index.mjs')));
  assert.equal(imported.default, usercom);
  assert.deepEqual(Object.keys(imported).filter((name) => name !== 'default').sort(), Object.keys(usercom).sort());
  for (const name of Object.keys(usercom)) assert.equal(imported[name], usercom[name], name);
});

test('the types name what there is', () => {
  const types = fs.readFileSync(path.join(PACKAGE, 'index.d.ts'), 'utf8');
  const named = [...types.matchAll(/^export (?:class|const|function) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(named)].sort(), Object.keys(usercom).sort());
  const errors = Object.values(usercom).filter((value) => value?.prototype instanceof usercom.UserComError);
  const numbers = Object.fromEntries(errors.map((error) => [error.code, error.status]));
  for (const [code, status] of Object.entries(numbers)) assert.equal(usercom.Status[code], status);
  assert.equal(new usercom.Busy('x').name, 'Busy');
});

const load = (env) => node(['-e', `require(${JSON.stringify(PACKAGE)})`], { env: { ...process.env, USERCOM_LIBRARY: '', ...env } });

test('without a library, the message says how to get one', async (t) => {
  const none = await load();
  assert.equal(none.code, 1);
  const [first] = none.stderr.split('\n').filter((line) => line.startsWith('Error: '));
  assert.match(first, /^Error: usercom: there is no C library for linux x64, because the package @usercom\/linux-x64-gnu is not installed .*`make lib`.*USERCOM_LIBRARY/);
  assert.match((await load({ USERCOM_LIBRARY: '/nowhere.so' })).stderr, /Error: usercom: USERCOM_LIBRARY names no library that can be loaded; .*\n {2}\/nowhere\.so: /);
  const file = path.join(folderFor(t), 'empty.so');
  fs.writeFileSync(file, '');
  assert.match((await load({ USERCOM_LIBRARY: file })).stderr, /USERCOM_LIBRARY names no library that can be loaded/);
  assert.match((await load({ USERCOM_LIBRARY: 'libc.so.6' })).stderr, /libc\.so\.6 is not the library that this package needs: it has no uc_/);
});

test('without the binary of koffi, the message says how to get it', async (t) => {
  const folder = folderFor(t);
  for (const part of ['package.json', 'index.js', 'lib']) fs.cpSync(path.join(PACKAGE, part), path.join(folder, part), { recursive: true });
  fs.mkdirSync(path.join(folder, 'node_modules/koffi'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'node_modules/koffi/index.js'), "throw new Error('Cannot find the native module');");
  const { code, stderr } = await node(['-e', `require(${JSON.stringify(folder)})`]);
  assert.equal(code, 1);
  assert.match(stderr, /Error: usercom: the package koffi, .* \(Cannot find the native module\); install again without --omit=optional/);
});

test('another version of the interface is refused, with both numbers', async (t) => {
  const folder = folderFor(t);
  const { FUNCTIONS } = require('../lib/generated');
  const names = FUNCTIONS.map((prototype) => prototype.match(/(\w+)\(/)[1]);
  fs.writeFileSync(path.join(folder, 'other.c'), names.map((name) => `int ${name}(void) { return 2; }\n`).join(''));
  await new Promise((resolve, reject) => {
    require('node:child_process').execFile('cc', ['-shared', '-fPIC', '-o', 'other.so', 'other.c'], { cwd: folder }, (error) => (error ? reject(error) : resolve()));
  });
  const other = await load({ USERCOM_LIBRARY: path.join(folder, 'other.so') });
  assert.match(other.stderr, /has version 2 of the interface, this package needs 1: install the two from the same release/);
});
