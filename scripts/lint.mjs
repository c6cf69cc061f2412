// `yarn lint`: ESLint over every package, then the import rules of the house (.dependency-cruiser.cjs).
import path from 'node:path';
import { run } from './lib/processes.mjs';
import { root } from './lib/toolchain.mjs';

const fix = process.argv.includes('--fix');
const steps = [
  ['yarn', ['backstage-cli', 'repo', 'lint', ...(fix ? ['--fix'] : [])]],
  [
    'yarn',
    [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      'packages',
      'plugins',
      'examples',
    ],
  ],
];
for (const [command, args] of steps) {
  const { code } = await run(command, args, {
    cwd: path.resolve(root),
    env: process.env,
    onLine: line => process.stdout.write(`${line}\n`),
  });
  if (code !== 0) process.exitCode = 1;
}
