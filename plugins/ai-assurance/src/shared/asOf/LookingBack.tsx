import { Fragment, ReactNode } from 'react';
import { AsOfControl } from './AsOfControl';
import { useAsOf } from './useAsOf';

/**
 * A part of a page that can look at the past. All its reads MUST pass the moment of `useAsOf` on. Another moment draws it
 * anew, so that no answer stays in sight under a moment that it is not about.
 */
export function LookingBack(props: { children: ReactNode }) {
  const { asOf } = useAsOf();
  return (
    <>
      <AsOfControl />
      <Fragment key={asOf ?? 'now'}>{props.children}</Fragment>
    </>
  );
}
