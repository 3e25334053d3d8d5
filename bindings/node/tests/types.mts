// Checked by tsc, never run: what fits, and what does not.
import usercomDefault, * as usercom from 'usercom';
import { CalendarDate, Client, Float, IdState, Json, Status, UserComError, massUpdate, massUpdateSync } from 'usercom';

async function fits(): Promise<void> {
  const client = new Client('acme', 'token', { baseUrl: new URL('http://127.0.0.1'), rateLimit: { requests: 5, perMs: 1000 }, workers: null, log: console.log });
  const numbers: usercom.Report<number | bigint> = await client.massUpdate([1, 2n], 'v', true, { deadlineMs: 5, signal: AbortSignal.timeout(5), onProgress: (p) => p.done < 5 });
  const texts: usercom.Report<string> = client.massUpdateCustomIdsSync(new Set(['a']), 'v', { a: [1, null, new Date()] });
  await client.massUpdate(BigInt64Array.of(1n), 'v', new CalendarDate('2026-11-23'));
  await client.massUpdateRows([[1, 'a'], [2n, new Float(2)]] as const, 'v');
  await client.massUpdateRows(new Map<number, usercom.Value>([[1, 5]]), 'v');
  await client.massUpdateRowsCustomIds([['a', new Json('1')]], 'v', { allowNull: true });
  const report = await massUpdate('acme', 'token', (function* () { yield 1; })(), 'v', 'x');
  const check: usercom.Check = await client.check('score', 12, 'x');
  if (!check.passed && check.lines[0]?.finding === 'failed') console.log(client.checkSync().lines.length, String(check));
  const users = client.users(['score'], { cursor: null, signal: AbortSignal.timeout(5) });
  for await (const user of users) console.log(user.customId?.length, user.attributes['score'], users.cursor);
  for (const user of client.usersSync()) console.log(user.id + 1, texts.mismatches[0]?.id.length, texts.verified);
  const status: usercom.Status = report.status;
  if (status === Status.PARTIAL || numbers.states[0] === IdState.UNKNOWN) console.log(texts.failures[0]?.id.length);
  try {
    usercomDefault.massUpdateSync('acme', 'token', [1], 'v', 5n);
  } catch (error) {
    if (error instanceof usercom.PartialUpdate) console.log(error.report?.rejected, error.code);
    if (error instanceof UserComError) console.log(error.status);
  }
}

function doesNotFit(client: Client): void {
  // @ts-expect-error: ids of one's own have their own methods
  client.massUpdateSync(['a'], 'v', 1);
  // @ts-expect-error: there is no JSON for undefined
  client.massUpdateSync([1], 'v', undefined);
  // @ts-expect-error: not a function
  client.massUpdateSync([1], 'v', () => 1);
  // @ts-expect-error: an option of a run
  new Client('acme', 'token', { deadlineMs: 5 });
  // @ts-expect-error: an unknown option
  client.massUpdateSync([1], 'v', 1, { deadline: 5 });
  // @ts-expect-error: no object of rows
  client.massUpdateRowsSync({ 1: 2 }, 'v');
  // @ts-expect-error: no name of an attribute
  client.users([5]);
  // @ts-expect-error: made by a run only
  new usercom.Report();
  // @ts-expect-error: the token is missing
  massUpdateSync('acme', [1], 'v', 1);
}

export { doesNotFit, fits };
