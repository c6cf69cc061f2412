// Checks the documentation as TechDocs will read it: every page stands in the navigation of mkdocs.yml exactly once, and every
// link between pages leads to a file inside docs/. `node scripts/docs.mjs`
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
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

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${pages.length} pages, all listed and linked\n`);
}
