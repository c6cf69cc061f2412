import { VersionVerdict } from './judge';

const counted = (count: number, one: string, many: string) =>
  `${count} ${count === 1 ? one : many}`;

const nameOf = ({
  version,
  digest,
}: Pick<VersionVerdict, 'version' | 'digest'>) =>
  version ? `Version ${version}` : `Version ${digest!.slice(7, 19)}`;

/** One line on what the gates say of the version that was measured last. */
export function evaluationSentence(input: {
  hasGates: boolean;
  versionCount: number;
  last: VersionVerdict | undefined;
}): string {
  const { hasGates, versionCount, last } = input;
  if (versionCount === 0 || !last)
    return versionCount === 0
      ? 'Nothing has been evaluated yet.'
      : `${counted(
          versionCount,
          'version was',
          'versions were',
        )} evaluated; no gates are declared, so nothing is judged.`;
  if (!hasGates)
    return `${counted(
      versionCount,
      'version was',
      'versions were',
    )} evaluated; no gates are declared, so nothing is judged.`;
  const asked = last.gates.filter(({ status }) => status !== 'not-applicable');
  const of = (status: string) =>
    asked.filter(gate => gate.status === status).length;
  const parts = [
    of('fail') > 0 ? `${of('fail')} fail` : '',
    of('inconclusive') > 0
      ? counted(of('inconclusive'), 'is not known', 'are not known')
      : '',
    of('warn') > 0 ? `${of('warn')} warn` : '',
  ].filter(part => part !== '');
  const gates = counted(asked.length, 'gate', 'gates');
  return parts.length === 0
    ? `${nameOf(last)} passes ${
        asked.length === 1 ? 'its gate' : `all ${gates}`
      }.`
    : `${nameOf(last)} does not pass: of ${gates}, ${parts.join(', ')}.`;
}
