import { ChangeEvent } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useHere } from '@ai-assurance/backstage-plugin-ai-assurance-react';

/** Where a change is told in full: its release, its evidence, or the part of this page that judges it. */
export function useEventLink(): (event: ChangeEvent) => string | undefined {
  const here = useHere();
  return event => {
    if (event.releaseId)
      return here(
        `/ai-assurance/releases?release=${encodeURIComponent(event.releaseId)}`,
      );
    if (event.evidenceId)
      return here(
        `/ai-assurance/evidence?item=${encodeURIComponent(event.evidenceId)}`,
      );
    if (event.group === 'drift') return '#drift';
    return undefined;
  };
}
