// Progress, a deadline, and Ctrl-C that leaves a report. The event loop stays free meanwhile.
import { Cancelled, Client } from 'usercom';

const client = new Client('acme', process.env.USERCOM_TOKEN, {
  baseUrl: process.env.USERCOM_BASE_URL,
  rateLimit: 8, // requests per second
  log: (level, message) => level <= 3 && console.error(message),
  logLevel: 3,
});
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

try {
  const report = await client.massUpdate(Array.from({ length: 5000 }, (_, k) => k + 1), 'score', 50, {
    signal: stop.signal,
    deadlineMs: 10 * 60 * 1000,
    onProgress: ({ done, total, waitingMs }) => console.log(`${done} of ${total}, waiting ${waitingMs} ms`),
  });
  console.log(report.message);
} catch (error) {
  if (!(error instanceof Cancelled)) throw error;
  console.log(`${error.report?.confirmed} confirmed before Ctrl-C`);
  process.exitCode = 130;
}
