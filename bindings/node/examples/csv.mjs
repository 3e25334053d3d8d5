// The ids in the first column of a CSV file, which has a header: node csv.mjs users.csv
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Client } from 'usercom';

const ids = [];
for await (const line of createInterface({ input: createReadStream(process.argv[2] ?? 'users.csv') })) {
  if (/^\d/.test(line)) ids.push(Number(line.split(',')[0]));
}

const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL });
const report = await client.massUpdate(ids, 'newsletter', true);
console.log(String(report));
