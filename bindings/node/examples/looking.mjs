// Only e-mail addresses: check what the update needs, look the ids up, update, and read some values back.
import { Client } from 'usercom';

const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL });
const scores = new Map([['ann@shop.example', 12], ['bob@shop.example', 7]]);

const check = await client.check('score', ...scores.values());
console.log(String(check)); // a line for each thing that it looked at
if (!check.passed) process.exit(1);

/** @type {[number, number][]} */
const rows = [];
for await (const user of client.users(['score'])) { // page by page
  const score = scores.get(user.email?.toLowerCase() ?? '');
  if (score !== undefined && score !== user.attributes.score) rows.push([user.id, score]);
}

const report = await client.massUpdateRows(rows, 'score', { verify: 5 });
console.log(`${report.confirmed} updated; read back: ${report.verified} as sent, ${report.mismatched} otherwise`);
