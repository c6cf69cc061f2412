import { evidenceKinds } from '@ai-assurance/evidence';
import { DateTime, Duration } from 'luxon';
import { z } from 'zod';

const msPerDay = 86_400_000;

/** ISO-8601 duration in calendar units, such as P10Y or P6M. */
const durationSchema = z
  .string()
  .regex(
    /^P(?=.)(?:[1-9]\d*Y)?(?:[1-9]\d*M)?(?:[1-9]\d*W)?(?:[1-9]\d*D)?$/,
    'is no duration in years, months, weeks or days, such as P10Y or P6M',
  );

const idSchema = z
  .string()
  .max(100)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'is no id: small letters, digits and hyphens');

/** Kinds that no rule may erase: without them nobody could tell what was erased, or which key signed. */
export const keptForEver = ['redaction', 'key-rotation'];

const knownKinds = new Set(Object.keys(evidenceKinds).map(kindOf));

/** The kind in a type: `io.ai-assurance.<kind>.v<version>`. */
export function kindOf(type: string): string {
  return type.replace(/^io\.ai-assurance\./, '').replace(/\.v[0-9]+$/, '');
}

const floorSchema = z
  .object({
    id: idSchema,
    title: z.string().min(1).max(200),
    says: z.string().min(1).max(1000),
    source: z.string().min(1).max(300),
    appliesFrom: z.iso.date(),
    shortest: durationSchema,
  })
  .strict();

const ruleSchema = z
  .object({
    id: idSchema,
    kinds: z.array(idSchema).min(1),
    riskTiers: z.array(idSchema).min(1).optional(),
    keepFor: durationSchema,
    legalFloor: idSchema.optional(),
  })
  .strict();

/** A file of retention rules. Every rule is checked against the floor that it names. */
export const retentionFileSchema = z
  .object({
    apiVersion: z.literal('ai-assurance.io/v1'),
    kind: z.literal('RetentionRules'),
    metadata: z
      .object({
        name: idSchema,
        title: z.string().min(1).max(200),
        description: z.string().max(1000).optional(),
      })
      .strict(),
    spec: z
      .object({
        legalFloors: z.array(floorSchema),
        rules: z.array(ruleSchema),
      })
      .strict(),
  })
  .strict()
  .superRefine(({ spec }, context) => {
    const problem = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path: ['spec', ...path], message });
    for (const list of ['legalFloors', 'rules'] as const) {
      const ids = spec[list].map(({ id }) => id);
      ids.forEach((id, i) => {
        if (ids.indexOf(id) !== i)
          problem([list, i, 'id'], `${id} stands there twice`);
      });
    }
    spec.rules.forEach((rule, i) => {
      rule.kinds.forEach((kind, k) => {
        if (!knownKinds.has(kind))
          problem(
            ['rules', i, 'kinds', k],
            `there is no evidence kind ${kind}`,
          );
        else if (keptForEver.includes(kind))
          problem(
            ['rules', i, 'kinds', k],
            `${kind} is kept for ever: without it nobody could tell what was erased or who signed`,
          );
      });
      if (rule.legalFloor === undefined) return;
      const floor = spec.legalFloors.find(({ id }) => id === rule.legalFloor);
      if (!floor)
        problem(
          ['rules', i, 'legalFloor'],
          `there is no legal floor ${rule.legalFloor} in this file`,
        );
      else if (daysOf(rule.keepFor) < daysOf(floor.shortest))
        problem(
          ['rules', i, 'keepFor'],
          `${rule.keepFor} is shorter than ${floor.shortest}, which ${floor.source} demands`,
        );
    });
  });

/** Whole days of a duration, counted from a fixed day, so that months and years compare. NaN for what is none. */
export function daysOf(duration: string): number {
  const length = Duration.fromISO(duration);
  if (!length.isValid) return Number.NaN;
  const start = DateTime.fromISO('2000-01-01', { zone: 'utc' });
  return Math.round(start.plus(length).diff(start, 'days').days);
}

/** One rule, with what the law demands of it. */
export interface RetentionRule {
  ruleId: string;
  kinds: string[];
  /** `undefined`: every tier. */
  riskTiers: string[] | undefined;
  retentionDays: number;
  legalFloorDays: number;
  /** Id of the legal floor. */
  legalBasis: string | null;
}

/** The rules of a file. */
export function rulesOf(
  file: z.output<typeof retentionFileSchema>,
): RetentionRule[] {
  const { legalFloors, rules } = file.spec;
  return rules.map(rule => {
    const floor = legalFloors.find(({ id }) => id === rule.legalFloor);
    return {
      ruleId: rule.id,
      kinds: rule.kinds,
      riskTiers: rule.riskTiers,
      retentionDays: daysOf(rule.keepFor),
      legalFloorDays: floor ? daysOf(floor.shortest) : 0,
      legalBasis: floor?.id ?? null,
    };
  });
}

/**
 * The rule of an item: of those that fit kind and tier the one that keeps longest. An unknown tier fits them all, so that
 * nothing is erased early. `undefined`: kept for ever.
 */
export function ruleFor(
  rules: RetentionRule[],
  kind: string,
  riskTier: string | undefined,
): RetentionRule | undefined {
  const tiers = new Set(rules.flatMap(rule => rule.riskTiers ?? []));
  const isKnown = riskTier !== undefined && tiers.has(riskTier);
  return rules
    .filter(
      rule =>
        rule.kinds.includes(kind) &&
        (!isKnown || !rule.riskTiers || rule.riskTiers.includes(riskTier)),
    )
    .reduce<RetentionRule | undefined>(
      (longest, rule) =>
        !longest || rule.retentionDays > longest.retentionDays ? rule : longest,
      undefined,
    );
}

/** What was observed and recorded before this instant is past the rule. */
export function cutoffMs(rule: RetentionRule, nowMs: number): number {
  return nowMs - rule.retentionDays * msPerDay;
}
