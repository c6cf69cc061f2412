// The door of `npm start` and `npm test`. It runs under whatever Node.js is there (18 or newer), sees to a Node.js and a
// yarn that serve, installs the dependencies, and hands over to scripts/<command>.mjs under that Node.js.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { onStop } from './lib/processes.mjs';
import { runMain, Stop } from './lib/say.mjs';
import { ensureInstalled, ensureToolchain, root } from './lib/toolchain.mjs';
import { watchStarter } from './lib/watchStarter.mjs';

const [command, ...args] = process.argv.slice(2);

runMain(async () => {
  if (!['start', 'test'].includes(command))
    throw new Stop(`Unknown command ${command}: use npm start or npm test.`);
  const toolchain = await ensureToolchain();
  await ensureInstalled(toolchain);
  const child = spawn(
    toolchain.node,
    [path.join(root, 'scripts', `${command}.mjs`), ...args],
    {
      cwd: root,
      env: toolchain.env,
      // The channel carries nothing: when it closes, the child knows that we were killed.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  // A terminal sends Ctrl-C to the whole group; a supervisor may signal only us. Either way the child decides when all is
  // put away, and we end after it.
  onStop(signal => child.kill(signal));
  watchStarter(() => child.kill('SIGTERM'));
  process.exitCode = await new Promise(resolve =>
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 130 : 1))),
  );
});
