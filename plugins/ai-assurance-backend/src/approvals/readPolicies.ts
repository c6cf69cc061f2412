import { canonicalize, digestOf, utf8 } from '@ai-assurance/evidence';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { readFileSync } from 'node:fs';
import { readYaml, withCode } from '../platform';
import { Policy, policySchema } from './core/policy';

const ours = 'data/policies/default.yaml';

/** The policies of one text, in order. Throws `InputError` `BAD_FILE` that names file, line, field and reason. */
export function parsePolicies(text: string, file: string): Policy[] {
  const policies = readYaml(text, file, policySchema).map(
    ({ metadata, spec }) => ({
      ...spec,
      policyId: metadata.name,
      title: metadata.title,
      // Through JSON, since an optional field that is not there must not differ from one that is undefined.
      digest: digestOf(
        utf8(canonicalize(JSON.parse(JSON.stringify({ metadata, spec })))),
      ),
    }),
  );
  const ids = policies.map(({ policyId }) => policyId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw withCode(
      new InputError(`${file}: the policy ${twice} is defined twice`),
      'BAD_FILE',
    );
  return policies;
}

/** Reads the policy file at the start; without one that which comes with the plugin. A bad policy refuses the start. */
export function readPolicies(file: string | undefined): Policy[] {
  const path =
    file ??
    resolvePackagePath(
      '@ai-assurance/backstage-plugin-ai-assurance-backend',
      ours,
    );
  return parsePolicies(readFileSync(path, 'utf8'), path);
}
