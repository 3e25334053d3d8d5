// With a journal, repeating the identical call resumes a run that was stopped, killed or failed.
import { Client, IdState, UserComError } from 'usercom';

const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL });
const ids = Array.from({ length: 2000 }, (_, k) => k + 1);
const update = () => client.massUpdate(ids, 'plan', 'pro', { journalDir: 'usercom-journal' });

/** @type {import('usercom').Report} */
let report;
try {
  report = await update();
} catch (error) {
  if (!(error instanceof UserComError && error.report)) throw error;
  report = await update(); // sends only what is neither confirmed nor rejected
}

// Without a journal, send the unknown ones again.
const unknown = ids.filter((_, index) => report.states[index] === IdState.UNKNOWN);
if (unknown.length > 0) report = await client.massUpdate(unknown, 'plan', 'pro');
console.log(report.message);
