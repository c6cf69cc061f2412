// `yarn kinds [--check]`: writes docs/reference/evidence-kinds.md from the schemas of packages/evidence, or says that it is
// out of date. Everything on that page is said by the schemas themselves.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';
import { root } from './lib/toolchain.mjs';

const file = path.join(root, 'docs/reference/evidence-kinds.md');

/** Runs inside a process that can read the TypeScript sources: plain data of all kinds, as JSON. */
const reader = `
const { z } = require('zod');
const { evidenceItemSchema } = require('./packages/evidence/src/item/item.ts');
const shared = require('./packages/evidence/src/item/envelope.ts');
const parts = require('./packages/evidence/src/kinds/parts.ts');
const { envelopeSchema } = shared;
const { evidenceKinds, meaningOf, titleOf, writerOf } = require('./packages/evidence/src/kinds/kinds.ts');
const schemaOf = zod => z.toJSONSchema(zod, { io: 'input' });
const rulesOf = (zod, at = '') => {
  const { checks = [], shape, element, innerType, options } = zod.def;
  const own = checks.flatMap(check => {
    const { check: name, error, path = [] } = check._zod.def;
    return name === 'custom' ? [{ at: [at, ...path].filter(Boolean).join('.'), text: error({}) }] : [];
  });
  const below = [
    ...Object.entries(shape ?? {}).map(([name, member]) => [member, at ? at + '.' + name : name]),
    ...(element ? [[element, at + '[]']] : []),
    ...(innerType ? [[innerType, at]] : []),
    ...(options ?? []).map(option => [option, at]),
  ];
  return [...own, ...below.flatMap(([member, place]) => rulesOf(member, place))];
};
process.stdout.write(JSON.stringify({
  general: [
    shared.instantSchema, shared.digestSchema, shared.entityRefSchema, parts.actorSchema,
    parts.commitSchema, parts.evidenceIdSchema, parts.linkSchema, parts.sha256HexSchema,
  ].map(zod => zod.meta().description),
  item: schemaOf(evidenceItemSchema),
  envelope: schemaOf(envelopeSchema),
  kinds: Object.entries(evidenceKinds).map(([type, zod]) => ({
    type,
    title: titleOf(type),
    meaning: meaningOf(type),
    writer: writerOf(type),
    schema: schemaOf(zod),
    rules: rulesOf(zod),
  })),
}));
`;

const {
  general: generalMeanings,
  item,
  envelope,
  kinds,
} = JSON.parse(
  execFileSync(
    process.execPath,
    [
      '--require',
      path.join(root, 'node_modules/@backstage/cli/config/nodeTransform.cjs'),
      '-e',
      reader,
    ],
    { cwd: root, maxBuffer: 64 * 1024 * 1024 },
  ).toString(),
);

const patterns = {
  '^sha256:[0-9a-f]{64}$': 'digest',
  '^[0-9a-f]{64}$': 'SHA-256 in hexadecimal',
  '^[a-z0-9]+:[a-z0-9._-]+\\/[a-z0-9._-]+$': 'entity reference',
  '^[A-Za-z0-9][A-Za-z0-9._:/+-]*$': 'code',
  '^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$': 'actor',
  '^https?:\\/\\/[^\\s@?#]+$': 'link',
  '^[0-9a-f]{40}([0-9a-f]{24})?$': 'commit',
  '^(0|[1-9][0-9]{0,15})$': 'evidence id',
};

const code = text => `\`${text}\``;
const number = value => value.toLocaleString('en-US');

/** A nullable schema is a choice between one thing and null. */
function withoutNull(schema) {
  const options = (schema.anyOf ?? []).filter(o => o.type !== 'null');
  const isNullable =
    schema.anyOf?.length === options.length + 1 && options.length === 1;
  if (!isNullable) return { schema, isNullable: false };
  return {
    schema: {
      ...options[0],
      description: schema.description ?? options[0].description,
    },
    isNullable: true,
  };
}

