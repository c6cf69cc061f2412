/** Narrow reads for other rooms. */
export interface ActionAnswers {
  /** Why no rollback can be ordered for a service, whoever asks; `undefined` when it can. */
  rollbackHindrance(subject: string): string | undefined;
}
