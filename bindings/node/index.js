'use strict';
// Set one attribute of many User.com users, with a report that says what is known of each id. See README.md.

const { Check } = require('./lib/check');
const { Client, massUpdate, massUpdateSync } = require('./lib/client');
const { UserComError } = require('./lib/error');
const errors = require('./lib/errors');
const { IdState, Status } = require('./lib/generated');
const { CalendarDate, Float, Json } = require('./lib/kinds');
const { lib } = require('./lib/library');
const { Report } = require('./lib/report');

module.exports = {
  Client,
  massUpdate,
  massUpdateSync,
  CalendarDate,
  Float,
  Json,
  Report,
  Check,
  Status,
  IdState,
  version: lib.uc_library_version(),
  UserComError,
  ...errors,
};
