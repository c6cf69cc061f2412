// Runs a benchmark: `yarn bench` lists them, `yarn bench <name>` prints a table, `yarn bench <name> --json` one object.
// A benchmark is benches/<name>.ts. It runs in a process of its own and hands its result over by message, so that
// nothing else it prints can spoil the JSON.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, 'benches');
const names = readdirSync(folder)
  .filter(file => file.endsWith('.ts'))
  .map(file => file.slice(0, -3))
  .sort();

/** The first comment of a benchmark says what it measures. */
function descriptionOf(name) {
  const [, text = ''] =
    /^\/\*\*[\s*]*([\s\S]*?)\s*\*\//.exec(
      readFileSync(join(folder, `${name}.ts`), 'utf8'),
    ) ?? [];
  return text.replace(/^\*\s*/, '').replace(/\s*\n\s*\*\s*/g, ' ');
}

function list() {
  const width = Math.max(...names.map(name => name.length));
  return names
    .map(name => `${name.padEnd(width)}  ${descriptionOf(name)}`)
    .join('\n');
}

/** Three significant digits, grouped. */
const readable = value =>
  new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 }).format(value);

function table(result) {
  const rows = [
    ['figure', 'value', 'unit', 'ratio', 'against', 'goal', 'ok'],
    ...result.figures.map(figure => [
      figure.name,
      readable(figure.value),
      figure.unit,
      figure.ratio === null ? '–' : readable(figure.ratio),
      figure.against ?? '–',
      figure.goal ?? 'none asked',
      figure.ok ? 'yes' : 'NO',
    ]),
  ];
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  const isNumber = column => column === 1 || column === 3;
  const lines = rows.map(row =>
    row
      .map((cell, column) =>
        isNumber(column)
          ? cell.padStart(widths[column])
          : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
  return [`${result.bench}, ${result.at}`, '', ...lines].join('\n');
}

function run(name) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        '--require',
        '@backstage/cli/config/nodeTransform.cjs',
        '--expose-gc',
        join(folder, `${name}.ts`),
      ],
      // Whatever the benchmark prints goes to stderr; the result comes by message.
      {
        cwd: here,
        stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
        env: { ...process.env, NODE_ENV: 'production' },
      },
    );
    let figures;
    const stop = signal => child.kill(signal);
    process.once('SIGINT', stop).once('SIGTERM', stop);
    child.on('message', message => {
      // The transform that loads TypeScript talks on the same channel.
      if (message.figures) figures = message.figures;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (code === 0 && figures) resolve(figures);
      else
        reject(
          new Error(
            `${name} ended ${signal ? `by ${signal}` : `with code ${code}`}${
              figures ? '' : ' and without a result'
            }`,
          ),
        );
    });
  });
}

const print = text => process.stdout.write(`${text}\n`);
const complain = text => process.stderr.write(`${text}\n`);

const args = process.argv.slice(2);
const asJson = args.includes('--json');
const [name, ...rest] = args.filter(arg => arg !== '--json');

if (!name) {
  print(list());
} else if (!names.includes(name) || rest.length > 0) {
  complain(
    `There is no benchmark "${[name, ...rest].join(
      ' ',
    )}". There are:\n${list()}`,
  );
  process.exitCode = 2;
} else {
  try {
    const at = new Date().toISOString();
    const result = { bench: name, at, figures: await run(name) };
    print(asJson ? JSON.stringify(result) : table(result));
    if (result.figures.some(figure => !figure.ok)) process.exitCode = 1;
  } catch (error) {
    complain(`The benchmark failed: ${error.message}`);
    process.exitCode = 1;
  }
}
