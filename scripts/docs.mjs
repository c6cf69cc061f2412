// Checks the documentation as TechDocs will read it: every page stands in the navigation of mkdocs.yml exactly once, and every
// link between pages leads to a file inside docs/. And every block of YAML, there and in the READMEs, is YAML, so that it can
// be copied. `node scripts/docs.mjs`
import fs from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { root } from './lib/toolchain.mjs';

const docs = path.join(root, 'docs');
const problems = [];

const { nav, docs_dir: docsDir } = parse(
  fs.readFileSync(path.join(root, 'mkdocs.yml'), 'utf8'),
);
if (docsDir !== 'docs') problems.push('mkdocs.yml: docs_dir is not docs');

const listed = [];
const collect = entry => {
  if (typeof entry === 'string') listed.push(entry);
  else if (Array.isArray(entry)) entry.forEach(collect);
  else Object.values(entry).forEach(collect);
};
collect(nav);

const pages = fs
  .readdirSync(docs, { recursive: true })
  .map(name => name.split(path.sep).join('/'))
  .filter(name => name.endsWith('.md'));

for (const page of pages) {
  const times = listed.filter(name => name === page).length;
  if (times !== 1)
    problems.push(
      `mkdocs.yml lists docs/${page} ${times} times; each page stands in nav once`,
    );
}
for (const name of listed) {
  if (!pages.includes(name))
    problems.push(`mkdocs.yml lists ${name}, and there is no such page`);
}

for (const page of pages) {
  const text = fs
    .readFileSync(path.join(docs, page), 'utf8')
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replace(/`[^`\n]*`/g, '');
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^([a-z]+:|#)/i.test(target)) continue;
    const file = path.join(docs, path.dirname(page), target.split('#')[0]);
    if (path.relative(docs, file).startsWith('..'))
      problems.push(
        `docs/${page} links to ${target}, outside docs: TechDocs does not carry it`,
      );
    else if (!fs.existsSync(file))
      problems.push(`docs/${page} links to ${target}, which is not there`);
  }
}

const readmes = fs
  .readdirSync(path.join(root, 'plugins'))
  .map(plugin => `plugins/${plugin}/README.md`)
  .filter(file => fs.existsSync(path.join(root, file)));
const withYaml = [
  ...pages.map(page => `docs/${page}`),
  'README.md',
  ...readmes,
].sort();

let blockCount = 0;
for (const file of withYaml) {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  for (const block of text.matchAll(
    /^( *)(`{3,})ya?ml *\n([\s\S]*?)^ *\2 *$/gm,
  )) {
    const [, indent, , body] = block;
    const firstLine = text.slice(0, block.index).split('\n').length + 1;
    const yaml = body.replace(new RegExp(`^ {0,${indent.length}}`, 'gm'), '');
    blockCount += 1;
    // Whatever follows the first error mostly follows from it.
    const error = parseAllDocuments(yaml).flatMap(({ errors, warnings }) => [
      ...errors,
      ...warnings,
    ])[0];
    if (error) {
      const line = firstLine + (error.linePos?.[0].line ?? 1) - 1;
      const [what] = error.message.split(/ at line |\n/);
      problems.push(`${file}:${line}: not YAML: ${what}`);
    }
  }
}

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(
    `${pages.length} pages, all listed and linked; ${blockCount} blocks of YAML, all parsed\n`,
  );
}
