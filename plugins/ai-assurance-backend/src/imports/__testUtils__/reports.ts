import {
  ImportStatement,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { digestOf, utf8 } from '@ai-assurance/evidence';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidentlyImporter } from '../core/formats/evidently';
import { garakImporter } from '../core/formats/garak';
import { greatExpectationsImporter } from '../core/formats/greatExpectations';
import { nannymlImporter } from '../core/formats/nannyml';
import { otelGenAiImporter } from '../core/formats/otelGenAi';
import { plainImporter } from '../core/formats/plain';
import { promptfooImporter } from '../core/formats/promptfoo';
import { sodaImporter } from '../core/formats/soda';

const references = new Map([
  ['promptinject', ['owasp-llm:LLM01']],
  ['pii', ['owasp-llm:LLM02']],
]);
export const importers: Record<string, ReportImporter> = Object.fromEntries(
  [
    evidentlyImporter,
    nannymlImporter,
    greatExpectationsImporter,
    sodaImporter,
    garakImporter(references),
    promptfooImporter(references),
    plainImporter,
    otelGenAiImporter,
  ].map(importer => [importer.id, importer]),
);
export const folder = join(__dirname, '../__fixtures__');
export const subject = 'resource:default/reader';
export const pinned: ImportStatement = {
  subject,
  datasetId: 'requests',
  datasetDigest: `sha256:${'d'.repeat(64)}`,
};

export const textOf = (path: string) =>
  readFileSync(join(folder, path), 'utf8');

export function importText(
  format: string,
  text: string,
  stated: ImportStatement = { subject },
) {
  return importers[format].read({ text, digest: digestOf(utf8(text)) }, stated);
}

export const importFixture = (path: string, stated?: ImportStatement) =>
  importText(path.split('/')[0], textOf(path), stated);
