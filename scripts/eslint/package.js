'use strict';
// The ESLint settings of every package: Backstage's own, and what this house adds.

const clockMessage =
  'Time comes in as an argument: take a Clock, or the value, from the caller.';
const chanceMessage =
  'Chance comes in as an argument: take Chance or Ids from the caller.';

const pureRules = {
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date']", message: clockMessage },
    {
      selector:
        "CallExpression[callee.object.name='Date'][callee.property.name='now']",
      message: clockMessage,
    },
    {
      selector:
        "CallExpression[callee.object.name='Math'][callee.property.name='random']",
      message: chanceMessage,
    },
    {
      selector:
        "CallExpression[callee.object.name='DateTime'][callee.property.name=/^(now|utc|local)$/]",
      message: clockMessage,
    },
  ],
};

module.exports = (dir, { isRim = false } = {}) =>
  require('@backstage/cli/config/eslint-factory')(dir, {
    rules: {
      'max-lines': ['error', { max: 500 }],
      'no-console': 'error',
    },
    overrides: isRim
      ? []
      : [
          {
            files: ['src/**/*.ts', 'src/**/*.tsx'],
            // The rim: where the wall clock and the dice of the machine are read, once.
            excludedFiles: [
              'src/platform/clock.ts',
              'src/platform/chance.ts',
              'src/hooks/useNow.ts',
              '**/*.test.ts',
              '**/*.test.tsx',
            ],
            rules: pureRules,
          },
        ],
  });
