'use strict';
// The C library: where it is found, and what it gives.

const { resolve } = require('node:path');
const { ABI_VERSION, CALLBACKS, FUNCTIONS } = require('./generated');

const PLATFORM = `@usercom/${process.platform}-${process.arch}-gnu`;
const BUILD = 'build it in a clone of the repository (`make lib`, see its README.md), '
  + 'and set the environment variable USERCOM_LIBRARY to the path of target/lib/libusercom.so';

/** The paths to try, in order. If USERCOM_LIBRARY is set, nothing else is tried. */
function candidates() {
  const named = process.env.USERCOM_LIBRARY;
  if (named) return [named.includes('/') ? resolve(named) : named]; // the threads of runs start later, perhaps elsewhere
  const paths = ['libusercom.so.0'];
  try {
    paths.unshift(require.resolve(`${PLATFORM}/libusercom.so`));
  } catch {
    // Not installed: npm leaves out what is for other platforms.
  }
  return paths;
}

function load() {
  const tried = [];
  for (const path of candidates()) {
    try {
      return [path, koffi.load(path)];
    } catch (error) {
      tried.push(`  ${path}: ${error.message}`);
    }
  }
  const why = process.env.USERCOM_LIBRARY
    ? 'usercom: USERCOM_LIBRARY names no library that can be loaded'
    : `usercom: there is no C library for ${process.platform} ${process.arch}, because the package ${PLATFORM} `
      + 'is not installed or does not fit this system (it is for glibc, so not for Alpine; '
      + 'npm leaves it out with --omit=optional)';
  throw unavailable(`${why}; ${BUILD}. Tried:\n${tried.join('\n')}`);
}

function unavailable(message) {
  return Object.assign(new Error(message), { code: 'ERR_USERCOM_LIBRARY' });
}

/** What calls C. Its binary for this platform is in an optional package of its own. */
function caller() {
  try {
    return require('koffi');
  } catch (error) {
    throw unavailable(`usercom: the package koffi, which calls the C library, can't be loaded (${error.message.split('\n')[0]}); `
      + 'install again without --omit=optional, which leaves its binary out; a bundler must leave out usercom and koffi');
  }
}

const koffi = caller();
const [path, library] = load();
const callbacks = Object.fromEntries(CALLBACKS.map((prototype) => {
  const type = koffi.proto(prototype);
  return [prototype.match(/(\w+)\(/)[1], koffi.pointer(type)];
}));
const lib = {};
let missing;
for (const prototype of FUNCTIONS) {
  const name = prototype.match(/(\w+)\(/)[1];
  try {
    lib[name] = library.func(prototype);
  } catch {
    missing ??= name;
  }
}
const abi = lib.uc_abi_version?.();
if (abi !== undefined && abi !== ABI_VERSION) {
  throw unavailable(`usercom: ${path} has version ${abi} of the interface, this package needs ${ABI_VERSION}: `
    + 'install the two from the same release');
}
if (missing) throw unavailable(`usercom: ${path} is not the library that this package needs: it has no ${missing}`);

/** A pointer to memory of a typed array. It is valid as long as the array exists. */
function addressOf(array) {
  return array.byteLength === 0 ? null : koffi.address(array);
}

/** Calls `use` with C functions for callbacks, which exist until it returns. */
function withCallbacks(functions, use) {
  const registered = [];
  try {
    for (const [name, call] of Object.entries(functions)) registered.push(koffi.register(call, callbacks[name]));
    return use(...registered);
  } finally {
    registered.forEach((pointer) => koffi.unregister(pointer));
  }
}

/** Memory that both a run's thread and this one may hold, and that never moves. */
function shared(bytes) {
  return new SharedArrayBuffer(bytes);
}

module.exports = { lib, path, addressOf, withCallbacks, shared };
