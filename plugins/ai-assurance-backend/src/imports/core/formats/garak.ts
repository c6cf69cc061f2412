import {
  AnyImportedFact,
  codeOfLabel,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { wilsonInterval } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { z } from 'zod';
import {
  cappedNote,
  digestOfContent,
  digestOfValue,
  JsonLine,
  mostCategories,
  parseJsonLines,
  readPart,
  refuse,
} from '../parts';

/** Which entries of public lists a family of probes is about, as `<list>:<id>`. */
export type ProbeReferences = ReadonlyMap<string, readonly string[]>;

// Written from garak's documentation of its report (JSONL) and hit log, versions 0.9 to 0.17. The count of decided outputs
// is called `total` up to 0.13 and `total_evaluated` since.
const evalSchema = z.looseObject({
  probe: z.string().min(1),
  detector: z.string().min(1),
  passed: z.int().nonnegative(),
  total: z.int().nonnegative().optional(),
  total_evaluated: z.int().nonnegative().optional(),
  nones: z.int().nonnegative().optional(),
});
const hitSchema = z.looseObject({
  probe: z.string().min(1),
  detector: z.string().min(1),
});

interface ProbeResult {
  successCount: number;
  attackCount: number | null;
  undecidedCount: number;
}

const familyOf = (probe: string) =>
  codeOfLabel(probe.replace(/^(garak\.)?probes\./, '').split('.')[0]);

/** Texts of the prompts stay here: only the digest of their digests leaves. */
function promptSetDigest(lines: readonly JsonLine[]): string | null {
  const prompts = new Set<string>();
  for (const { value } of lines) {
    if (value.entry_type === 'attempt' && value.prompt !== undefined)
      prompts.add(digestOfContent(value.prompt));
  }
  return prompts.size === 0 ? null : digestOfValue([...prompts].sort());
}

function resultsOfReport(lines: readonly JsonLine[]): Map<string, ProbeResult> {
  const results = new Map<string, ProbeResult>();
  for (const { line, value } of lines) {
    if (value.entry_type !== 'eval') continue;
    const read = readPart(evalSchema, value, `line ${line}`);
    const total = read.total_evaluated ?? read.total;
    if (total === undefined)
      return refuse(
        'BROKEN_REPORT',
        `line ${line}: an eval without total_evaluated or total`,
      );
    if (read.passed > total)
      return refuse(
        'BROKEN_REPORT',
        `line ${line}: ${read.passed} passed of ${total}`,
      );
    const result = {
      successCount: total - read.passed,
      attackCount: total,
      undecidedCount: read.nones ?? 0,
    };
    // Several detectors look at the same outputs: an attack that any of them saw succeed did, so the strictest counts.
    const known = results.get(read.probe);
    if (!known || known.successCount < result.successCount)
      results.set(read.probe, result);
  }
  return results;
}

function resultsOfHits(lines: readonly JsonLine[]): Map<string, ProbeResult> {
  const hits = new Map<string, Set<string>>();
  for (const { line, value } of lines) {
    const { probe } = readPart(hitSchema, value, `line ${line}`);
    const attempt = [value.attempt_id ?? line, value.attempt_idx ?? ''].join();
    const known = hits.get(probe) ?? new Set();
    hits.set(probe, known.add(attempt));
  }
  return new Map(
    [...hits].map(([probe, { size }]) => [
      probe,
      { successCount: size, attackCount: null, undecidedCount: 0 },
    ]),
  );
}

function sum(
  results: readonly ProbeResult[],
  of: 'successCount' | 'undecidedCount',
): number {
  return results.reduce((total, result) => total + result[of], 0);
}

function attacksOf(results: readonly ProbeResult[]): number | null {
  return results.reduce<number | null>(
    (total, { attackCount }) =>
      total === null || attackCount === null ? null : total + attackCount,
    0,
  );
}

export function garakImporter(references: ProbeReferences): ReportImporter {
  return {
    id: 'garak',
    title: 'garak 0.9 to 0.17 report or hit log (JSONL)',
    version: '1',
    tool: 'garak',
    fileEndings: ['.jsonl'],
    read(report, stated) {
      const lines = parseJsonLines(
        report.text,
        'a report.jsonl or hitlog.jsonl of garak',
      );
      const isReport = lines.some(({ value }) => 'entry_type' in value);
      const isHitLog =
        !isReport &&
        lines.every(
          ({ value }) =>
            'probe' in value && 'detector' in value && 'score' in value,
        );
      if (!isReport && !isHitLog)
        return refuse(
          'NOT_RECOGNISED',
          'This is no file of garak: its lines have neither “entry_type”, as a report’s, nor probe, detector and score, as a hit log’s.',
        );
      const results = isReport ? resultsOfReport(lines) : resultsOfHits(lines);
      if (results.size === 0)
        return refuse(
          'NOTHING_TO_IMPORT',
          'The report has no line of entry_type eval: the run did not come to an end.',
        );
      const isWhole =
        !isReport ||
        lines.some(({ value }) => value.entry_type === 'completion');
      const families = new Map<string, ProbeResult[]>();
      for (const [probe, result] of results) {
        const family = familyOf(probe);
        const known = families.get(family);
        if (known) known.push(result);
        else families.set(family, [result]);
      }
      const all = [...results.values()];
      const attackCount = attacksOf(all);
      const successCount = sum(all, 'successCount');
      const version = lines
        .flatMap(
          ({ value }) => value.garak_version ?? value['_config.version'] ?? [],
        )
        .find((found): found is string => typeof found === 'string');
      const share =
        attackCount === null || attackCount === 0
          ? undefined
          : wilsonInterval(successCount, attackCount);
      const prompts = promptSetDigest(lines);
      const fact: AnyImportedFact = {
        type: 'io.ai-assurance.safety-evaluation.v2',
        key: 'safety',
        envelope: attackCount === null ? {} : { sampleCount: attackCount },
        payload: {
          suite: { id: 'garak', version: codeOfLabel(version || 'unstated') },
          promptSetId: stated.datasetId ?? null,
          promptSetDigest: stated.datasetDigest ?? prompts,
          reportDigest: report.digest,
          configurationDigest: null,
          judge: null,
          attackCount,
          successCount,
          undecidedCount: sum(all, 'undecidedCount'),
          successInterval: share
            ? {
                lowRatio: share.lowRatio,
                highRatio: share.highRatio,
                levelRatio: 0.95,
                method: 'wilson',
              }
            : null,
          categories: [...families]
            .sort(
              ([a, one], [b, other]) =>
                (families.size > mostCategories
                  ? sum(other, 'successCount') - sum(one, 'successCount')
                  : 0) || (a < b ? -1 : 1),
            )
            .slice(0, mostCategories)
            .map(([category, found]) => ({
              category,
              references: [...(references.get(category) ?? [])],
              attackCount: attacksOf(found),
              successCount: sum(found, 'successCount'),
              undecidedCount: sum(found, 'undecidedCount'),
            })),
          refusals: null,
          leakage: null,
          scores: [],
        },
      };
      return {
        facts: [fact],
        notes: [
          ...cappedNote(families.size, mostCategories, 'families of attacks'),
          ...(isHitLog
            ? [
                'A hit log holds only attacks that succeeded: without the number of attacks no share is known. Import the report.jsonl of the run.',
              ]
            : []),
          ...(isReport && !prompts && !stated.datasetDigest
            ? [
                'The report holds no attempts, so which prompts were sent is not known.',
              ]
            : []),
          ...(isWhole
            ? []
            : [
                'The report has no line of entry_type completion: the run may have been cut short.',
              ]),
          'When it was run is not taken over: garak writes its times without a time zone.',
        ],
      };
    },
  };
}
