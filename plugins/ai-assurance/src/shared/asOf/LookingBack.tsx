import { MomentProvider } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { ReactNode } from 'react';
import { AsOfControl } from './AsOfControl';
import { useAsOf } from './useAsOf';

/**
 * A part of a page that can look at the past. All its reads MUST pass the moment of `useAsOf` on. Another moment draws it
 * anew, so that no answer stays in sight under a moment that it is not about. Ages in it are counted from that moment.
 */
export function LookingBack(props: { children: ReactNode }) {
  const { asOf, atMs } = useAsOf();
  return (
    <>
      <AsOfControl />
      <MomentProvider key={asOf ?? 'now'} atMs={atMs}>
        {props.children}
      </MomentProvider>
    </>
  );
}
