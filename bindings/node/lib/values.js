'use strict';
// The values of attributes as JSON text, and texts as the library takes them.

const { types } = require('node:util');
const { CalendarDate, Float, Json, floatText } = require('./kinds');
const { described, kindOf, isPlain, loneSurrogate } = require('./described');
const { InvalidArgument } = require('./errors');

/** The JSON text of a value. Throws InvalidArgument, starting with `name`, for what has none. */
function toJson(value, name = 'value') {
  try {
    return encode(value, name, []);
  } catch (error) {
    if (error instanceof RangeError && !(error instanceof InvalidArgument)) {
      throw new InvalidArgument(`${name}: is nested too deeply`);
    }
    throw error;
  }
}

function encode(value, path, parents) {
  switch (typeof value) {
    case 'boolean': return String(value);
    case 'bigint': return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new InvalidArgument(`${path}: ${value} does not exist in JSON; send a number or leave the ids out`);
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : floatText(value, 64);
    case 'string': return quoted(value, path);
    case 'object': break;
    default: refuse(value, path);
  }
  if (value === null) return 'null';
  if (value instanceof Json) return value.text;
  if (value instanceof Float) return floatText(value.value, value.bits);
  if (value instanceof CalendarDate) return `"${value}"`;
  if (types.isDate(value)) return `"${moment(value, path)}"`;
  if (!Array.isArray(value) && (types.isProxy(value) || !isPlain(value))) refuse(value, path);
  if (parents.includes(value)) throw new InvalidArgument(`${path}: holds itself, which JSON can't`);
  parents.push(value);
  let text;
  if (Array.isArray(value)) {
    const items = [];
    for (let at = 0; at < value.length; at++) items.push(encode(value[at], `${path}[${at}]`, parents));
    text = `[${items.join(',')}]`;
  } else {
    const symbol = Object.getOwnPropertySymbols(value)[0];
    if (symbol) throw new InvalidArgument(`${path}: the key ${String(symbol)} is a symbol; JSON has only text for keys`);
    const member = ([key, item]) => `${quoted(key, `${path}: the key`)}:${encode(item, `${path}${step(key)}`, parents)}`;
    text = `{${Object.entries(value).map(member).join(',')}}`;
  }
  parents.pop();
  return text;
}

/** `.name`, or `["two words"]` */
function step(key) {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function moment(date, path) {
  const time = Date.prototype.getTime.call(date);
  if (Number.isNaN(time)) throw new InvalidArgument(`${path}: is an invalid Date; correct it or leave the ids out`);
  const year = Date.prototype.getUTCFullYear.call(date);
  if (year < 1 || year > 9999) throw new InvalidArgument(`${path}: the Date is in the year ${year} in UTC; use one from 1 to 9999`);
  return Date.prototype.toISOString.call(date).replace('.000Z', 'Z');
}

function quoted(text, path) {
  const lone = loneSurrogate(text);
  if (lone >= 0) throw new InvalidArgument(`${path}: ${surrogate(lone)}`);
  return JSON.stringify(text);
}

function surrogate(at) {
  return `character ${at + 1} is half of a surrogate pair, which can't be written in UTF-8`;
}

function refuse(value, path) {
  const use = 'use boolean, number, bigint, string, Date, CalendarDate, an array or a plain object';
  throw new InvalidArgument(`${path}: ${described(value)} can't be sent; ${use}${instead(value)}`);
}

/** What to write for a value of a kind that can't be sent. */
function instead(value) {
  if (typeof value === 'function') return ', here perhaps value()';
  if (value === undefined) return '; leave it out, or use null where null is meant';
  if (typeof value !== 'object') return '';
  if (types.isPromise(value)) return ', here await value';
  if (types.isMap(value)) return ', here Object.fromEntries(value); a value for each id goes to massUpdateRows';
  if (types.isSet(value)) return ', here [...value]';
  if (types.isBoxedPrimitive(value)) return ', here value.valueOf()';
  if (Buffer.isBuffer(value)) return ", here value.toString('utf8')";
  if (types.isTypedArray(value)) return ', here Array.from(value)';
  if (/^Temporal\.PlainDate$/.test(value[Symbol.toStringTag])) return ', here new CalendarDate(String(value))';
  if (/^Temporal\./.test(value[Symbol.toStringTag])) return ', here String(value)';
  if (typeof value.toJSON === 'function') return ', here value.toJSON()';
  return typeof value[Symbol.iterator] === 'function' ? ', here [...value]' : ', here { ...value }';
}

/** A text for the library, which a NUL would end. Messages never hold the text. */
function text(name, value) {
  if (typeof value !== 'string') {
    const unset = (value === undefined || value === null) && (name === 'subdomain' || name === 'token')
      ? '; is the environment variable set?' : '';
    throw new InvalidArgument(`${name}: is ${kindOf(value)}; use a string${unset}`);
  }
  const nul = value.indexOf('\0');
  if (nul >= 0) throw new InvalidArgument(`${name}: has a NUL character after ${nul} others; take it out`);
  const lone = loneSurrogate(value);
  if (lone >= 0) throw new InvalidArgument(`${name}: ${surrogate(lone)}`);
  return value;
}

module.exports = { toJson, text, surrogate };
