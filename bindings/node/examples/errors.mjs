// What can go wrong, and what is known of each id then.
import { Client, IdState, InvalidArgument, UserComError } from 'usercom';

const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL });

try {
  const report = await client.massUpdate([10, 15, 999999], 'plan', 'pro');
  console.log(`${report.confirmed} of ${report.total} confirmed`);
  for (const { id, state, message } of report.failures) {
    console.log(`id ${id}: ${state === IdState.REJECTED ? 'rejected' : 'unknown'}, ${message}`);
  }
} catch (error) {
  if (error instanceof InvalidArgument) {
    console.error('correct the call:', error.message); // nothing was sent
  } else if (error instanceof UserComError) {
    console.error(error.code, error.message, String(error.report)); // stopped early; the report knows each id
  } else {
    throw error;
  }
}