function typeOf(schema) {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.oneOf || schema.anyOf) return 'one of';
  switch (schema.type) {
    case 'string':
      if (schema.format === 'date-time') return 'instant';
      return patterns[schema.pattern] ?? 'text';
    case 'array':
      return schema.items.type === 'object'
        ? 'list'
        : `list of ${typeOf(schema.items)}`;
    case 'integer':
      return 'whole number';
    default:
      return schema.type;
  }
}

function boundsOf(schema) {
  const bounds = [];
  if (schema.type === 'string') {
    if (!(schema.pattern in patterns) && schema.format !== 'date-time') {
      if (schema.minLength) bounds.push(`${schema.minLength} to`);
      if (schema.maxLength)
        bounds.push(`${number(schema.maxLength)} characters`);
      if (schema.pattern) bounds.push(code(schema.pattern));
    }
  } else if (schema.type === 'array') {
    bounds.push(
      schema.minItems
        ? `${schema.minItems} to ${number(schema.maxItems)}`
        : `at most ${number(schema.maxItems)}`,
    );
  } else if (schema.type === 'number' || schema.type === 'integer') {
    const exact = value =>
      value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
    if (exact(schema.minimum) && exact(schema.maximum))
      return `${schema.minimum} to ${schema.maximum}`;
    if (exact(schema.minimum)) bounds.push(`≥ ${schema.minimum}`);
    if (exact(schema.exclusiveMinimum))
      bounds.push(`> ${schema.exclusiveMinimum}`);
    if (exact(schema.maximum)) bounds.push(`≤ ${schema.maximum}`);
  }
  return bounds.join(' ');
}

const units = [
  [/Ratio$/, '1'],
  [/[cC]ount$/, 'items'],
  [/Ms$/, 'ms'],
  [/Bytes$/, 'bytes'],
  [/Micros$/, 'millionths of the currency'],
  [/Days$/, 'days'],
];

function unitOf(name, schema, siblings) {
  if (schema.type !== 'number' && schema.type !== 'integer') return '';
  const known = units.find(([pattern]) => pattern.test(name));
  if (known) return known[1];
  return siblings.has('unit') && schema.type === 'number' ? 'see `unit`' : '–';
}

/** Rows of a table: every field, however deep, with the path at which it stands. */
function rowsOf(schema, at = '') {
  const required = new Set(schema.required ?? []);
  const siblings = new Set(Object.keys(schema.properties ?? {}));
  return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
    const { schema: member, isNullable } = withoutNull(given);
    const place = at ? `${at}.${name}` : name;
    const inside = member.type === 'array' ? member.items : member;
    const insidePlace = member.type === 'array' ? `${place}[]` : place;
    const choices = inside.oneOf ?? inside.anyOf ?? [];
    const notes = [
      required.has(name) ? '' : 'may be left out',
      isNullable ? 'may be null' : '',
    ];
    const row = [
      code(place),
      [typeOf(member), ...notes.filter(Boolean)].join('; '),
      unitOf(name, member, siblings),
      boundsOf(member),
      meaningOf(member),
    ];
    return [
      row,
      ...rowsOf(inside, insidePlace),
      ...choices.flatMap(choice => rowsOf(choice, insidePlace)),
    ];
  });
}

function meaningOf(schema) {
  const { description = '' } = schema;
  // What holds of every field of its type is said once, at the top of the page.
  return generalMeanings.includes(description) ? '' : description;
}

const cell = text => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(rows) {
  const head = ['Field', 'Type', 'Unit', 'Bounds', 'Meaning'];
  return [head, head.map(() => '---'), ...rows]
    .map(row => `| ${row.map(cell).join(' | ')} |`)
    .join('\n');
}

const writers = {
  suite: 'the suite alone; refused from outside',
  anyone: 'pushed from outside, collected, or the suite',
};

