import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/**
 * The highest level that is held, or `null`. A level holds while every check of it and of all lower levels passes;
 * `not-applicable` is left out. A level without any applicable check is held only on top of a level that was earned:
 * nothing measured is never an award.
 */
export function heldLevel(
  levels: string[],
  checks: { level: string; status: VerdictStatus }[],
): string | null {
  let held: string | null = null;
  let isEarned = false;
  for (const level of levels) {
    const applicable = checks.filter(
      check => check.level === level && check.status !== 'not-applicable',
    );
    if (applicable.some(check => check.status !== 'pass')) return held;
    isEarned = isEarned || applicable.length > 0;
    if (isEarned) held = level;
  }
  return held;
}
