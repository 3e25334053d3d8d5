'use strict';
// Runs the cases of tests/conformance: reads a call per line as JSON, and prints its outcome as a line of JSON.
// tests/conformance/main.rs starts it and compares.

const readline = require('node:readline');
const usercom = require('..');

const { CalendarDate, Client, Float, Json } = usercom;

/** What the callback throws. */
class Thrown extends Error {}

const number = (text) => Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'));
const VALUES = {
  boolean: (text) => text === 'true',
  integer: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)),
  float: (text) => (Number.isFinite(number(text)) ? new Float(number(text)) : number(text)),
  float32: (text) => new Float(number(text), 32),
  text: String,
  date: (text) => new CalendarDate(text),
  datetime: (text) => new Date(text),
  choices: (list) => list,
  json: (text) => new Json(text),
  null: (nothing) => nothing,
};
const valueOf = ({ type, value }) => VALUES[type](value);

const camelCase = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const optionsOf = (options) => Object.fromEntries(Object.entries(options).map(([name, value]) => [
  camelCase(name), name === 'rate_limit' ? { requests: value.requests, perMs: value.per_ms } : value,
]));

function hooks(hook) {
  if (hook === 'cancel_before') return { signal: AbortSignal.abort() };
  if (hook === 'stop_in_progress') return { onProgress: () => false };
  return hook === 'throw_in_progress' ? { onProgress: () => { throw new Thrown('thrown by the callback'); } } : {};
}

async function run(call) {
  const custom = call.function.includes('custom_ids');
  const ids = call.ids.map((id) => (custom ? id : BigInt(id)));
  if (call.function === 'one_shot') {
    process.env.USERCOM_BASE_URL = call.url;
    return usercom.massUpdate(call.subdomain, call.token, ids, call.attribute, valueOf(call.value));
  }
  const options = optionsOf(call.client);
  if (call.url) options.baseUrl = call.url;
  const client = new Client(call.subdomain, call.token, options);
  const what = call.function.includes('rows')
    ? [ids.map((id, at) => [id, valueOf(call.values[at])]), call.attribute]
    : [ids, call.attribute, valueOf(call.value)];
  return client[camelCase(call.function)](...what, { ...hooks(call.hook), ...optionsOf(call.run) });
}

function outcome(report) {
  return {
    status: report.status,
    message: report.message,
    states: [...report.states].map((state) => 'NCRU'[state]).join(''),
    failures: [...report.failures].map(({ index, httpStatus, message }) => [index, httpStatus ?? 0, message]),
  };
}

async function told(call) {
  try {
    return outcome(await run(call));
  } catch (error) {
    if (error instanceof Thrown) return { status: null, message: error.message };
    if (!(error instanceof usercom.UserComError)) throw error;
    const { report, status, message, name } = error;
    const refused = !report || status === usercom.Status.INVALID_ARGUMENT;
    return { ...(refused ? {} : outcome(report)), status, message, raised: name };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await told(JSON.parse(line)))}\n`);
  }
}

main();
