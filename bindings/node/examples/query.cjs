// A value for each user, from the rows of a query: pg and mysql2 return arrays of objects like these.
const { Client } = require('usercom');

/** @param {{ user_id: string, score: number }[]} rows */
async function writeScores(rows) {
  const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL });
  // int8 columns are text in pg, so Number(…); ids beyond 2^53 would need BigInt(…).
  const report = await client.massUpdateRows(rows.map((row) => /** @type {const} */ ([Number(row.user_id), row.score])), 'score');
  report.raiseForFailures(); // throws PartialUpdate unless every id is confirmed
  return report;
}

writeScores([{ user_id: '10', score: 7 }, { user_id: '15', score: 9 }]).then((report) => console.log(report.message));
