// `npm run scenario [name]`: what the running example model sees. The agent and the service re-read the file.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { scenarioNames } from './lib/scenarios.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dataDir = path.resolve(
  process.env.AI_ASSURANCE_DATA_DIR ?? path.join(root, '.demo'),
);
const scenarios = scenarioNames();
const [name] = process.argv.slice(2);

if (!name || !scenarios.includes(name)) {
  process.stderr.write(
    `${
      name ? `There is no scenario "${name}". ` : ''
    }Choose one of: ${scenarios.join(
      ', ',
    )}. For example: npm run scenario dim\n`,
  );
  process.exitCode = 1;
} else if (!fs.existsSync(dataDir)) {
  process.stderr.write('The demo has not run yet. Begin with: npm start\n');
  process.exitCode = 1;
} else {
  fs.writeFileSync(path.join(dataDir, 'scenario'), `${name}\n`);
  process.stdout.write(
    `Scenario is now ${name}. The page shows its effect within about three minutes.\n`,
  );
}
