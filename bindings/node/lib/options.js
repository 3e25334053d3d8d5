'use strict';
// Sets any option by its name. What JavaScript has for its kind becomes what the library takes.

const { fileURLToPath } = require('node:url');
const { errorOf } = require('./error');
const { InvalidArgument } = require('./errors');
const { described, kindOf } = require('./described');
const { CLIENT_OPTIONS, RUN_OPTIONS, Status } = require('./generated');
const { lib } = require('./library');
const { text } = require('./values');

/** The options as [name in JavaScript, name in C, JSON]. `own` are those that this package handles itself. */
function converted(given, known, own, whose) {
  if (given === undefined || given === null) return [];
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new InvalidArgument(`options: is ${described(given)}; use an object, such as { ${[...Object.keys(known), ...own][0]}: … }`);
  }
  const list = [];
  for (const [name, value] of Object.entries(given)) {
    if (own.includes(name)) continue;
    if (!Object.hasOwn(known, name)) {
      const names = [...Object.keys(known), ...own];
      const similar = names.find((other) => alike(other, name));
      const use = similar ? `did you mean ${similar}?` : `the options are ${names.join(', ')}`;
      throw new InvalidArgument(`${name}: is not an option of ${whose}; ${use}`);
    }
    if (value === undefined || value === null) continue;
    const [cName, kind] = known[name];
    list.push([name, cName, conversions[kind](name, value)]);
  }
  return list;
}

function abortSignal(signal) {
  if (signal === undefined || signal === null) return undefined;
  if (typeof signal === 'object' && typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function') return signal;
  throw new InvalidArgument(`signal: is ${kindOf(signal)}; use an AbortSignal, the signal of an AbortController`);
}

const alike = (a, b) => {
  const plain = (name) => name.toLowerCase().replace(/_|ms$/g, '');
  return plain(a) === plain(b) || plain(a).startsWith(plain(b)) || plain(b).startsWith(plain(a));
};

/** Sets them through `uc_options_set` or `uc_run_options_set`. */
function set(setter, handle, list) {
  for (const [name, cName, json] of list) {
    const status = lib[setter](handle, cName, json);
    if (status !== Status.OK) {
      const message = lib.uc_last_error();
      throw errorOf(status, message.startsWith(`${cName}:`) ? name + message.slice(cName.length) : reworded(message));
    }
  }
}

const conversions = {
  text: (name, value) => JSON.stringify(text(name, value instanceof URL ? value.href.replace(/\/$/, '') : value)),
  path: (name, value) => JSON.stringify(text(name, path(name, value))),
  flag(name, value) {
    if (typeof value !== 'boolean') throw new InvalidArgument(`${name}: is ${described(value)}; use true or false`);
    return String(value);
  },
  count,
  time(name, value) {
    if (typeof value === 'number' && value > 0 && value < 2 ** 53) return count(name, Math.ceil(value)); // never 0
    if (Number(value) === 0) throw new InvalidArgument(`${name}: is 0; use at least 1 (milliseconds), or null for the default`);
    return count(name, value);
  },
  rate(name, value) {
    if (typeof value === 'object') {
      const wrong = Object.keys(value).find((key) => !['requests', 'perMs'].includes(key));
      if (wrong || value.requests === undefined || value.perMs === undefined) {
        throw new InvalidArgument(`${name}: use a number of requests per second, or { requests: 5, perMs: 1000 }`);
      }
      return `{"requests":${count(name, value.requests, 2 ** 32)},"per_ms":${conversions.time(name, value.perMs)}}`;
    }
    if (typeof value !== 'number' || !(value >= 0) || value === Infinity) {
      throw new InvalidArgument(`${name}: is ${described(value)}; use a number of requests per second, 0 for no limit`);
    }
    // Requests are spaced evenly, so 1,000 s say the same as 1 s, with three more digits.
    const requests = Math.max(Math.round(Math.min(value * 1000, 2 ** 32 - 1)), value > 0 ? 1 : 0);
    return `{"requests":${requests},"per_ms":1000000}`;
  },
};

/** A whole number. The library knows the bounds of the option. */
function count(name, value, below = 2 ** 64) {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
    throw new InvalidArgument(`${name}: is ${described(value)}; use a whole number`);
  }
  if (value < 0 || value >= below) throw new InvalidArgument(`${name}: is ${value}; use a number that is not negative and fits`);
  return String(value === 0 ? 0 : value); // -0
}

function path(name, value) {
  if (!(value instanceof URL)) {
    if (typeof value === 'string') return value;
    throw new InvalidArgument(`${name}: is ${kindOf(value)}; use a path`);
  }
  try {
    return fileURLToPath(value);
  } catch (error) {
    throw new InvalidArgument(`${name}: ${error.message}; use a path or a file: URL`);
  }
}

// What the library's messages call the options and arguments. Names of one word may be words of the sentence, too.
const NAMES = Object.fromEntries(
  [...Object.entries(CLIENT_OPTIONS), ...Object.entries(RUN_OPTIONS)]
    .flatMap(([name, [cName]]) => [[cName, name], [cName.replace(/_ms$/, ''), name]])
    .filter(([cName]) => cName.includes('_'))
    .concat([['custom_ids', 'customIds']]),
);
const NAMED = new RegExp(`\\b(${Object.keys(NAMES).sort((a, b) => b.length - a.length).join('|')})\\b`, 'g');

/** A message of the library, with the names that JavaScript has. */
function reworded(message) {
  return message.replace(NAMED, (name) => NAMES[name]);
}

module.exports = { abortSignal, converted, set, reworded };
