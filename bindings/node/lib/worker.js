'use strict';
// The thread of a run or of a reading. It lives on for the next one.

const { parentPort } = require('node:worker_threads');
const { look } = require('./look');
const { perform } = require('./perform');

parentPort.on('message', (job) => {
  const result = job.look ? look(job) : perform(job, (...event) => parentPort.postMessage(event));
  parentPort.postMessage(['result', result]);
});
