import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Skeleton } from '@backstage/ui';
import { ReactNode } from 'react';
import { AiAssuranceError } from '../api/AiAssuranceError';
import { Answer } from '../hooks/useAnswer';
import { aiAssuranceReactTranslationRef } from '../translation';
import { formatTime } from './format';
import styles from './widgets.module.css';

/**
 * Props of {@link EmptyState}.
 *
 * @public
 */
export interface EmptyStateProps {
  /** What would be here. */
  title: string;
  /** How it comes to be here. */
  description?: ReactNode;
  /** The one action that brings it. */
  action?: ReactNode;
}

/**
 * What would be here, and the one action that brings it.
 *
 * @public
 */
export function EmptyState(props: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <p className={styles.emptyTitle}>{props.title}</p>
      {props.description ? (
        <div className={styles.secondary}>{props.description}</div>
      ) : null}
      {props.action ? <div>{props.action}</div> : null}
    </div>
  );
}

/**
 * Props of {@link FailedState}.
 *
 * @public
 */
export interface FailedStateProps {
  error: Error;
  /** Epoch milliseconds. */
  sinceMs?: number;
  onRetry?: () => void;
  isRetrying?: boolean;
}

/** What follows a message must not run into it. */
const asSentence = (message: string) =>
  /[.!?…]$/.test(message.trim()) ? message : `${message}.`;

/** Refused, not broken: the same question gets the same answer until somebody grants the permission. */
const isRefusal = (error: Error) =>
  error instanceof AiAssuranceError && error.status === 403;

/**
 * What failed, since when, and a retry. The rest of the page stays. What the reader may not see is no failure: it says why,
 * and offers no retry.
 *
 * @public
 */
export function FailedState(props: FailedStateProps) {
  const { error, sinceMs, onRetry, isRetrying } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  if (isRefusal(error)) {
    return (
      <Alert
        role="alert"
        status="info"
        icon
        title={t('state.refusedTitle')}
        description={error.message}
      />
    );
  }
  const since =
    sinceMs === undefined
      ? ''
      : ` ${t('state.failedSince', { time: formatTime(sinceMs) })}`;
  return (
    <Alert
      role="alert"
      status="danger"
      icon
      title={t('state.failedTitle')}
      description={`${asSentence(error.message)}${since}`}
      customActions={
        onRetry ? (
          <Button
            size="small"
            variant="secondary"
            onPress={onRetry}
            isPending={isRetrying}
          >
            {t('state.retry')}
          </Button>
        ) : undefined
      }
    />
  );
}

/**
 * Props of {@link LoadingSkeleton}.
 *
 * @public
 */
export interface LoadingSkeletonProps {
  /** Heights of the blocks in CSS pixels, from top to bottom, like the layout that will follow. */
  heights?: number[];
}

/**
 * A skeleton of the layout to come, so that nothing jumps.
 *
 * @public
 */
export function LoadingSkeleton(props: LoadingSkeletonProps) {
  const { heights = [56, 200] } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  return (
    <div
      className={styles.stack}
      role="status"
      aria-busy="true"
      aria-label={t('state.loading')}
    >
      {heights.map((height, index) => (
        <Skeleton key={index} width="100%" height={height} />
      ))}
    </div>
  );
}

/**
 * Props of {@link AnswerView}.
 *
 * @public
 */
export interface AnswerViewProps<T> {
  answer: Answer<T>;
  /** Heights of the skeleton's blocks. */
  skeleton?: number[];
  /** Drawn for an empty answer; without it the answer is drawn as ready. */
  empty?: (value: T) => ReactNode;
  children: (value: T) => ReactNode;
}

/**
 * Draws the four states of an answer, and says when a shown answer could not be renewed.
 *
 * @public
 */
export function AnswerView<T>(props: AnswerViewProps<T>) {
  const { answer, skeleton, empty, children } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  if (answer.state === 'loading') return <LoadingSkeleton heights={skeleton} />;
  if (answer.state === 'failed') {
    return (
      <FailedState
        error={answer.error}
        sinceMs={answer.sinceMs}
        onRetry={answer.reload}
        isRetrying={answer.isRefreshing}
      />
    );
  }
  return (
    <>
      {answer.refreshFailure ? (
        <Alert
          status="warning"
          icon
          title={t('state.stale', {
            time: formatTime(answer.refreshFailure.sinceMs),
            message: answer.refreshFailure.error.message,
          })}
          customActions={
            <Button
              size="small"
              variant="secondary"
              onPress={answer.reload}
              isPending={answer.isRefreshing}
            >
              {t('state.retry')}
            </Button>
          }
        />
      ) : null}
      {answer.state === 'empty' && empty
        ? empty(answer.value)
        : children(answer.value)}
    </>
  );
}
