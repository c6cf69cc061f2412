import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EvidenceItem } from '../../item/item';

const kindsFolder = path.join(__dirname, '..');

/** Every `<kind>/<version>/fixture.json` beside the schemas, read anew at each call. */
export function fixtures(): {
  kind: string;
  version: string;
  type: string;
  item: EvidenceItem;
}[] {
  return readdirSync(kindsFolder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('__'))
    .flatMap(({ name: kind }) =>
      // Beside the versions may stand what they share.
      readdirSync(path.join(kindsFolder, kind), { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .map(({ name: version }) => ({
          kind,
          version,
          type: `io.ai-assurance.${kind}.${version}`,
          item: JSON.parse(
            readFileSync(
              path.join(kindsFolder, kind, version, 'fixture.json'),
              'utf8',
            ),
          ),
        })),
    );
}

/** The example payload of a type, with some members changed. */
export function examplePayload(
  type: string,
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  const found = fixtures().find(fixture => fixture.type === type);
  if (!found) throw new Error(`There is no fixture of ${type}`);
  return { ...found.item.data.payload, ...changes };
}
