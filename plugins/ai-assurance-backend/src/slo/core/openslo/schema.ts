import { z } from 'zod';
import { lengthOf } from '../duration';
import {
  descriptionSchema,
  displayNameSchema,
  durationSchema,
  fixedDurationSchema,
  metadataSchema,
  nameSchema,
  operatorSchema,
  startTimeSchema,
  timeZoneSchema,
} from './parts';

// OpenSLO v1 by its specification (github.com/OpenSLO/OpenSLO) and the rules that its Go SDK enforces. There is no JSON
// Schema of it any more. A field that the specification does not know is refused: to ignore it would change what its
// author meant.

const apiVersion = z.literal('openslo/v1');

export const metricSourceSchema = z
  .strictObject({
    metricSourceRef: nameSchema.optional(),
    type: z.string().min(1).max(100).optional(),
    spec: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(
    source => source.metricSourceRef !== undefined || source.type !== undefined,
    'needs a metricSourceRef or a type',
  );
const metricSchema = z.strictObject({ metricSource: metricSourceSchema });

const ratioMetricSchema = z
  .strictObject({
    counter: z.boolean().optional(),
    good: metricSchema.optional(),
    bad: metricSchema.optional(),
    total: metricSchema.optional(),
    rawType: z
      .enum(['success', 'failure'], { error: 'must be success or failure' })
      .optional(),
    raw: metricSchema.optional(),
  })
  .superRefine((ratio, context) => {
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (ratio.raw !== undefined) {
      if (ratio.rawType === undefined)
        refuse(['rawType'], 'is missing beside raw: success or failure');
      for (const name of ['good', 'bad', 'total'] as const) {
        if (ratio[name] !== undefined)
          refuse([name], 'cannot stand beside raw, which is the ratio itself');
      }
      return;
    }
    if (ratio.rawType !== undefined)
      refuse(['rawType'], 'says how to read raw, which is missing');
    if (ratio.total === undefined) refuse([], 'needs total, or raw');
    if ((ratio.good === undefined) === (ratio.bad === undefined))
      refuse([], 'needs either good or bad');
  });

export const indicatorSpecSchema = z
  .strictObject({
    description: descriptionSchema,
    thresholdMetric: metricSchema.optional(),
    ratioMetric: ratioMetricSchema.optional(),
  })
  .refine(
    spec =>
      (spec.thresholdMetric === undefined) !== (spec.ratioMetric === undefined),
    'needs either thresholdMetric or ratioMetric',
  );

const inlineIndicatorSchema = z.strictObject({
  metadata: metadataSchema.optional(),
  spec: indicatorSpecSchema,
});

const conditionSpecSchema = z.strictObject({
  description: descriptionSchema,
  severity: z.string().min(1).max(100),
  condition: z.strictObject({
    kind: z.literal('burnrate', { error: 'must be burnrate' }),
    op: operatorSchema,
    threshold: z.number(),
    lookbackWindow: fixedDurationSchema,
    alertAfter: fixedDurationSchema.optional(),
  }),
});
const targetSpecSchema = z.strictObject({
  description: descriptionSchema,
  target: z.string().min(1).max(200),
});

const inline = <K extends string, T extends z.ZodType>(kind: K, spec: T) =>
  z.strictObject({
    apiVersion: apiVersion.optional(),
    kind: z.literal(kind),
    metadata: metadataSchema,
    spec,
  });

const policySpecSchema = z.strictObject({
  description: descriptionSchema,
  alertWhenNoData: z.boolean().optional(),
  alertWhenResolved: z.boolean().optional(),
  alertWhenBreaching: z.boolean().optional(),
  conditions: z
    .array(
      z.union([
        z.strictObject({ conditionRef: nameSchema }),
        inline('AlertCondition', conditionSpecSchema),
      ]),
    )
    .length(1, 'must hold exactly one condition'),
  notificationTargets: z
    .array(
      z.union([
        z.strictObject({ targetRef: nameSchema }),
        inline('AlertNotificationTarget', targetSpecSchema),
      ]),
    )
    .min(1, 'must hold a target')
    .max(50),
});

/** A number alone counts minutes. */
const sliceWindowSchema = z.union([
  z
    .number()
    .int('must be whole minutes')
    .positive()
    .max(100_000)
    .transform(minutes => minutes * 60_000),
  fixedDurationSchema,
]);

const objectiveSchema = z
  .strictObject({
    displayName: displayNameSchema,
    op: operatorSchema.optional(),
    value: z.number().optional(),
    target: z
      .number()
      .min(0)
      .lt(1, 'must be below 1: with 1 there is no budget to spend')
      .optional(),
    targetPercent: z
      .number()
      .min(0)
      .lt(100, 'must be below 100: with 100 there is no budget to spend')
      .optional(),
    timeSliceTarget: z
      .number()
      .gt(0, 'must be above 0')
      .max(1, 'must be at most 1')
      .optional(),
    timeSliceWindow: sliceWindowSchema.optional(),
    indicator: inlineIndicatorSchema.optional(),
    indicatorRef: nameSchema.optional(),
    compositeWeight: z.number().gt(0, 'must be above 0').optional(),
  })
  .refine(
    one => (one.target === undefined) !== (one.targetPercent === undefined),
    'needs either target (0.95) or targetPercent (95), not both',
  )
  .refine(
    one => one.indicator === undefined || one.indicatorRef === undefined,
    'needs either indicator or indicatorRef, not both',
  );

const timeWindowSchema = z
  .strictObject({
    duration: durationSchema,
    // Without it the specification takes a window with a calendar for one that does not roll.
    isRolling: z.boolean().optional(),
    calendar: z
      .strictObject({ startTime: startTimeSchema, timeZone: timeZoneSchema })
      .optional(),
  })
  .transform((window, context) => {
    const isRolling = window.isRolling ?? window.calendar === undefined;
    if (window.isRolling === undefined && isRolling) {
      context.addIssue({
        code: 'custom',
        path: ['isRolling'],
        message: 'is missing',
      });
    }
    return { ...window, isRolling };
  })
  .superRefine((window, context) => {
    const { duration } = window;
    if (window.isRolling && window.calendar !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['calendar'],
        message: 'cannot stand beside isRolling: true',
      });
    }
    if (!window.isRolling && window.calendar === undefined) {
      context.addIssue({
        code: 'custom',
        message: 'needs a calendar when it is not rolling',
      });
    }
    const length = lengthOf(duration);
    if (window.isRolling && 'why' in length) {
      context.addIssue({
        code: 'custom',
        path: ['duration'],
        message: length.why,
      });
    }
  });

