// `yarn wire [--check]`: writes docs/openapi.json from the wire contract (zod), or says that it is out of date.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './lib/toolchain.mjs';

const file = path.join(root, 'docs/openapi.json');
const text = execFileSync(
  process.execPath,
  [
    '--require',
    path.join(root, 'node_modules/@backstage/cli/config/nodeTransform.cjs'),
    '-e',
    "const { openApiDocument } = require('./plugins/ai-assurance-common/src/wire/openApi.ts'); process.stdout.write(JSON.stringify(openApiDocument(), null, 2) + '\\n')",
  ],
  { cwd: root, maxBuffer: 64 * 1024 * 1024 },
).toString();

if (process.argv.includes('--check')) {
  const present = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  if (present !== text) {
    process.stderr.write(
      'docs/openapi.json does not say what the wire contract says. Run: yarn wire\n',
    );
    process.exitCode = 1;
  }
} else {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  process.stdout.write('wrote docs/openapi.json\n');
}
