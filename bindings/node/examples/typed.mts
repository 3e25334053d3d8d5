// The same with types.
import { Client, Status, type Report, type Rows } from 'usercom';

export async function writeScores(client: Client, rows: Rows<number>, signal?: AbortSignal): Promise<Report> {
  const report = await client.massUpdateRows(rows, 'score', { signal, deadlineMs: 60_000 });
  if (report.status === Status.PARTIAL) {
    for (const failure of report.failures) console.warn(failure.id, failure.message);
  }
  return report;
}
