// Fails when `prox` is beyond a budget that holds on any machine, however busy. Needs
// `cargo build --profile prox -p prox-cli`.

import { command, Problem } from '../../scripts/lib/cli.mjs';
import { program } from './prox.mjs';
import { holds, table } from './report.mjs';
import { budgets } from './supervisor.mjs';

command(import.meta.url, async () => {
  const rows = await budgets(program);
  console.log(table(rows));
  const over = rows.filter((row) => !holds(row)).map(({ name }) => name);
  if (over.length > 0) throw new Problem(`Beyond its limit: ${over.join('; ')}`);
});
