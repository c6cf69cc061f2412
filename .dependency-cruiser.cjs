'use strict';
// Who may import whom. The picture and the reasons are in docs/architecture.md; a rule here is broken only with an ADR.

const backend = '^plugins/ai-assurance-backend/src';

// Lowest first: a room imports only rooms of lower levels, never a sibling.
const levels = [
  ['platform'],
  ['ledger', 'cohorts'],
  ['telemetry', 'intake', 'collectors', 'imports'],
  ['slo', 'drift', 'evaluations', 'costs'],
  ['scorecards', 'incidents'],
  ['approvals'],
  ['rollouts', 'actions'],
  ['audit', 'overview'],
];

const noClimbing = levels.flatMap((rooms, level) =>
  rooms.map(room => ({
    name: `room-${room}-stays-low`,
    comment:
      'A room imports only rooms of lower levels; knowledge that must travel up goes as a message.',
    severity: 'error',
    from: { path: `${backend}/${room}/` },
    to: {
      path: `${backend}/(${levels
        .slice(level)
        .flat()
        .filter(other => other !== room)
        .concat('plugin')
        .join('|')})(/|\\.ts)`,
    },
  })),
);

// [package folder, what it must not import]
const packageRules = [
  [
    'evidence',
    '^packages/evidence/',
    '^(plugins|examples)/|^packages/(?!evidence/)',
  ],
  [
    'common',
    '^plugins/ai-assurance-common/',
    '^plugins/(?!ai-assurance-common/)|^packages/(?!evidence/)|^examples/',
  ],
  [
    'node',
    '^plugins/ai-assurance-node/',
    '^plugins/(?!ai-assurance-(common|node)/)|^packages/(app|backend|cli)/|^examples/',
  ],
  [
    'backend',
    '^plugins/ai-assurance-backend/',
    '^plugins/(?!ai-assurance-(common|node|backend)/)|^packages/(app|backend|cli)/|^examples/',
  ],
  [
    'modules',
    '^plugins/([a-z]+-backend-module-ai-assurance|ai-assurance-backend-module-[a-z]+)/',
    '^plugins/ai-assurance(-react|-backend)?/|^packages/(app|backend|cli)/|^examples/',
  ],
  [
    'react',
    '^plugins/ai-assurance-react/',
    '^plugins/(?!ai-assurance-(common|react)/)|^packages/(app|backend|cli|test-kit)/|^examples/',
  ],
  [
    'pages',
    '^plugins/ai-assurance/',
    '^plugins/(?!ai-assurance(-common|-react)?/)|^packages/(app|backend|cli|test-kit)/|^examples/',
  ],
  [
    'cli',
    '^packages/cli/',
    '^plugins/(?!ai-assurance-common/)|^packages/(app|backend)/|^examples/',
  ],
  // What runs knows nothing of the product; one test may ask the product what it says of what runs.
  [
    'examples',
    '^examples/',
    '^(plugins|packages)/',
    '^examples/edge-agent/src/driftVerdicts\\.test\\.ts$',
  ],
].map(([name, from, to, pathNot]) => ({
  name: `package-${name}-knows-its-place`,
  severity: 'error',
  from: pathNot ? { path: from, pathNot } : { path: from },
  to: { path: to },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...noClimbing,
    ...packageRules,
    {
      name: 'only-through-the-door',
      comment: "Another room's files are its own: import its index.ts.",
      severity: 'error',
      from: {
        path: `${backend}/([a-z]+)/`,
        pathNot: '\\.test\\.ts$|/__testUtils__/',
      },
      to: {
        path: `${backend}/[a-z]+/`,
        pathNot: [`${backend}/$1/`, `${backend}/[a-z]+/index\\.ts$`],
      },
    },
    {
      name: 'plugin-uses-doors',
      severity: 'error',
      from: { path: `${backend}/[A-Za-z]+\\.ts$` },
      to: { path: `${backend}/[a-z]+/(?!index\\.ts$)` },
    },
    {
      name: 'core-is-pure',
      comment:
        'core/ holds sums and rules: no database, no logger, no framework, no Node built-ins.',
      severity: 'error',
      from: { path: '/core/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '(^|/)node_modules/(knex|express|express-promise-router|@backstage/backend-[a-z-]+)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'core-has-no-built-ins',
      severity: 'error',
      from: {
        path: '/core/|^packages/evidence/src/',
        pathNot: '\\.test\\.ts$|testing/|/__testUtils__/',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'test-kit-is-for-tests',
      severity: 'error',
      from: {
        pathNot:
          '\\.test\\.tsx?$|^packages/test-kit/|/tests/|/testing/|/__testUtils__/',
      },
      to: { path: '^packages/test-kit/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: {
        couldNotResolve: true,
        pathNot: '^@ai-assurance/|^\\.\\./package\\.json$',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|dist-types|node_modules/\\.cache|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    preserveSymlinks: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
