import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readEvidenceItem } from '../item/read';
import {
  evidenceKinds,
  evidenceTitles,
  isEvidenceType,
  titleOf,
} from './kinds';

const folders = readdirSync(__dirname, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .flatMap(kind =>
    readdirSync(path.join(__dirname, kind.name)).map(version => ({
      kind: kind.name,
      version,
    })),
  );

describe('evidence kinds', () => {
  it('have one folder per kind and version, and nothing beside', () => {
    expect(
      folders.map(f => `io.ai-assurance.${f.kind}.${f.version}`).sort(),
    ).toEqual(Object.keys(evidenceKinds).sort());
  });

  it.each(folders)(
    'read their own fixture: $kind $version',
    ({ kind, version }) => {
      const fixture = JSON.parse(
        readFileSync(
          path.join(__dirname, kind, version, 'fixture.json'),
          'utf8',
        ),
      );
      expect(fixture.type).toBe(`io.ai-assurance.${kind}.${version}`);
      expect(readEvidenceItem(fixture)).toEqual({ ok: true, item: fixture });
    },
  );

  it.each(folders)(
    'refuse a member they do not know: $kind $version',
    ({ kind, version }) => {
      const fixture = JSON.parse(
        readFileSync(
          path.join(__dirname, kind, version, 'fixture.json'),
          'utf8',
        ),
      );
      fixture.data.payload.freeText = 'anything';
      expect(readEvidenceItem(fixture)).toEqual({
        ok: false,
        code: 'INVALID_PAYLOAD',
        problems: ['/data/payload: Unrecognized key: "freeText"'],
      });
    },
  );

  it('have a title each, and an unknown type is shown as it is', () => {
    expect(Object.keys(evidenceTitles)).toEqual(Object.keys(evidenceKinds));
    expect(titleOf('io.ai-assurance.drift-report.v1')).toBe('Drift report');
    expect(titleOf('io.ai-assurance.drift-report.v9')).toBe(
      'io.ai-assurance.drift-report.v9',
    );
    expect(isEvidenceType('toString')).toBe(false);
  });
});
