'use strict';
// The thread of a run. It lives on for the next one.

const { parentPort } = require('node:worker_threads');
const { perform } = require('./perform');

parentPort.on('message', (job) => {
  const report = perform(job, (...event) => parentPort.postMessage(event));
  parentPort.postMessage(['report', report]);
});
