// Runs a program that is no Node program, so that it ends with the one that started it: `node program.cjs <command> <args…>`.
const { spawn } = require('node:child_process');

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: 'inherit' });
child.once('error', error => {
  process.stderr.write(`${command}: ${error.message}\n`);
  process.exit(1);
});
child.once('exit', code => process.exit(code ?? 1));
for (const signal of ['SIGTERM', 'SIGINT'])
  process.on(signal, () => child.kill(signal));
process.on('exit', () => child.kill('SIGKILL'));
