'use strict';
// A sandbox of its own for each set of switches, and a look at what it holds.

const assert = require('node:assert/strict');
const { execFile, spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');

const PACKAGE = path.join(__dirname, '..');
const ROOT = path.join(PACKAGE, '../..');
const TOKEN = 'node-test-token-0123456789-0123456789-0123456789-0123456789-0123';
const PROGRAM = process.env.USERCOM_PROGRAM ?? path.join(ROOT, 'target/debug/usercom');

for (const file of [PROGRAM, process.env.USERCOM_LIBRARY ?? 'USERCOM_LIBRARY']) {
  assert(fs.existsSync(file), `${file} is missing; run make test-node, which builds it`);
}

const usercom = require('..');

class Sandbox {
  /** Every id exists and every attribute is created, unless switches say otherwise. `users` are the ids that exist. */
  static async start(t, switches = [], users = undefined) {
    const sandbox = new Sandbox();
    if (users) {
      const folder = folderFor(t);
      fs.writeFileSync(path.join(folder, 'users.csv'), `id\n${users.join('\n')}\n`);
      switches = [...switches, '--users', path.join(folder, 'users.csv')];
    }
    sandbox.process = spawn(PROGRAM, ['sandbox', '--port', '0', ...switches], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, USERCOM_TOKEN: TOKEN },
    });
    t.after(() => sandbox.stop());
    const lines = readline.createInterface({ input: sandbox.process.stdout });
    const line = await new Promise((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve('nothing'));
    });
    assert.match(line, / on http:\/\//, `the sandbox did not start: ${line}`);
    sandbox.url = line.split(' ').at(-1);
    return sandbox;
  }

  stop() {
    this.process.kill('SIGKILL');
  }

  async get(where) {
    const response = await fetch(`${this.url}/_sandbox/${where}`);
    return response.text();
  }

  async reset() {
    await fetch(`${this.url}/_sandbox/reset`, { method: 'POST' });
  }

  /** The JSON text that each user's attribute was set to by a request, by id. */
  async ledger(attribute) {
    const rows = csv(await this.get(`ledger?attribute=${attribute}`)).slice(1);
    return Object.fromEntries(rows.filter(([, , applied]) => applied !== '0').map(([id, value]) => [id, value]));
  }

  async requests() {
    return JSON.parse(await this.get('requests')).requests;
  }

  client(options) {
    return new usercom.Client('acme', TOKEN, { baseUrl: this.url, rateLimit: 0, ...options });
  }
}

/** Rows of cells. A cell with a quote, a comma or a line break in it is in quotes. */
function csv(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

/** A folder that is removed after the test. */
function folderFor(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'usercom-node-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs Node.js with the given arguments; resolves to its exit code or signal, its output, and how long it took. */
function node(args, options = {}) {
  const begun = Date.now();
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { timeout: 60_000, killSignal: 'SIGKILL', ...options }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code ?? error.signal : 0, stdout, stderr, seconds: (Date.now() - begun) / 1000 });
    });
    options.started?.(child);
  });
}

const upTo = (count) => Array.from({ length: count }, (_, k) => k + 1);

module.exports = { PACKAGE, ROOT, TOKEN, Sandbox, folderFor, node, upTo, usercom };
