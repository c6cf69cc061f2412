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
import {
  type ItemStepResult,
  type ItemVerification,
  type ProvenItem,
  verifyItem,
} from '@ai-assurance/evidence';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button } from '@backstage/ui';
import { RiDownloadLine, RiShieldCheckLine } from '@remixicon/react';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { saveFile } from '../shared/saveFile';
import { aiAssuranceTranslationRef } from '../translation';

/** The inclusion proof, and the button that checks it here instead of believing the server. */
export function ProofSection(props: { detail: EvidenceDetail }) {
  const { detail } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [verification, setVerification] = useState<ItemVerification>();
  const [isShown, setIsShown] = useState(false);
  return (
    <Section
      title={t('evidence.proof')}
      description={t('evidence.verifyHint')}
      actions={
        <Button
          size="small"
          variant="primary"
          iconStart={<RiShieldCheckLine size={16} />}
          onPress={() => setVerification(verifyItem(detail))}
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
      <div className={styles.row}>
        <Button
          size="small"
          variant="secondary"
          iconStart={<RiDownloadLine size={16} />}
          onPress={() =>
            saveFile(
              new Blob([JSON.stringify(provenOf(detail), undefined, 2)], {
                type: 'application/json',
              }),
              `evidence-${detail.evidenceId}.json`,
            )
          }
        >
          {t('evidence.downloadProven')}
        </Button>
        <Button
          size="small"
          variant="secondary"
          iconStart={<RiDownloadLine size={16} />}
          onPress={() =>
            saveFile(
              new Blob([detail.proof], { type: 'text/plain' }),
              `evidence-${detail.evidenceId}.tlog-proof`,
            )
          }
        >
          {t('evidence.downloadProof')}
        </Button>
        <Button
          size="small"
          variant="tertiary"
          aria-expanded={isShown}
          onPress={() => setIsShown(!isShown)}
        >
          {isShown ? t('evidence.hideRaw') : t('evidence.showProof')}
        </Button>
      </div>
      {isShown ? <pre className={styles.code}>{detail.proof}</pre> : null}
    </Section>
  );
}

/** What `ai-assurance verify` takes: the item with its proof, and nothing that only this page needs. */
function provenOf(detail: EvidenceDetail): ProvenItem {
  const { position, item, leaf, leafHash, payloadCommitment } = detail;
  const { salt, redacted, proof, verifierKey } = detail;
  return {
    position,
    item,
    leaf,
    leafHash,
    payloadCommitment,
    salt,
    redacted,
    proof,
    verifierKey,
  };
}

const statusOf = {
  holds: 'pass',
  fails: 'fail',
  erased: 'not-applicable',
  'not-reached': 'not-applicable',
} as const;

function VerificationResult(props: { verification: ItemVerification }) {
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
                count: verification.size,
                index: formatCount(verification.index),
                size: formatCount(verification.size),
              })
            : t('evidence.notVerified', { message: verification.message ?? '' })
        }
        description={
          verification.holds && verification.fingerprint
            ? t('evidence.trust', { fingerprint: verification.fingerprint })
            : undefined
        }
      />
      <ol className={styles.steps}>
        {verification.steps.map(step => (
          <Step key={step.step} {...step} />
        ))}
      </ol>
    </>
  );
}

/** What was checked, how it went, and with which numbers. */
function Step(props: ItemStepResult) {
  const { step, result, facts } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const words = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'number' ? formatCount(value) : value,
    ]),
  );
  return (
    <li>
      <span className={styles.stepHead}>
        <VerdictBadge status={statusOf[result]} isCompact />
        <span>
          {t(`evidence.step.${step}`)}: {t(`evidence.result.${result}`)}
        </span>
      </span>
      {result === 'holds' ? (
        <span className={styles.secondary}>
          {/* Each step names the facts that its sentence needs. */}
          {t(`evidence.stepFacts.${step}`, {
            ...words,
            count: facts.count ?? facts.size,
          } as any)}
        </span>
      ) : null}
    </li>
  );
}
