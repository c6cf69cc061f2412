import { readFileSync } from 'node:fs';
import { canonicalize, digestOf, utf8 } from '@ai-assurance/evidence';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { readYaml, withCode } from '../../platform';
import { retentionFileSchema, RetentionRule, rulesOf } from './core/retention';

const packageName = '@ai-assurance/backstage-plugin-ai-assurance-backend';

/** The rules in force, and the digest that names them in evidence. */
export interface Retention {
  rules: RetentionRule[];
  rulesDigest: string;
}

/** The rules of one text. Throws `InputError` `BAD_FILE` that names file, line, field and reason. */
export function parseRetention(text: string, file: string): Retention {
  const documents = readYaml(text, file, retentionFileSchema);
  if (documents.length !== 1)
    throw withCode(
      new InputError(
        `${file}: ${documents.length} documents. Retention is one document.`,
      ),
      'BAD_FILE',
    );
  const [document] = documents;
  return {
    rules: rulesOf(document),
    rulesDigest: digestOf(
      utf8(canonicalize(JSON.parse(JSON.stringify(document)))),
    ),
  };
}

/** Reads the retention file at the start; without one in the configuration the one that comes with the plugin. */
export function readRetention(config: Config): Retention {
  const file =
    config.getOptionalString('aiAssurance.retention.file') ??
    resolvePackagePath(packageName, 'data', 'retention', 'default.yaml');
  return parseRetention(readFileSync(file, 'utf8'), file);
}
