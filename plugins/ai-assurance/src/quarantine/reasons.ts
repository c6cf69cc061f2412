import { humanizeCode } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceTranslationRef } from '../translation';

const KNOWN = [
  'CLOCK_AHEAD',
  'CONTROL_CHARACTER',
  'FORBIDDEN_NAME',
  'ID_CONFLICT',
  'INVALID_DELIVERY',
  'INVALID_ITEM',
  'INVALID_PAYLOAD',
  'NOT_ALLOWED',
  'NOT_CANONICAL',
  'NOT_JSON',
  'NOT_UTF8',
  'NO_SUBJECT',
  'RESERVED_SOURCE',
  'RESERVED_TYPE',
  'TOO_DEEP',
  'TOO_LARGE',
  'UNKNOWN_SUBJECT',
  'UNKNOWN_TYPE',
  'UNKNOWN_VERSION',
  'UNMAPPED_EVENT',
] as const;

type KnownCode = (typeof KNOWN)[number];

const isKnown = (code: string): code is KnownCode =>
  (KNOWN as readonly string[]).includes(code);

/** Why something was not let in, in a few words; a code of a newer server is read as it is written. */
export function useReasonText(): (code: string) => string {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return code =>
    isKnown(code)
      ? t(`quarantine.codes.${code}`)
      : humanizeCode(code).replace(/^./, first =>
          first.toLocaleUpperCase('en-US'),
        );
}
