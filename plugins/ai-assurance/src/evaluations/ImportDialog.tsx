import {
  formatCount,
  ImportResult,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  AiAssuranceError,
  aiAssuranceApiRef,
  AnswerView,
  DataTable,
  EvidenceLink,
  humanizeCode,
  SubjectLink,
  useAnswer,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  toastApiRef,
  useApi,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import {
  Alert,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  TextField,
} from '@backstage/ui';
import { useState } from 'react';
import { FilterSelect } from '../shared/FilterSelect';
import styles from './evaluations.module.css';
import { aiAssuranceEvaluationsTranslationRef } from './translation';

interface ImportDialogProps {
  subject: string;
  onClose: () => void;
  onImported: () => void;
}

const fields = ['version', 'digest', 'datasetId', 'datasetDigest'] as const;

/** Takes a file, shows what it would record, and imports it; a refusal names the place. Mount it to open it. */
export function ImportDialog(props: ImportDialogProps) {
  const { subject, onClose, onImported } = props;
  const api = useApi(aiAssuranceApiRef);
  const toastApi = useApiHolder().get(toastApiRef);
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const formats = useAnswer(
    async signal => (await api.listImportFormats({ signal })).formats,
    [],
  );
  const [format, setFormat] = useState('');
  const [file, setFile] = useState<File>();
  const [stated, setStated] = useState<Record<(typeof fields)[number], string>>(
    {
      version: '',
      digest: '',
      datasetId: '',
      datasetDigest: '',
    },
  );
  const [pending, setPending] = useState<'preview' | 'import'>();
  const [result, setResult] = useState<ImportResult>();
  const [failure, setFailure] = useState<Error>();
  const isDone = result !== undefined && result.items[0]?.outcome !== 'preview';
  const known = 'value' in formats ? formats.value : [];
  const chosen = format || known[0]?.id || '';

  const send = async (kind: 'preview' | 'import') => {
    setPending(kind);
    setFailure(undefined);
    setResult(undefined);
    try {
      const given = (name: (typeof fields)[number]) =>
        stated[name].trim() || undefined;
      const answer = await api.importReport(
        chosen,
        {
          subject,
          subjectVersion: given('version'),
          subjectDigest: given('digest'),
          datasetId: given('datasetId'),
          datasetDigest: given('datasetDigest'),
          preview: kind === 'preview' ? 'true' : undefined,
        },
        file!,
      );
      setResult(answer);
      if (kind === 'import') {
        toastApi?.post({ title: t('import.done'), status: 'success' });
        onImported();
      }
    } catch (error) {
      setFailure(error as Error);
    } finally {
      setPending(undefined);
    }
  };
  let disabledReason: string | undefined;
  if (chosen === '') disabledReason = t('import.loading');
  else if (!file) disabledReason = t('import.chooseFile');

  return (
    <Dialog
      isOpen
      onOpenChange={isOpen => (isOpen ? undefined : onClose())}
      width="min(48rem, 92vw)"
    >
      <DialogHeader>{t('import.title')}</DialogHeader>
      <DialogBody>
        <div className={styles.form}>
          <p>
            {t('import.text')} <SubjectLink entityRef={subject} />
          </p>
          <AnswerView answer={formats} skeleton={[56]}>
            {options => (
              <FilterSelect
                label={t('import.format')}
                value={chosen}
                options={options.map(({ id, title }) => ({
                  value: id,
                  label: title,
                }))}
                onChange={value => {
                  setFormat(value);
                  setResult(undefined);
                }}
              />
            )}
          </AnswerView>
          <label className={styles.file}>
            {t('import.file')}
            <input
              type="file"
              onChange={event => {
                setFile(event.target.files?.[0]);
                setResult(undefined);
                setFailure(undefined);
              }}
            />
          </label>
          <details>
            <summary>{t('import.more')}</summary>
            <div className={styles.form}>
              <p className={styles.remark}>{t('import.moreHint')}</p>
              <div className={styles.fields}>
                {fields.map(name => (
                  <TextField
                    key={name}
                    label={t(`import.${name}`)}
                    value={stated[name]}
                    onChange={value => setStated({ ...stated, [name]: value })}
                  />
                ))}
              </div>
            </div>
          </details>
          {failure ? <Refusal error={failure} fileName={file?.name} /> : null}
          {result ? <Outcome result={result} /> : null}
        </div>
      </DialogBody>
      <DialogFooter>
        <div className={styles.footer}>
          <Button variant="secondary" size="small" onPress={onClose}>
            {isDone ? t('import.close') : t('import.cancel')}
          </Button>
          {isDone ? null : (
            <>
              <ActionButton
                onPress={() => send('preview')}
                disabledReason={disabledReason}
                isPending={pending === 'preview'}
              >
                {t('import.preview')}
              </ActionButton>
              <ActionButton
                variant="primary"
                onPress={() => send('import')}
                disabledReason={disabledReason}
                isPending={pending === 'import'}
              >
                {t('import.submit')}
              </ActionButton>
            </>
          )}
        </div>
      </DialogFooter>
    </Dialog>
  );
}

const refusals = [
  'NOT_RECOGNISED',
  'BROKEN_REPORT',
  'NOTHING_TO_IMPORT',
  'BAD_STATEMENT',
] as const;

/** Why a report was not taken: what kind of fault it is, the place as the server names it, and the code to look it up by. */
function Refusal(props: { error: Error; fileName?: string }) {
  const { error, fileName } = props;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const code = error instanceof AiAssuranceError ? error.code : undefined;
  const kind = refusals.find(one => one === code);
  return (
    <Alert
      role="alert"
      status="danger"
      icon
      title={kind ? t(`import.refusals.${kind}`) : t('import.failed')}
      description={
        <span className={styles.refusal}>
          <span>{error.message}</span>
          <span className={styles.remark}>
            {[fileName, code].filter(Boolean).join(' · ')}
          </span>
        </span>
      }
    />
  );
}

function Outcome(props: { result: ImportResult }) {
  const { result } = props;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  return (
    <>
      <DataTable
        caption={t('import.outcome')}
        rows={result.items.map((item, index) => ({ ...item, index }))}
        rowKey={row => String(row.index)}
        maxHeight={240}
        columns={[
          {
            id: 'type',
            label: t('import.type'),
            isRowHeader: true,
            cell: row => (
              <>
                {humanizeCode(
                  row.type.replace(/^io\.ai-assurance\.|\.v\d+$/g, ''),
                )}
                {row.metric ? `: ${humanizeCode(row.metric)}` : ''}
              </>
            ),
          },
          {
            id: 'count',
            label: t('import.count'),
            isNumber: true,
            cell: row =>
              row.sampleCount === null
                ? t('unknown')
                : formatCount(row.sampleCount),
          },
          {
            id: 'status',
            label: t('import.status'),
            cell: row =>
              row.status ? <VerdictBadge status={row.status} /> : t('none'),
          },
          {
            id: 'outcome',
            label: t('import.outcome'),
            cell: row => (
              <>
                {t(`import.outcomes.${row.outcome}`)}{' '}
                {row.evidenceId ? (
                  <EvidenceLink evidenceId={row.evidenceId} />
                ) : null}
              </>
            ),
          },
        ]}
      />
      {result.notes.length > 0 ? (
        <div>
          <p>{t('import.notes')}</p>
          <ul className={styles.notes}>
            {result.notes.map(note => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}
