import {
  EvidenceCollector,
  readHttpTarget,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { createMlflowCollector } from './collector';

const root = 'aiAssurance.mlflow';
const maxKeptTags = 50;

/** The collector of `aiAssurance.mlflow`; none without it. Throws InputError with the path of what is wrong. */
export function createMlflowCollectors(config: Config): EvidenceCollector[] {
  const own = config.getOptionalConfig(root);
  if (!own) return [];
  const keep = own.getOptionalStringArray('tags.keep') ?? [];
  if (keep.length > maxKeptTags || new Set(keep).size < keep.length)
    throw new InputError(
      `${root}.tags.keep: at most ${maxKeptTags} tags, each once`,
    );
  const tag = (key: string) => own.getOptionalString(`tags.${key}`);
  return [
    createMlflowCollector(readHttpTarget(own, { name: 'MLflow', path: root }), {
      digest: tag('digest'),
      sizeBytes: tag('sizeBytes'),
      format: tag('format'),
      precision: tag('precision'),
      keep,
    }),
  ];
}
