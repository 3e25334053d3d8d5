// One call with all defaults. USERCOM_BASE_URL=http://127.0.0.1:8080 sends it to a `usercom sandbox` instead.
import { massUpdate } from 'usercom';

const token = process.env.USERCOM_TOKEN; // the REST API key, 64 characters

const report = await massUpdate('acme', token, [10, 15, 22, 23], 'plan', 'pro');
console.log(report.confirmed, 'of', report.total);
