import { ReleaseState } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiCheckboxCircleLine,
  RiCloseCircleLine,
  RiHourglassLine,
  RiArrowGoBackLine,
  RiTimeLine,
} from '@remixicon/react';
import { Badge } from '@backstage/ui';
import { aiAssuranceTranslationRef } from '../translation';

const icons = {
  'in-review': RiHourglassLine,
  approved: RiCheckboxCircleLine,
  rejected: RiCloseCircleLine,
  withdrawn: RiArrowGoBackLine,
  expired: RiTimeLine,
};

/** The state of a release as word and shape. It is a state, not a verdict, and does not look like one. */
export function ReleaseStateBadge(props: { state: ReleaseState }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const Icon = icons[props.state];
  return (
    <Badge icon={<Icon size={14} aria-hidden="true" />}>
      {t(`releaseState.${props.state}`)}
    </Badge>
  );
}
