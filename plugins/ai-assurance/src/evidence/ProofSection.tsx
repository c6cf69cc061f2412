import {
  EvidenceDetail,
  formatCount,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  Digest,
  FactList,
  FactRow,
  Section,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { RiShieldCheckLine } from '@remixicon/react';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import {
  Verification,
  VERIFICATION_STEPS,
  verifyEvidence,
} from './verifyEvidence';

/** The inclusion proof, and the button that checks it here instead of believing the server. */
export function ProofSection(props: { detail: EvidenceDetail }) {
  const { detail } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [verification, setVerification] = useState<Verification>();
  return (
    <Section
      title={t('evidence.proof')}
      description={t('evidence.verifyHint')}
      actions={
        <Button
          size="small"
          variant="primary"
          iconStart={<RiShieldCheckLine size={16} />}
          onPress={() => setVerification(verifyEvidence(detail))}
        >
          {verification ? t('evidence.verifyAgain') : t('evidence.verify')}
        </Button>
      }
    >
      {verification ? <VerificationResult verification={verification} /> : null}
      <FactList>
        <FactRow
          label={t('evidence.leafHash')}
          value={<Digest digest={detail.leafHash} />}
        />
        <FactRow
          label={t('evidence.commitment')}
          value={<Digest digest={detail.payloadCommitment} />}
        />
        <FactRow
          label={t('evidence.verifierKey')}
          value={<code>{detail.verifierKey}</code>}
        />
      </FactList>
      <pre className={styles.code}>{detail.proof}</pre>
    </Section>
  );
}

function VerificationResult(props: { verification: Verification }) {
  const { verification } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <>
      <Alert
        role="status"
        status={verification.holds ? 'success' : 'danger'}
        icon
        title={
          verification.holds
            ? t('evidence.verified', {
                index: formatCount(verification.index),
                size: formatCount(verification.size),
              })
            : t('evidence.notVerified', { message: verification.message })
        }
        description={
          verification.holds
            ? t('evidence.trust', { fingerprint: verification.fingerprint })
            : undefined
        }
      />
      <ul className={styles.steps}>
        {VERIFICATION_STEPS.map(step => {
          if (verification.heldSteps.includes(step)) {
            return (
              <li key={step}>
                <VerdictBadge status="pass" isCompact />
                {t(`evidence.step.${step}`)}: {t('evidence.stepHolds')}
              </li>
            );
          }
          const isFailed =
            !verification.holds && verification.failedStep === step;
          return (
            <li key={step}>
              <VerdictBadge
                status={isFailed ? 'fail' : 'not-applicable'}
                isCompact
              />
              {t(`evidence.step.${step}`)}:{' '}
              {isFailed ? t('evidence.stepFails') : t('evidence.stepSkipped')}
            </li>
          );
        })}
      </ul>
    </>
  );
}
