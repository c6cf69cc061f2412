import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readYaml } from '../platform';
import { BudgetPolicy, budgetPolicySchema } from './core/budgetPolicy';

const packageName = '@ai-assurance/backstage-plugin-ai-assurance-backend';

/** Reads the error-budget policies; without a file those that come with the plugin. A wrong one refuses the start. */
export async function loadBudgetPolicies(
  file: string | undefined,
): Promise<BudgetPolicy[]> {
  const path =
    file ??
    resolvePackagePath(
      packageName,
      'data',
      'error-budget-policies',
      'default.yaml',
    );
  return readYaml(
    await readFile(path, 'utf8'),
    basename(path),
    budgetPolicySchema,
  );
}
