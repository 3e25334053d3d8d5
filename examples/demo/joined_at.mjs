// Gives everybody who joined before the shop was open to all the day of its opening: the Node.js part of `make demo`.

import { readFileSync, writeFileSync } from 'node:fs';
import { massUpdate } from '../../bindings/node/index.mjs';

const OPENED = new Date('2019-09-01T09:00:00Z');

const [usersCsv, confirmedTxt] = process.argv.slice(2);
const [header, ...users] = readFileSync(usersCsv, 'utf8').trim().split('\n').map((line) => line.split(','));
const joinedAt = header.indexOf('joined_at');
const ids = users.filter((user) => new Date(user[joinedAt]) < OPENED).map((user) => Number(user[header.indexOf('id')]));
console.log(`${ids.length} users joined before ${OPENED.toISOString().slice(0, 10)}`);

// Rejects with PartialUpdate, or another UserComError, unless every single id is confirmed.
await massUpdate('demo', process.env.USERCOM_TOKEN, ids, 'joined_at', OPENED);

console.log(`${ids.length} of ${ids.length} ids confirmed`);
writeFileSync(confirmedTxt, ids.map((id) => `${id}\n`).join(''));
