import { z } from 'zod';

/**
 * What is read of the objects. Everything else is dropped here and never seen again: messages (free text), pod names, images,
 * addresses, arguments and measured values.
 *
 * Names and meanings: KServe `pkg/apis/serving/v1beta1/inference_service_status.go` (0.17, 2026), Argo Rollouts
 * `pkg/apis/rollouts/v1alpha1` (1.9), Kubernetes API conventions: a whole number that is left out is 0.
 */
const count = z.int().nonnegative();
const word = z.string().max(253);
const instant = z.iso.datetime({ offset: true });

const metadataSchema = z.object({
  name: word.min(1),
  namespace: word.min(1),
  uid: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  resourceVersion: z.string().regex(/^[A-Za-z0-9]{1,64}$/),
  generation: count.nullish(),
  creationTimestamp: instant,
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  ownerReferences: z
    .array(z.object({ kind: z.string(), uid: z.string() }))
    .nullish(),
  managedFields: z
    .array(z.object({ time: instant.nullish(), subresource: word.nullish() }))
    .nullish(),
});

const conditionSchema = z.object({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  lastTransitionTime: instant.nullish(),
});

export const inferenceServiceSchema = z.object({
  metadata: metadataSchema,
  status: z
    .object({
      observedGeneration: count.nullish(),
      conditions: z.array(conditionSchema).nullish(),
      components: z
        .object({
          predictor: z
            .object({
              latestCreatedRevision: word.nullish(),
              latestReadyRevision: word.nullish(),
              latestRolledoutRevision: word.nullish(),
              previousRolledoutRevision: word.nullish(),
              traffic: z
                .array(
                  z.object({
                    revisionName: word.nullish(),
                    percent: z.number().min(0).max(100).nullish(),
                  }),
                )
                .max(20)
                .nullish(),
            })
            .nullish(),
        })
        .nullish(),
      modelStatus: z
        .object({
          transitionStatus: z
            .enum([
              '',
              'UpToDate',
              'InProgress',
              'BlockedByFailedLoad',
              'InvalidSpec',
            ])
            .nullish(),
          lastFailureInfo: z.object({ reason: word.nullish() }).nullish(),
          copies: z
            .object({
              failedCopies: count.nullish(),
              totalCopies: count.nullish(),
            })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

const pauseDuration = z.union([z.int(), z.string().max(40)]);
const weightSchema = z.object({
  weight: z.number().min(0).max(100),
  podTemplateHash: word.nullish(),
});

export const argoRolloutSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    replicas: count.nullish(),
    strategy: z
      .object({
        canary: z
          .object({
            steps: z
              .array(
                z.object({
                  setWeight: z.number().min(0).max(100).nullish(),
                  pause: z
                    .object({ duration: pauseDuration.nullish() })
                    .nullish(),
                }),
              )
              .max(150)
              .nullish(),
          })
          .nullish(),
        blueGreen: z
          .object({
            autoPromotionEnabled: z.boolean().nullish(),
            autoPromotionSeconds: count.nullish(),
          })
          .nullish(),
      })
      .nullish(),
    template: z
      .object({
        metadata: z
          .object({
            annotations: z.record(z.string(), z.string()).nullish(),
          })
          .nullish(),
      })
      .nullish(),
  }),
  status: z
    .object({
      phase: z.enum(['Healthy', 'Degraded', 'Progressing', 'Paused']).nullish(),
      abort: z.boolean().nullish(),
      abortedAt: instant.nullish(),
      observedGeneration: z.string().nullish(),
      pauseConditions: z
        .array(z.object({ reason: word }))
        .max(10)
        .nullish(),
      currentStepIndex: count.nullish(),
      stableRS: word.nullish(),
      currentPodHash: word.nullish(),
      replicas: count.nullish(),
      updatedReplicas: count.nullish(),
      readyReplicas: count.nullish(),
      availableReplicas: count.nullish(),
      conditions: z.array(conditionSchema).nullish(),
      canary: z
        .object({
          weights: z
            .object({ canary: weightSchema, stable: weightSchema })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

const measurementCounts = {
  count: count.nullish(),
  successful: count.nullish(),
  failed: count.nullish(),
  inconclusive: count.nullish(),
  error: count.nullish(),
};
const analysisPhase = z.enum([
  'Pending',
  'Running',
  'Successful',
  'Failed',
  'Error',
  'Inconclusive',
]);

export const analysisRunSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({ terminate: z.boolean().nullish() }),
  status: z
    .object({
      phase: analysisPhase.nullish(),
      startedAt: instant.nullish(),
      completedAt: instant.nullish(),
      metricResults: z
        .array(
          z.object({
            name: word.min(1),
            phase: analysisPhase,
            dryRun: z.boolean().nullish(),
            measurements: z
              .array(z.object({ finishedAt: instant.nullish() }))
              .nullish(),
            ...measurementCounts,
          }),
        )
        .max(100)
        .nullish(),
    })
    .nullish(),
});

/** A page of a list: what Kubernetes calls `continue` leads to the next. */
export function listSchemaOf<T extends z.ZodType>(item: T) {
  return z.object({
    metadata: z.object({ continue: z.string().nullish() }),
    items: z.array(item),
  });
}

export const clustersSchema = z.object({
  items: z.array(z.object({ name: z.string().min(1).max(200) })),
});

export type ObjectMetadata = z.infer<typeof metadataSchema>;
export type Condition = z.infer<typeof conditionSchema>;
export type InferenceService = z.infer<typeof inferenceServiceSchema>;
export type ArgoRollout = z.infer<typeof argoRolloutSchema>;
export type AnalysisRun = z.infer<typeof analysisRunSchema>;
