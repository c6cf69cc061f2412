import {
  formatShareOf,
  RollbackPlan,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  formatDuration,
  RelativeTime,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  toastApiRef,
  useApi,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { Checkbox, Select } from '@backstage/ui';
import { useRef, useState } from 'react';
import { ReasonDialog } from '../../shared/ReasonDialog';
import styles from '../entity.module.css';
import { aiAssuranceServiceTranslationRef } from './translation';

interface RollbackDialogProps {
  entityRef: string;
  title: string;
  onClose: () => void;
  onDone: () => void;
}

/** A key that makes one press one order, however often it is sent. */
const newRequestId = () => `req_${crypto.randomUUID()}`;

/** Says what a rollback would do to which traffic and whether it is undoable; orders it once that was read. */
export function RollbackDialog(props: RollbackDialogProps) {
  const { entityRef, title, onClose, onDone } = props;
  const api = useApi(aiAssuranceApiRef);
  const toastApi = useApiHolder().get(toastApiRef);
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const plan = useAnswer(
    signal => api.getRollback(entityRef, { signal }),
    [entityRef],
  );
  const [chosen, setChosen] = useState<{ from?: string; to?: string }>({});
  const [isRead, setIsRead] = useState(false);
  const requestId = useRef(newRequestId());
  const known = plan.state === 'ready' ? plan.value : undefined;
  const from = chosen.from ?? known?.fromVersion ?? undefined;
  const to = chosen.to ?? known?.toVersion ?? undefined;

  const hindrance = () => {
    if (!known) return t('rollback.loading');
    if (!known.may.allowed) return known.may.reason ?? '';
    if (from === undefined) return t('rollback.none');
    if (to === undefined || to === from) return t('rollback.noEarlier');
    return isRead ? undefined : t('rollback.mustConfirm');
  };

  return (
    <ReasonDialog
      title={t('rollback.title', { service: title })}
      reasonLabel={t('rollback.reason')}
      submitLabel={t('rollback.submit')}
      isDestructive
      disabledReason={hindrance()}
      onClose={onClose}
      onSubmit={async reason => {
        const order = await api.orderRollback(entityRef, {
          fromVersion: from!,
          toVersion: to!,
          reason,
          requestId: requestId.current,
        });
        toastApi?.post({
          title: t('rollback.done', { answer: order.answer ?? order.state }),
          status: order.state === 'done' ? 'success' : 'warning',
        });
        onDone();
      }}
    >
      <AnswerView answer={plan} skeleton={[40, 80]}>
        {value => (
          <>
            <div className={styles.pickPair}>
              <VersionPick
                label={t('rollback.from')}
                value={from}
                versions={value.versions.filter(one => one.requestCount !== 0)}
                onChange={version => setChosen({ ...chosen, from: version })}
              />
              <VersionPick
                label={t('rollback.to')}
                value={to}
                versions={value.versions.filter(one => one.version !== from)}
                onChange={version => setChosen({ ...chosen, to: version })}
              />
            </div>
            {from !== undefined && to !== undefined ? (
              <Effect plan={value} from={from} to={to} />
            ) : (
              <p className={styles.text}>
                {from === undefined
                  ? t('rollback.none')
                  : t('rollback.noEarlier')}
              </p>
            )}
            <Checkbox isSelected={isRead} onChange={setIsRead}>
              {t('rollback.confirm')}
            </Checkbox>
            {value.orders.length > 0 ? (
              <div>
                <p className={styles.secondary}>{t('rollback.orders')}</p>
                <ul className={styles.list}>
                  {value.orders.map(order => (
                    <li key={order.orderId}>
                      {t('rollback.order', {
                        from: order.fromVersion,
                        to: order.toVersion,
                        by: order.orderedBy.replace(/^.*\//, ''),
                      })}
                      {', '}
                      <RelativeTime atMs={order.orderedAtMs} />
                      {': '}
                      {order.answer ?? order.state}
                    </li>
                  ))}
                </ul>
              </div>
            ) : null}
          </>
        )}
      </AnswerView>
    </ReasonDialog>
  );
}

function Effect(props: { plan: RollbackPlan; from: string; to: string }) {
  const { plan, from, to } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const total = plan.versions.reduce(
    (sum, one) => sum + (one.requestCount ?? 0),
    0,
  );
  const count =
    plan.versions.find(one => one.version === from)?.requestCount ?? null;
  return (
    <div className={styles.effect}>
      <p className={styles.text}>
        {count === null || total === 0
          ? t('rollback.effectUnknown', { from })
          : t('rollback.effectTraffic', {
              from,
              to,
              share: formatShareOf(count, total, 'request'),
              window: formatDuration(plan.trafficWindowMs),
            })}{' '}
        {plan.through === null
          ? t('rollback.noDevices')
          : t('rollback.devices', { through: plan.through })}
      </p>
      {plan.target === null ? null : (
        <p className={styles.text}>
          {plan.through === null
            ? t('rollback.target', { target: plan.target })
            : t('rollback.through', {
                through: plan.through,
                target: plan.target,
                what: plan.what ?? '',
              })}
        </p>
      )}
      <p className={styles.text}>{t('rollback.undo', { undo: plan.undo })}</p>
    </div>
  );
}

function VersionPick(props: {
  label: string;
  value: string | undefined;
  versions: RollbackPlan['versions'];
  onChange: (version: string) => void;
}) {
  const { label, value, versions, onChange } = props;
  return (
    <Select
      label={label}
      size="small"
      value={value ?? null}
      options={versions.map(one => ({
        value: one.version,
        label: one.version,
      }))}
      onChange={key => onChange(String(key))}
    />
  );
}
