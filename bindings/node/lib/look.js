'use strict';
// One call into the library that only reads, on the thread that is to be blocked.

const { Status } = require('./generated');
const { lib } = require('./library');

const jobs = {
  check({ client, attribute, values, count }) {
    const out = [null];
    const status = lib.uc_client_check(client, attribute, values, count, out);
    return { ...outcome(status), pointer: out[0] };
  },

  /** At most `count` users as [JSON, the cursor after it], and whether there are more. */
  users({ pointer, count }) {
    const users = [];
    const json = [null];
    while (users.length < count) {
      const status = lib.uc_users_next(pointer, json);
      if (status !== Status.OK || json[0] === null) return { ...outcome(status), users, ended: status === Status.OK };
      users.push([json[0], lib.uc_users_cursor(pointer)]);
    }
    return { ...outcome(Status.OK), users, ended: false };
  },
};

/** The message is that of the thread. */
function outcome(status) {
  return { status, message: status === Status.OK ? '' : lib.uc_last_error() };
}

function look(job) {
  return jobs[job.look](job);
}

module.exports = { look };
