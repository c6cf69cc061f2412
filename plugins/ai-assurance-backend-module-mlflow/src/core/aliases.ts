import { PayloadOf } from '@ai-assurance/evidence';
import { codeOfLabel } from '@ai-assurance/backstage-plugin-ai-assurance-node';

export type AliasPayload = PayloadOf<'io.ai-assurance.registry-alias.v1'>;

/** How aliases changed between two looks; all of them are first seen where there was no look before. */
export function aliasChanges(
  modelName: string,
  before: Readonly<Record<string, string>> | undefined,
  now: Readonly<Record<string, string>>,
): { alias: string; version: string | null; payload: AliasPayload }[] {
  const names = [
    ...new Set([...Object.keys(before ?? {}), ...Object.keys(now)]),
  ].sort();
  return names.flatMap(alias => {
    const from = before?.[alias] ?? null;
    const version = now[alias] ?? null;
    if (before && from === version) return [];
    const change = changeOf(before !== undefined, from, version);
    const payload: AliasPayload = {
      registry: 'mlflow',
      modelName: codeOfLabel(modelName),
      alias: codeOfLabel(alias),
      change,
      version: version === null ? null : codeOfLabel(version),
      fromVersion: from === null ? null : codeOfLabel(from),
    };
    return [{ alias, version, payload }];
  });
}

function changeOf(
  wasLookedAt: boolean,
  from: string | null,
  version: string | null,
): AliasPayload['change'] {
  if (!wasLookedAt) return 'first-seen';
  if (version === null) return 'removed';
  return from === null ? 'set' : 'moved';
}
