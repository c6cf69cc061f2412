import { ImportError } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  folder,
  importers,
  importText,
  textOf,
} from '../__testUtils__/reports';

type Path = (string | number)[];

/** Places of a value, the first member of each list standing for the others. */
function placesOf(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [at];
  const members = Array.isArray(value)
    ? value.slice(0, 2).map((member, i) => [i, member] as const)
    : Object.entries(value);
  return [
    at,
    ...members.flatMap(([name, member]) => placesOf(member, [...at, name])),
  ];
}

function changed(value: unknown, path: Path, to: unknown): unknown {
  if (path.length === 0) return to;
  const copy = structuredClone(value) as any;
  let parent = copy;
  for (const step of path.slice(0, -1)) parent = parent[step];
  const last = path[path.length - 1];
  if (to === undefined) delete parent[last];
  else parent[last] = to;
  return copy;
}

const substitutes = [
  undefined,
  null,
  'a b',
  '',
  -1,
  1e308,
  0.5,
  true,
  [],
  {},
  [null],
  { id: null },
  '__proto__',
];

const reports = Object.keys(importers).flatMap(format =>
  readdirSync(join(folder, format)).map(file => `${format}/${file}`),
);

describe('a report in which anything is something else', () => {
  it.each(reports.filter(path => path.endsWith('.json')))(
    'is read or refused, and never breaks the importer: %s',
    path => {
      const value = JSON.parse(textOf(path));
      const broken: string[] = [];
      for (const place of placesOf(value).slice(0, 80)) {
        for (const to of substitutes) {
          try {
            importText(
              path.split('/')[0],
              JSON.stringify(changed(value, place, to)) ?? '',
            );
          } catch (error) {
            if (!(error instanceof ImportError))
              broken.push(`${place.join('.')} = ${to}: ${error}`);
          }
        }
      }
      expect(broken).toEqual([]);
    },
  );

  it.each(reports.filter(path => path.endsWith('.jsonl')))(
    'is read or refused, line by line: %s',
    path => {
      const lines = textOf(path).trim().split('\n');
      const broken: string[] = [];
      lines.forEach((line, index) => {
        const value = JSON.parse(line);
        for (const place of placesOf(value)) {
          for (const to of substitutes) {
            const text = lines
              .map((other, i) =>
                i === index
                  ? JSON.stringify(changed(value, place, to)) ?? ''
                  : other,
              )
              .join('\n');
            try {
              importText('garak', text);
            } catch (error) {
              if (!(error instanceof ImportError))
                broken.push(`${index} ${place.join('.')} = ${to}: ${error}`);
            }
          }
        }
      });
      expect(broken).toEqual([]);
    },
  );

  it.each(reports.filter(path => path.endsWith('.csv')))(
    'is read or refused, field by field: %s',
    path => {
      const rows = textOf(path)
        .trim()
        .split('\n')
        .map(row => row.split(','));
      const broken: string[] = [];
      rows.forEach((row, r) =>
        row.forEach((_, c) => {
          for (const to of ['', 'x', '-1', '1e400', '"', 'True', 'nan']) {
            const text = rows
              .map((other, i) =>
                i === r
                  ? other.map((field, j) => (j === c ? to : field)).join(',')
                  : other.join(','),
              )
              .join('\n');
            try {
              importText('nannyml', text);
            } catch (error) {
              if (!(error instanceof ImportError))
                broken.push(`${r},${c} = ${to}: ${error}`);
            }
          }
        }),
      );
      expect(broken).toEqual([]);
    },
  );
});