function section({ type, title, meaning, writer, schema, rules }) {
  const [, kind, version] = /^io\.ai-assurance\.(.+)\.(v[0-9]+)$/.exec(type);
  const fixture = JSON.parse(
    fs.readFileSync(
      path.join(
        root,
        'packages/evidence/src/kinds',
        kind,
        version,
        'fixture.json',
      ),
      'utf8',
    ),
  );
  const refused = rules.map(
    ({ at, text }) => `- ${at ? `${code(at)}: ` : ''}${text}`,
  );
  const heading =
    version === 'v1' ? title : `${title}, version ${version.slice(1)}`;
  return `## ${heading}

- Type: ${code(type)}
- Written by: ${writers[writer]}

${meaning}

${table(rowsOf(schema))}
${
  refused.length > 0
    ? `\nRefused besides, where it contradicts itself:\n\n${refused.join(
        '\n',
      )}\n`
    : ''
}
Example:

${'```'}json
${JSON.stringify(fixture, undefined, 2)}
${'```'}
`;
}

const general = [
  [
    'code',
    'A word for machines: letters, digits and `. _ : / + -`, at most 100 characters. No sentence fits in',
  ],
  [
    'digest',
    '`sha256:` and 64 lower-case hexadecimal digits, over the exact bytes',
  ],
  [
    'instant',
    'ISO 8601 in UTC with `Z`, for example `2026-11-22T13:00:00.000Z`',
  ],
  [
    'entity reference',
    '`kind:namespace/name` in full, lower case, at most 200 characters',
  ],
  [
    'actor',
    'An entity reference, or the subject of a machine’s token, for example `external:ci-pipeline`',
  ],
  ['evidence id', 'Position of another item in the ledger, as decimal text'],
  ['commit', '40 or 64 lower-case hexadecimal digits'],
  [
    'link',
    '`http:` or `https:` address without credentials, query or fragment, at most 500 characters',
  ],
];

const overview = kinds.map(
  kind =>
    `| ${kind.title} | ${code(kind.type)} | ${
      kind.writer === 'suite' ? 'suite' : 'outside or suite'
    } |`,
);

const text = `<!-- Written by scripts/kinds.mjs from packages/evidence/src/kinds. Change the schemas, then run: yarn kinds -->

# Evidence kinds

Every statement of fact is of one of these ${
  kinds.length
} kinds and versions. What is not in a table is refused: an unknown member, another type, a number without its unit. Free text is taken only where it is a person's reason; prompts, inputs and outputs are named by digest. An old version stays readable for ever. An item of a version that a release does not know yet is refused at the door and waits in quarantine; in packs and in the ledger it is kept, proven, and reported as not readable.

| Kind | Type | Written by |
| --- | --- | --- |
${overview.join('\n')}

## Types of fields

| Type | What is taken |
| --- | --- |
${general.map(([name, meaning]) => `| ${name} | ${meaning} |`).join('\n')}

A field that may be null is always written: null says that the source was asked and does not tell. Ratios run from 0 to 1.

## Every item

A CloudEvent 1.0. ${code(
  '(source, id)',
)} is unique: pushing the same item again changes nothing, and other content under the same id is a conflict.

${table(rowsOf(item).filter(([place]) => !place.startsWith('`data.')))}

### Envelope

${code(
  'data.envelope',
)} says how the statement came to be. It is part of the leaf and survives a redaction of the payload.

${table(rowsOf(envelope))}

${kinds.map(section).join('\n')}`;

const formatted = await prettier.format(text, {
  ...(await prettier.resolveConfig(file)),
  parser: 'markdown',
});

if (process.argv.includes('--check')) {
  const present = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  if (present !== formatted) {
    process.stderr.write(
      'docs/reference/evidence-kinds.md does not say what the schemas say. Run: yarn kinds\n',
    );
    process.exitCode = 1;
  }
} else {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, formatted);
  process.stdout.write('wrote docs/reference/evidence-kinds.md\n');
}
