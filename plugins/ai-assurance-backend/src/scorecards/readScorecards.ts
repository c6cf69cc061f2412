import { canonicalize, digestOf } from '@ai-assurance/evidence';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { readFileSync } from 'node:fs';
import { readYaml, withCode } from '../platform';
import { Scorecard, scorecardSchema } from './core/scorecard';

const ours = 'data/scorecards/production-readiness.yaml';

/** The scorecards of one text. Throws `InputError` `BAD_FILE` that names file, line, field and reason. */
export function parseScorecards(text: string, file: string): Scorecard[] {
  return readYaml(text, file, scorecardSchema).map(({ metadata, spec }) => ({
    scorecardId: metadata.name,
    title: metadata.title,
    digest: digestOf(
      new TextEncoder().encode(
        canonicalize(JSON.parse(JSON.stringify({ metadata, spec }))),
      ),
    ),
    levels: spec.levels,
    checks: spec.checks,
  }));
}

/**
 * Reads scorecard files at the start; without a list the one that comes with the plugin. One bad check refuses the start:
 * a scorecard that silently lost a check would call subjects ready that are not.
 */
export function readScorecards(files: string[] | undefined): Scorecard[] {
  const paths = files ?? [
    resolvePackagePath(
      '@ai-assurance/backstage-plugin-ai-assurance-backend',
      ours,
    ),
  ];
  const scorecards = paths.flatMap(path =>
    parseScorecards(readFileSync(path, 'utf8'), path),
  );
  const ids = scorecards.map(scorecard => scorecard.scorecardId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw withCode(
      new InputError(
        `The scorecard ${twice} is defined twice in ${paths.join(', ')}`,
      ),
      'BAD_FILE',
    );
  }
  return scorecards;
}
