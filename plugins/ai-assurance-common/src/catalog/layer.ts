import {
  CatalogModelLayer,
  createCatalogModelLayer,
} from '@backstage/catalog-model/alpha';
import {
  ANNOTATION_COST_BUDGET,
  ANNOTATION_ON_CALL,
  COST_BUDGET_PATTERN,
  ANNOTATION_RUNBOOK,
  ANNOTATION_RUNBOOK_CHECKED,
  ANNOTATION_MONITORS,
  ANNOTATION_SLO,
  RELATIONS,
} from '../model/subjects';
import {
  cohortRelationFields,
  edgeModelRelationFields,
  modelRelationFields,
  serviceRelationFields,
} from './fields';
import {
  cohortSchema,
  edgeModelSchema,
  modelSchema,
  serviceSchema,
} from './schemas';

// Both stock versions: an entity of the older one is validated like an entity of the newer one.
const versionNames = ['v1alpha1', 'v1beta1'];

/**
 * The subjects of AI Assurance as typed variants of stock kinds: Component `ai-service`, Resource `ai-model`,
 * `edge-model` and `device-cohort`, with their schemas and their relations in both directions. Entities of any other type
 * keep the stock definition.
 *
 * @alpha
 */
export const aiAssuranceCatalogModel: CatalogModelLayer =
  createCatalogModelLayer({
    layerId: 'ai-assurance.io/catalog-model',
    builder: model => {
      model.addKindVersion({
        kind: 'Component',
        versions: [
          {
            name: versionNames,
            specType: 'ai-service',
            description: 'A component that serves inference.',
            relationFields: serviceRelationFields,
            schema: { jsonSchema: serviceSchema },
          },
        ],
      });
      model.addKindVersion({
        kind: 'Resource',
        versions: [
          {
            name: versionNames,
            specType: 'ai-model',
            description: 'A model that is served from the cloud.',
            relationFields: modelRelationFields,
            schema: { jsonSchema: modelSchema },
          },
          {
            name: versionNames,
            specType: 'edge-model',
            description: 'A model that runs on devices.',
            relationFields: edgeModelRelationFields,
            schema: { jsonSchema: edgeModelSchema },
          },
          {
            name: versionNames,
            specType: 'device-cohort',
            description: 'A population of devices.',
            relationFields: cohortRelationFields,
            schema: { jsonSchema: cohortSchema },
          },
        ],
      });

      model.addRelationPair({
        fromKind: 'Component',
        toKind: 'Resource',
        description: 'A service answers with a model.',
        forward: { type: RELATIONS.usesModel, title: 'uses model' },
        reverse: { type: RELATIONS.modelUsedBy, title: 'model used by' },
      });
      model.addRelationPair({
        fromKind: 'Resource',
        toKind: 'Resource',
        description: 'A model was made from another one.',
        forward: { type: RELATIONS.derivedFrom, title: 'derived from' },
        reverse: { type: RELATIONS.derivationOf, title: 'source of' },
      });
      model.addRelationPair({
        fromKind: 'Resource',
        toKind: 'Resource',
        description: 'A model was trained on a data set.',
        forward: { type: RELATIONS.trainedOn, title: 'trained on' },
        reverse: { type: RELATIONS.trains, title: 'training data of' },
      });
      model.addRelationPair({
        fromKind: 'Resource',
        toKind: 'Resource',
        description: 'An edge model is delivered to a device cohort.',
        forward: { type: RELATIONS.targetsCohort, title: 'targets cohort' },
        reverse: { type: RELATIONS.targetOfModel, title: 'target of model' },
      });

      model.addAnnotation({
        name: ANNOTATION_SLO,
        title: 'Objectives',
        description:
          'Where the OpenSLO documents of the entity are: a URL, or a path relative to the catalog file.',
      });
      model.addAnnotation({
        name: ANNOTATION_MONITORS,
        title: 'Drift monitors',
        description:
          'Where the drift monitors of the entity are declared: a URL, or a path relative to the catalog file.',
      });
      model.addAnnotation({
        name: ANNOTATION_COST_BUDGET,
        title: 'Cost budget',
        description:
          'What the entity may cost: an amount, a currency and a window, for example 500 EUR/month or 120 USD/7d.',
        schema: {
          jsonSchema: { type: 'string', pattern: COST_BUDGET_PATTERN },
        },
      });
      model.addAnnotation({
        name: ANNOTATION_RUNBOOK,
        title: 'Runbook',
        description:
          'Link to what to do when an objective of the entity is missed; several with commas between.',
      });
      model.addAnnotation({
        name: ANNOTATION_RUNBOOK_CHECKED,
        title: 'Runbook checked',
        description:
          'Day on which somebody last checked that the runbook still holds, for example 2026-11-22.',
      });
      model.addAnnotation({
        name: ANNOTATION_ON_CALL,
        title: 'On call',
        description: 'Link to whoever is on call for the entity.',
      });
    },
  });
