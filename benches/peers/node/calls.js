'use strict';
// Node.js's HTTP clients, with one connection that is kept: "axios" with an agent, "fetch" as Node.js has it built in,
// "undici" by its fastest documented call; and "usercom". Arguments: which of them, the URL of the call, for usercom the
// base URL, and the work of a call. Talks as ../protocol.h says.

const http = require('node:http');
const https = require('node:https');
const readline = require('node:readline');

const [which, url, kind] = process.argv.slice(2);
const [n, size] = process.argv.slice(5).map(Number);
const OK = '{"status":"ok"}';
const TOKEN = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const headers = { authorization: `Token ${TOKEN}`, 'content-type': 'application/json' };
const ids = n === 4 ? [10, 15, 22, 23] : Array.from({ length: n }, (_, at) => 1_000_000 + at);
const customIds = kind === 'custom' ? ids.map((id) => `u-${id}`) : undefined;
const rows = kind === 'rows' ? ids.map((id) => [id, `plan ${id % 100}`]) : undefined;

/** What each request of a call has to send. */
function* requests() {
  const groups = new Map();
  if (!rows) groups.set('pro', customIds ?? ids);
  for (const [id, plan] of rows ?? []) {
    const group = groups.get(plan);
    if (group) group.push(id);
    else groups.set(plan, [id]);
  }
  for (const [value, members] of groups) {
    for (let at = 0; at < members.length; at += size) {
      yield { ids: members.slice(at, at + size), attribute: 'plan', value };
    }
  }
}

function withAxios() {
  const axios = require('axios');
  const httpAgent = new http.Agent({ keepAlive: true });
  const httpsAgent = new https.Agent({ keepAlive: true });
  const settings = { headers, httpAgent, httpsAgent, proxy: false };
  return calling(async (data) => JSON.stringify((await axios.put(url, data, settings)).data));
}

function withFetch() {
  return calling(async (data) => (await fetch(url, { method: 'PUT', headers, body: JSON.stringify(data) })).text());
}

function withUndici() {
  const { request } = require('undici');
  return calling(async (data) => (await request(url, { method: 'PUT', headers, body: JSON.stringify(data) })).body.text());
}

function calling(send) {
  return async () => {
    for (const data of requests()) {
      if ((await send(data)) !== OK) process.exit(1);
    }
  };
}

function withUsercom() {
  const { Client } = require('../../../bindings/node');
  const client = new Client('acme', TOKEN, { baseUrl: url, rateLimit: 0, batchSize: size });
  const run = {
    ids: () => client.massUpdate(ids, 'plan', 'pro'),
    custom: () => client.massUpdateCustomIds(customIds, 'plan', 'pro'),
    rows: () => client.massUpdateRows(rows, 'plan'),
  }[kind];
  return async () => {
    if ((await run()).confirmed !== n) process.exit(1);
  };
}

async function main() {
  const call = { axios: withAxios, fetch: withFetch, undici: withUndici, usercom: withUsercom }[which]();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const wall = process.hrtime.bigint();
    const used = process.cpuUsage();
    for (let calls = Number(line); calls > 0; calls -= 1) await call();
    const { user, system } = process.cpuUsage(used);
    console.log(`${process.hrtime.bigint() - wall} ${1000 * (user + system)}`);
  }
}

main();
