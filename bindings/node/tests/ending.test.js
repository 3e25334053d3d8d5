'use strict';
// The end of the process, or of a worker thread, during a run: no crash, no hang, and the exit code stays.

const assert = require('node:assert/strict');
const test = require('node:test');
const { PACKAGE, Sandbox, TOKEN, node } = require('./support');

const HEAD = `
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const usercom = require(${JSON.stringify(PACKAGE)});
const [url, token] = (workerData ?? process.argv.slice(1));
const client = new usercom.Client('acme', token, { baseUrl: url, rateLimit: 0, batchSize: 1, workers: 2 });
const ids = Array.from({ length: 100_000 }, (_, k) => k + 1);
let begin;
const begun = new Promise((resolve) => { begin = resolve; });
const update = (options) => client.massUpdate(ids, 'v', 1, { onProgress: () => { begin(); }, ...options });
const thread = (script) => {
  const worker = new Worker(HEAD + script, { eval: true, workerData: [url, token] });
  return new Promise((resolve) => worker.once('message', () => resolve(worker)));
};
`;
const script = (body) => `const HEAD = ${JSON.stringify(HEAD)};\n${HEAD}\n(async () => { ${body} })();`;

const ENDINGS = {
  'process.exit': ['update(); await begun; process.exit(7);', 7],
  'process.exit at once': ['update(); process.exit(7);', 7],
  'process.exit in a callback': ['update({ onProgress: () => process.exit(7) });', 7],
  'process.exit in a callback of a blocking call': ["client.massUpdateSync(ids, 'v', 1, { onProgress: () => process.exit(7) });", 7],
  'many runs': ['for (let k = 0; k < 8; k++) update(); await begun; process.exit(7);', 7],
  'an uncaught exception': ['update(); await begun; setImmediate(() => { throw new Error("mine"); });', 1],
  'an unhandled rejection of the run': ['update({ signal: AbortSignal.timeout(300) });', 1],
  'a signal': ['update(); await begun; process.kill(process.pid, "SIGINT");', 'SIGINT'],
  'process.exit while a thread of the program runs': ['await thread("update().catch(() => {}); begun.then(() => parentPort.postMessage(1));"); process.exit(7);', 7],
  'process.exit while a thread is blocked': ['await thread("client.massUpdateSync(ids, \'v\', 1, { onProgress: () => { parentPort.postMessage(1); } });"); process.exit(7);', 7],
  'the end of a thread that waits': ['const worker = await thread("update().catch(() => {}); begun.then(() => parentPort.postMessage(1));"); await worker.terminate(); process.exitCode = 7;', 7],
  'the end of a thread that is blocked': ['const worker = await thread("client.massUpdateSync(ids, \'v\', 1, { onProgress: () => { parentPort.postMessage(1); } });"); await worker.terminate(); process.exitCode = 7;', 7],
  'process.exit in a thread': ['const worker = await thread("update(); begun.then(() => { parentPort.postMessage(1); process.exit(3); });"); worker.once("exit", (code) => { process.exitCode = code + 4; });', 7],
};
// The threads of the runs are being started then.
for (const ms of [10, 30, 60, 100]) {
  ENDINGS[`process.exit after ${ms} ms`] = [`for (let k = 0; k < 8; k++) update(); setTimeout(() => process.exit(7), ${ms});`, 7];
}

test('the end during a run', { concurrency: 4 }, async (t) => {
  const sandbox = await Sandbox.start(t, ['--latency', '20']);
  await Promise.all(Object.entries(ENDINGS).map(([name, [body, code]]) => t.test(name, async () => {
    const ended = await node(['-e', script(body), sandbox.url, TOKEN]);
    assert.equal(ended.code, code, ended.stderr);
    // The run would take minutes.
    assert(ended.seconds < 30, `it took ${ended.seconds} s`);
    assert.doesNotMatch(ended.stderr, /FATAL|Assertion|panicked/);
  })));
});

test('while the service is silent, the end waits for the requests in flight, for a bounded time', async (t) => {
  const sandbox = await Sandbox.start(t, ['--latency', '60000']);
  const ended = await node(['-e', script('update(); await begun; process.exit(7);'), sandbox.url, TOKEN]);
  assert.equal(ended.code, 7, ended.stderr);
  assert(ended.seconds < 30, `it took ${ended.seconds} s`);
});

test('a run is completed before the process ends by itself', async (t) => {
  const sandbox = await Sandbox.start(t, ['--latency', '5']);
  const ended = await node(['-e', script("client.massUpdate(ids.slice(0, 100), 'v', 1);"), sandbox.url, TOKEN]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(Object.keys(await sandbox.ledger('v')).length, 100);
});

test('a client of each thread', async (t) => {
  const sandbox = await Sandbox.start(t);
  const body = `for (let k = 0; k < 3; k++) {
    await thread("client.massUpdate([" + (k + 1) + "], 'v', 1).then(() => { client.massUpdateSync([" + (k + 10) + "], 'v', 1); parentPort.postMessage(1); });");
  }`;
  const ended = await node(['-e', script(body), sandbox.url, TOKEN]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual(Object.keys(await sandbox.ledger('v')), ['1', '2', '3', '10', '11', '12']);
});

test('hundreds of runs leave nothing behind', async (t) => {
  const sandbox = await Sandbox.start(t);
  const body = `
    for (let k = 0; k < 50; k++) await client.massUpdate([k + 1], 'v', 1, { onProgress() {} });
    for (let k = 0; k < 9000; k++) client.massUpdateSync([], 'v', 1);
    console.log(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length, require('fs').readdirSync('/proc/self/task').length);`;
  const ended = await node(['-e', script(body), sandbox.url, TOKEN]);
  assert.equal(ended.code, 0, ended.stderr);
  const [ports, threads] = ended.stdout.trim().split(' ').map(Number);
  assert(ports <= 1 && threads < 40, ended.stdout);
});

