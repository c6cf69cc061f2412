import { CatalogModelKindVersionDefinition } from '@backstage/catalog-model/alpha';

type JsonSchema = CatalogModelKindVersionDefinition['schema']['jsonSchema'];

const name = '[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?';

/** Any entity reference; the kind may be left out where the relation field names a default. */
function entityRefPattern(kinds: string[]): string {
  const kind = kinds
    .map(k => `[${k[0].toUpperCase()}${k[0].toLowerCase()}]${k.slice(1)}`)
    .join('|');
  return `^((${kind}):)?(${name}/)?${name}$`;
}

const ownerSchema = {
  type: 'string',
  pattern: entityRefPattern(['group', 'user']),
  description:
    'Entity reference of the group or user that answers for it. Left out, the subject shows as unowned until somebody takes it; an owner is never guessed.',
  examples: ['vision-team', 'user:default/mira'],
};

const text = (description: string, examples?: string[]) => ({
  type: 'string',
  minLength: 1,
  description,
  ...(examples ? { examples } : {}),
});

const refs = (description: string) => ({
  type: 'array',
  description,
  items: { type: 'string', minLength: 1 },
});

const resourceRefs = (description: string) => ({
  type: 'array',
  description,
  items: { type: 'string', pattern: entityRefPattern(['resource']) },
});

const riskTier = {
  type: 'string',
  enum: ['minimal', 'limited', 'high'],
  description:
    'How much harm a wrong answer can do; decides which approvals a release needs.',
};

const stockResource = {
  owner: ownerSchema,
  system: text('Entity reference of the system that it belongs to.'),
  dependsOn: refs('Entity references of what it needs to function.'),
  dependencyOf: refs('Entity references of what needs it.'),
};

function kindSchema(
  description: string,
  required: string[],
  properties: JsonSchema,
): JsonSchema {
  return {
    type: 'object',
    description,
    required: ['spec'],
    properties: {
      spec: {
        type: 'object',
        required: ['type', ...required],
        properties: {
          type: text('The type that selects this shape.'),
          ...properties,
        },
      },
    },
  };
}

const modelProperties = {
  ...stockResource,
  task: text('What the model does.', ['image-classification']),
  framework: text('Format or runtime of the artifact.', ['onnx']),
  derivedFrom: resourceRefs(
    'Models that this one was made from, for example by quantisation or fine-tuning.',
  ),
  trainedOn: resourceRefs('Data sets that it was trained on.'),
  riskTier,
};

/** Component of type `ai-service`. */
export const serviceSchema = kindSchema(
  'A component that serves inference to people or other systems.',
  ['lifecycle', 'tier', 'riskTier'],
  {
    lifecycle: text('The lifecycle state of the service.', [
      'experimental',
      'production',
      'deprecated',
    ]),
    owner: ownerSchema,
    system: text('Entity reference of the system that it belongs to.'),
    subcomponentOf: text(
      'Entity reference of the component that it is part of.',
    ),
    providesApis: refs('Entity references of the APIs that it provides.'),
    consumesApis: refs('Entity references of the APIs that it consumes.'),
    dependsOn: refs('Entity references of what it needs to function.'),
    dependencyOf: refs('Entity references of what needs it.'),
    tier: {
      type: 'integer',
      enum: [1, 2, 3],
      description:
        'How much it hurts when the service is down: 1 most, 3 least.',
    },
    riskTier,
    usesModels: resourceRefs('Models that the service answers with.'),
  },
);

/** Resource of type `ai-model`. */
export const modelSchema = kindSchema(
  'A line of model versions with one purpose, served from the cloud. Versions come from registries, pipelines and telemetry, not from this file.',
  ['task', 'riskTier'],
  {
    ...modelProperties,
    // Silently ignoring it would leave a model without the cohorts that its author believes it has.
    targetsCohorts: {
      not: {},
      description: 'Only an edge model targets cohorts.',
    },
  },
);

/** Resource of type `edge-model`. */
export const edgeModelSchema = kindSchema(
  'A line of model versions with one purpose, run on devices. Versions come from registries, pipelines and telemetry, not from this file.',
  ['task', 'riskTier'],
  {
    ...modelProperties,
    targetsCohorts: resourceRefs(
      'Device cohorts that the model is delivered to.',
    ),
  },
);

/** Resource of type `device-cohort`. */
export const cohortSchema = kindSchema(
  'A population of devices, chosen by attributes of the signals that they send.',
  ['selector', 'deviceClass', 'ring', 'expectedDeviceCount'],
  {
    ...stockResource,
    selector: {
      type: 'object',
      minProperties: 1,
      description:
        'Attribute name to accepted values; a device belongs to the cohort when every attribute has one of its values.',
      additionalProperties: {
        type: 'array',
        minItems: 1,
        items: { type: 'string', minLength: 1 },
      },
    },
    deviceClass: text('The class that budgets are given for.', [
      'flagship',
      'mid-range',
      'low-end',
    ]),
    ring: {
      type: 'string',
      enum: ['canary', 'early', 'broad'],
      description: 'When a rollout reaches the cohort.',
    },
    expectedDeviceCount: {
      type: 'integer',
      minimum: 0,
      description:
        'How many devices there are, so that silent ones can be counted.',
    },
    minimumGroupSize: {
      type: 'integer',
      minimum: 5,
      default: 5,
      description:
        'Figures of fewer devices than this are suppressed. May be raised, never lowered below 5.',
    },
  },
);
