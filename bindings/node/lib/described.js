'use strict';
// What kind of thing a caller gave, and how a message calls it. Works for objects of other realms, too (vm, jest).

const { types } = require('node:util');

/** `an array`, `a Map`, `the text "15"`, `null` */
function described(value) {
  switch (typeof value) {
    case 'string': return `the text ${shortened(JSON.stringify(value))}`;
    case 'number': return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint': return `${shortened(String(value))}n`;
    case 'boolean': case 'undefined': return String(value);
    case 'function': return 'a function';
    case 'symbol': return 'a symbol';
    default: return kindOf(value);
  }
}

/** The same without the value, for what may be a secret. */
function kindOf(value) {
  if (value === null) return 'null';
  if (typeof value === 'undefined') return 'undefined';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  if (types.isProxy(value)) return 'a Proxy';
  let name;
  try {
    name = value.constructor?.name;
  } catch {
    name = undefined;
  }
  if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object';
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${shortened(name)}`;
}

function shortened(text) {
  const characters = Array.from(text.slice(0, 120));
  return characters.length > 50 ? `${characters.slice(0, 50).join('')}…` : text;
}

/** Made by `{}`, by JSON.parse, or without a prototype. */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty');
}

/** The index of the first half of a surrogate pair without its other half, or -1. */
function loneSurrogate(text) {
  return text.search(/\p{Surrogate}/u);
}

module.exports = { described, kindOf, isPlain, loneSurrogate };
