'use strict';
// The kinds of values that JavaScript lacks: a date without a time, a number with its point, JSON text.

const { types } = require('node:util');
const { InvalidArgument } = require('./errors');
const { described, kindOf } = require('./described');

const two = (number) => String(number).padStart(2, '0');

/** Why the three are no date, or undefined. */
function dateProblem(year, month, day) {
  if (![year, month, day].every(Number.isInteger)) return 'has a part that is no whole number';
  if (year < 1 || year > 9999) return `the year ${year} is not one from 1 to 9999`;
  if (month < 1 || month > 12) return `there is no month ${month}; months count from 1`;
  const last = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  if (day < 1 || day > last) return `the month ${year}-${two(month)} has no day ${day}`;
  return undefined;
}

class CalendarDate {
  constructor(year, month, day) {
    if (arguments.length === 1) {
      const text = year;
      if (types.isDate(text)) throw new InvalidArgument('value: CalendarDate takes no Date, whose day depends on the place; use CalendarDate.from(date), for the day in UTC, or CalendarDate.from(date, timeZone)');
      if (typeof text !== 'string') throw new InvalidArgument(`value: CalendarDate takes text or (year, month, day), not ${kindOf(text)}`);
      const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
      if (!parts) throw new InvalidArgument(`value: ${described(text)} is no date; write it as 2026-11-23`);
      [year, month, day] = parts.slice(1).map(Number);
    }
    const problem = dateProblem(year, month, day);
    if (problem) throw new InvalidArgument(`value: CalendarDate: ${problem}`);
    Object.assign(this, { year, month, day });
    Object.freeze(this);
  }

  static from(date, timeZone = 'UTC') {
    if (!types.isDate(date) || Number.isNaN(date.getTime())) {
      throw new InvalidArgument(`value: CalendarDate.from takes a valid Date, not ${types.isDate(date) ? 'an invalid one' : kindOf(date)}`);
    }
    let format;
    try {
      format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn', { timeZone, era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' });
    } catch {
      throw new InvalidArgument(`value: CalendarDate.from: there is no time zone ${described(timeZone)}; use a name such as 'Europe/Warsaw'`);
    }
    if (timeZone === 'UTC') return new CalendarDate(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
    const parts = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
    return new CalendarDate(Number(parts.year), Number(parts.month), Number(parts.day));
  }

  toString() {
    return `${String(this.year).padStart(4, '0')}-${two(this.month)}-${two(this.day)}`;
  }

  toJSON() {
    return this.toString();
  }
}

class Float {
  constructor(value, bits = 64) {
    if (typeof value !== 'number') throw new InvalidArgument(`value: Float takes a number, not ${kindOf(value)}`);
    if (bits !== 32 && bits !== 64) throw new InvalidArgument(`value: Float has 32 or 64 bits, not ${described(bits)}`);
    const exact = bits === 32 ? Math.fround(value) : value;
    if (!Number.isFinite(exact)) throw new InvalidArgument(`value: ${exact} does not exist in JSON; send a number or leave the ids out`);
    Object.assign(this, { value: exact, bits });
    Object.freeze(this);
  }
}

class Json {
  constructor(text) {
    if (typeof text !== 'string') throw new InvalidArgument(`value: Json takes text, not ${kindOf(text)}`);
    const nul = text.indexOf('\0');
    if (nul >= 0) throw new InvalidArgument(`value: the JSON has a NUL character after ${nul} others; take it out`);
    if (/\p{Surrogate}/u.test(text)) throw new InvalidArgument("value: the JSON has half of a surrogate pair, which can't be written in UTF-8");
    this.text = text;
    Object.freeze(this);
  }
}

/** A float as the library's own language writes it, so that it is the same bytes from every language. */
function floatText(value, bits) {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [, sign, first, rest = '', power] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(shortest(value, bits));
  const exponent = Number(power);
  if (exponent < -5 || exponent >= 16) return `${sign}${first}${rest && `.${rest}`}e${exponent < 0 ? '' : '+'}${exponent}`;
  const digits = first + rest;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** The fewest digits that are read back as the same number, with an exponent. */
function shortest(value, bits) {
  if (bits === 64) return value.toExponential();
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text.replace(/\.?0+e/, 'e');
  }
  return value.toExponential();
}

module.exports = { CalendarDate, Float, Json, floatText };
