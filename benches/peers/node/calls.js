'use strict';
// Node.js's HTTP clients, with one connection that is kept: "axios" with an agent, "fetch" as Node.js has it built in,
// "undici" by its fastest documented call. Arguments: which of them, the URL of the call, and the ids of each. Talks as
// ../protocol.h says.

const http = require('node:http');
const readline = require('node:readline');

const [which, url, size] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const SMALL = [10, 15, 22, 23];
const OK = '{"status":"ok"}';
const headers = {
  authorization: 'Token 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  'content-type': 'application/json',
};
const ids = size === SMALL.length ? SMALL : Array.from({ length: 1_000_000 }, (_, at) => 1_000_000 + at);
let at = 0;

function withAxios() {
  const axios = require('axios');
  const httpAgent = new http.Agent({ keepAlive: true });
  return async (data) => JSON.stringify((await axios.put(url, data, { headers, httpAgent, proxy: false })).data);
}

function withFetch() {
  return async (data) => (await fetch(url, { method: 'PUT', headers, body: JSON.stringify(data) })).text();
}

function withUndici() {
  const { request } = require('undici');
  return async (data) => (await request(url, { method: 'PUT', headers, body: JSON.stringify(data) })).body.text();
}

async function main() {
  const call = { axios: withAxios, fetch: withFetch, undici: withUndici }[which]();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const wall = process.hrtime.bigint();
    const used = process.cpuUsage();
    for (let n = Number(line); n > 0; n -= 1) {
      if ((await call({ ids: ids.slice(at, at + size), attribute: 'plan', value: 'pro' })) !== OK) process.exit(1);
      at = (at + size) % ids.length;
    }
    const { user, system } = process.cpuUsage(used);
    console.log(`${process.hrtime.bigint() - wall} ${1000 * (user + system)}`);
  }
}

main();
