'use strict';
// The thread of a run or of a reading. It lives on for the next one.

const { parentPort, workerData: starting } = require('node:worker_threads');

let look;
let perform;
try {
  ({ look } = require('./look'));
  ({ perform } = require('./perform'));
} finally {
  Atomics.sub(starting, 0, 1);
  Atomics.notify(starting, 0);
}

parentPort.on('message', (job) => {
  const result = job.look ? look(job) : perform(job, (...event) => parentPort.postMessage(event));
  parentPort.postMessage(['result', result]);
});
