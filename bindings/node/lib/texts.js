'use strict';
// Many texts in memory, as the library takes them: `const char *const *`.

const { loneSurrogate } = require('./described');
const { InvalidArgument } = require('./errors');
const { addressOf, shared } = require('./library');
const { surrogate } = require('./values');

// A string of JavaScript has a maximum length, so that not all of them can be joined at once.
const CHUNK = 8192;

/**
 * The texts, each with a NUL at its end, and their addresses. Both must live as long as they are used.
 * `where(at)` names a text in a message.
 */
function table(texts, where) {
  const chunks = [];
  let bytes = 0;
  for (let from = 0; from < texts.length; from += CHUNK) {
    const part = texts.slice(from, from + CHUNK);
    const joined = `${part.join('\0')}\0`;
    if (loneSurrogate(joined) >= 0 || joined.split('\0').length !== part.length + 1) refuse(part, from, where);
    chunks.push(joined);
    bytes += Buffer.byteLength(joined);
  }
  const memory = Buffer.from(shared(bytes));
  let end = 0;
  for (const chunk of chunks) end += memory.write(chunk, end);
  const addresses = new BigUint64Array(shared(texts.length * 8));
  const halves = new Uint32Array(addresses.buffer);
  const start = Number(addressOf(memory) ?? 0n);
  let at = 0;
  for (let k = 0; k < texts.length; k++) {
    const address = start + at;
    halves[2 * k] = address % 2 ** 32; // without a BigInt for each
    halves[2 * k + 1] = address / 2 ** 32;
    at = memory.indexOf(0, at) + 1;
  }
  return { memory, addresses };
}

function refuse(texts, from, where) {
  texts.forEach((text, k) => {
    const nul = text.indexOf('\0');
    if (nul >= 0) throw new InvalidArgument(`${where(from + k)} has a NUL character after ${nul} others; take it out`);
    const lone = loneSurrogate(text);
    if (lone >= 0) throw new InvalidArgument(`${where(from + k)}: ${surrogate(lone)}`);
  });
}

module.exports = { table };
