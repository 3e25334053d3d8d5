// Every kind of value, and what is sent.
import { CalendarDate, Client, Float, Json } from 'usercom';

const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL, rateLimit: 50 });
const ids = [10, 15];

await client.massUpdate(ids, 'newsletter', true); // true
await client.massUpdate(ids, 'score', 50); // 50
await client.massUpdate(ids, 'discount', 0.1); // 0.1
await client.massUpdate(ids, 'ratio', new Float(2)); // 2.0
await client.massUpdate(ids, 'account', 12345678901234567890n); // 12345678901234567890
await client.massUpdate(ids, 'plan', 'pro'); // "pro"
await client.massUpdate(ids, 'last_order', new CalendarDate(2026, 11, 23)); // "2026-11-23"
await client.massUpdate(ids, 'seen', new Date('2026-11-23T10:00:00+01:00')); // "2026-11-23T09:00:00Z"
await client.massUpdate(ids, 'sizes', ['S', 'M']); // ["S","M"]
await client.massUpdate(ids, 'price', new Json('0.10')); // 0.10

await client.massUpdateCustomIds(['u-1', 'u-2'], 'plan', 'pro'); // your own ids
await client.massUpdateRows(new Map([[10, 7], [15, 9]]), 'points'); // a value for each user
