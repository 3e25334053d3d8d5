'use strict';
// The worker threads that runs are on. A few are kept for the next runs; they don't keep the process alive.

const path = require('node:path');
const { Worker } = require('node:worker_threads');
const library = require('./library');

const KEPT = 4;
const idle = [];
/** How many threads are loading the library. */
const starting = new Int32Array(new SharedArrayBuffer(4));
const LONGEST_START_MS = 5000;

/** koffi ends the process with an abort if its thread is stopped while it is being loaded. */
function waitForStarting() {
  const end = Date.now() + LONGEST_START_MS;
  for (let n; (n = Atomics.load(starting, 0)) > 0;) {
    if (Atomics.wait(starting, 0, n, Math.max(0, end - Date.now())) === 'timed-out') return;
  }
}

/** Runs a job on a thread of its own. Resolves to its result: of a run, the address of its report. */
function onThread(job, tell) {
  return new Promise((resolve, reject) => {
    const worker = idle.pop() ?? start();
    const finish = (settle, value) => {
      worker.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
      settle(value);
    };
    worker.on('message', ([what, ...details]) => {
      if (what !== 'result') return tell(what, ...details);
      finish(resolve, details[0]);
      return keep(worker);
    });
    worker.on('error', (error) => finish(reject, error));
    worker.on('exit', (code) => finish(reject, new Error(`the thread of the run ended, with code ${code}`)));
    worker.ref();
    worker.postMessage(job);
  });
}

function start() {
  if (!process.listeners('exit').includes(waitForStarting)) process.on('exit', waitForStarting);
  Atomics.add(starting, 0, 1);
  return new Worker(path.join(__dirname, 'worker.js'), {
    execArgv: [], // loaders and hooks of the program are not for this file
    env: { ...process.env, USERCOM_LIBRARY: library.path },
    name: 'usercom',
    workerData: starting,
  });
}

function keep(worker) {
  worker.unref();
  if (idle.length >= KEPT) {
    worker.terminate();
    return;
  }
  idle.push(worker);
  const drop = () => {
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
  };
  worker.on('exit', drop);
  worker.on('error', drop);
}

module.exports = { onThread };