const sloSpecSchema = z
  .strictObject({
    description: descriptionSchema,
    service: nameSchema,
    indicator: inlineIndicatorSchema.optional(),
    indicatorRef: nameSchema.optional(),
    timeWindow: z
      .array(timeWindowSchema)
      .length(1, 'must hold exactly one time window'),
    budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices'], {
      error: 'must be Occurrences, Timeslices or RatioTimeslices',
    }),
    objectives: z.array(objectiveSchema).min(1).max(20),
    // An empty field says the same as none.
    alertPolicies: z
      .array(
        z.union([
          z.strictObject({ alertPolicyRef: nameSchema }),
          inline('AlertPolicy', policySpecSchema),
        ]),
      )
      .max(20)
      .nullish(),
  })
  .superRefine((spec, context) => {
    const refuse = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const isNamed = spec.indicator ?? spec.indicatorRef;
    if (spec.indicator !== undefined && spec.indicatorRef !== undefined)
      refuse(['indicatorRef'], 'cannot stand beside indicator');
    spec.objectives.forEach((one, index) => {
      const at = (field: string) => ['objectives', index, field];
      const own = one.indicator ?? one.indicatorRef;
      if (isNamed !== undefined && own !== undefined)
        refuse(
          at(one.indicator ? 'indicator' : 'indicatorRef'),
          'cannot stand beside the indicator of the SLO itself',
        );
      if (isNamed === undefined && own === undefined)
        refuse(
          ['objectives', index],
          'has no indicator: neither its own nor one of the SLO',
        );
      if (one.compositeWeight !== undefined && own === undefined)
        refuse(at('compositeWeight'), 'is for objectives with indicators');
      const needs: Record<string, [slice: boolean, target: boolean]> = {
        Occurrences: [false, false],
        Timeslices: [true, true],
        RatioTimeslices: [true, false],
      };
      const [slice, target] = needs[spec.budgetingMethod];
      const check = (
        field: 'timeSliceWindow' | 'timeSliceTarget',
        is: boolean,
      ) => {
        if (is && one[field] === undefined)
          refuse(
            ['objectives', index],
            `needs ${field} with budgetingMethod ${spec.budgetingMethod}`,
          );
        if (!is && one[field] !== undefined)
          refuse(
            at(field),
            `has no meaning with budgetingMethod ${spec.budgetingMethod}`,
          );
      };
      check('timeSliceWindow', slice);
      check('timeSliceTarget', target);
      // A ratio has nothing to compare; an operator alone is harmless and common.
      const indicator = one.indicator ?? spec.indicator;
      if (indicator?.spec.ratioMetric && one.value !== undefined)
        refuse(at('value'), 'is for a thresholdMetric; a ratioMetric has none');
      if (indicator?.spec.thresholdMetric) {
        for (const field of ['op', 'value'] as const) {
          if (one[field] === undefined)
            refuse(
              ['objectives', index],
              `needs ${field} for a thresholdMetric`,
            );
        }
      }
    });
  });

const document = <K extends string, T extends z.ZodType>(kind: K, spec: T) =>
  z.strictObject({
    apiVersion,
    kind: z.literal(kind),
    metadata: metadataSchema,
    spec,
  });

/** The schema of each kind. */
export const documentSchemas = {
  SLO: document('SLO', sloSpecSchema),
  SLI: document('SLI', indicatorSpecSchema),
  DataSource: document(
    'DataSource',
    z.strictObject({
      description: descriptionSchema,
      type: z.string().min(1).max(100),
      connectionDetails: z
        .union([
          z.record(z.string(), z.unknown()),
          z.array(z.record(z.string(), z.unknown())),
        ])
        .optional(),
    }),
  ),
  Service: document(
    'Service',
    z.strictObject({ description: descriptionSchema }).nullish(),
  ),
  AlertPolicy: document('AlertPolicy', policySpecSchema),
  AlertCondition: document('AlertCondition', conditionSpecSchema),
  AlertNotificationTarget: document(
    'AlertNotificationTarget',
    targetSpecSchema,
  ),
};

export type MetricSource = z.infer<typeof metricSourceSchema>;
export type IndicatorSpec = z.infer<typeof indicatorSpecSchema>;
export type Condition = z.infer<typeof conditionSpecSchema>['condition'] & {
  severity: string;
};
export type SloDocument = z.infer<typeof documentSchemas.SLO>;
export type SliDocument = z.infer<typeof documentSchemas.SLI>;
export type DataSourceDocument = z.infer<typeof documentSchemas.DataSource>;
export type AlertPolicyDocument = z.infer<typeof documentSchemas.AlertPolicy>;
export type AnyDocument = {
  [K in keyof typeof documentSchemas]: z.infer<(typeof documentSchemas)[K]>;
}[keyof typeof documentSchemas];
