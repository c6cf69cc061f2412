import { CatalogModelKindRelationFieldDefinition } from '@backstage/catalog-model/alpha';
import { RELATIONS } from '../model/subjects';

// A typed variant inherits nothing from the untyped kind (neither relation fields nor schema), so the stock fields are
// repeated here beside our own. A test compares them with the stock definition.

const owner: CatalogModelKindRelationFieldDefinition = {
  selector: { path: 'spec.owner' },
  relation: 'ownedBy',
  defaultKind: 'Group',
  defaultNamespace: 'inherit',
  allowedKinds: ['Group', 'User'],
};

const system: CatalogModelKindRelationFieldDefinition = {
  selector: { path: 'spec.system' },
  relation: 'partOf',
  defaultKind: 'System',
  defaultNamespace: 'inherit',
};

const dependsOn: CatalogModelKindRelationFieldDefinition = {
  selector: { path: 'spec.dependsOn' },
  relation: 'dependsOn',
  defaultNamespace: 'inherit',
};

const dependencyOf: CatalogModelKindRelationFieldDefinition = {
  selector: { path: 'spec.dependencyOf' },
  relation: 'dependencyOf',
  defaultNamespace: 'inherit',
};

function resources(
  field: string,
  relation: string,
): CatalogModelKindRelationFieldDefinition {
  return {
    selector: { path: `spec.${field}` },
    relation,
    defaultKind: 'Resource',
    defaultNamespace: 'inherit',
    allowedKinds: ['Resource'],
  };
}

/** Relation fields of a Component of type `ai-service`: the stock ones and `usesModels`. */
export const serviceRelationFields: CatalogModelKindRelationFieldDefinition[] =
  [
    owner,
    {
      selector: { path: 'spec.subcomponentOf' },
      relation: 'partOf',
      defaultKind: 'Component',
      defaultNamespace: 'inherit',
    },
    {
      selector: { path: 'spec.providesApis' },
      relation: 'providesApi',
      defaultKind: 'API',
      defaultNamespace: 'inherit',
    },
    {
      selector: { path: 'spec.consumesApis' },
      relation: 'consumesApi',
      defaultKind: 'API',
      defaultNamespace: 'inherit',
    },
    dependsOn,
    dependencyOf,
    system,
    resources('usesModels', RELATIONS.usesModel),
  ];

/** Relation fields of a Resource of type `device-cohort`: the stock ones. */
export const cohortRelationFields: CatalogModelKindRelationFieldDefinition[] = [
  owner,
  dependsOn,
  dependencyOf,
  system,
];

/** Relation fields of a Resource of type `ai-model`: the stock ones and the lineage. */
export const modelRelationFields: CatalogModelKindRelationFieldDefinition[] = [
  ...cohortRelationFields,
  resources('derivedFrom', RELATIONS.derivedFrom),
  resources('trainedOn', RELATIONS.trainedOn),
];

/** Relation fields of a Resource of type `edge-model`: those of a model and the cohorts that it is meant for. */
export const edgeModelRelationFields: CatalogModelKindRelationFieldDefinition[] =
  [
    ...modelRelationFields,
    resources('targetsCohorts', RELATIONS.targetsCohort),
  ];
