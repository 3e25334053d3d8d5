import { massUpdate } from 'usercom';

const report = await massUpdate('acme', process.env.USERCOM_TOKEN, [10, 15, 22, 23], 'plan', 'pro');
console.log(report.confirmed, 'of', report.total);
