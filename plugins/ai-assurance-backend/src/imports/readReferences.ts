import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readYaml } from '../platform';
import { ProbeReferences } from './core/formats/garak';

const packageName = '@ai-assurance/backstage-plugin-ai-assurance-backend';
const lists = ['owasp-llm', 'mitre-atlas', 'nist-ai-600-1'] as const;

const listSchema = z
  .object({
    apiVersion: z.literal('ai-assurance.io/v1'),
    kind: z.literal('RiskList'),
    metadata: z
      .object({
        name: z.enum(lists),
        title: z.string(),
        version: z.string(),
        source: z.string(),
      })
      .strict(),
    spec: z
      .object({
        entries: z
          .array(
            z
              .object({
                id: z.string().regex(/^[A-Za-z0-9.-]+$/),
                title: z.string().min(3),
              })
              .strict(),
          )
          .min(1),
      })
      .strict(),
  })
  .strict();

const mappingSchema = z
  .object({
    apiVersion: z.literal('ai-assurance.io/v1'),
    kind: z.literal('RiskMapping'),
    metadata: z
      .object({ name: z.string(), title: z.string(), version: z.string() })
      .strict(),
    spec: z
      .object({
        families: z.record(z.string(), z.array(z.string()).min(1).max(20)),
      })
      .strict(),
  })
  .strict();

/** An entry of a public list of risks. */
export interface RiskEntry {
  list: string;
  listVersion: string;
  id: string;
  title: string;
}

/** The lists of risks, by `<list>:<id>`, and what the families of attacks of each tool are about. */
export interface RiskLists {
  entries: ReadonlyMap<string, RiskEntry>;
  garak: ProbeReferences;
  promptfoo: ProbeReferences;
}

function textOf(file: string): string {
  return readFileSync(
    join(resolvePackagePath(packageName, 'data'), 'mappings', file),
    'utf8',
  );
}

/**
 * Reads the lists that the suite ships. Throws `BAD_FILE` with file and line, and when a mapping names an entry that no list
 * has.
 */
export function readRiskLists(
  read: (file: string) => string = textOf,
): RiskLists {
  const entries = new Map<string, RiskEntry>();
  for (const list of lists) {
    const file = `${list}.yaml`;
    for (const { metadata, spec } of readYaml(read(file), file, listSchema)) {
      for (const { id, title } of spec.entries)
        entries.set(`${metadata.name}:${id}`, {
          list: metadata.title,
          listVersion: metadata.version,
          id,
          title,
        });
    }
  }
  const mapping = (file: string): ProbeReferences => {
    const families = new Map<string, string[]>();
    for (const { spec } of readYaml(read(file), file, mappingSchema)) {
      for (const [family, references] of Object.entries(spec.families)) {
        const unknown = references.find(reference => !entries.has(reference));
        if (unknown)
          throw new Error(
            `${file}: ${family}: ${unknown} is in none of the lists`,
          );
        families.set(family, references);
      }
    }
    return families;
  };
  return {
    entries,
    garak: mapping('garak-probes.yaml'),
    promptfoo: mapping('promptfoo-plugins.yaml'),
  };
}
