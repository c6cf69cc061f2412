import {
  compileCatalogModel,
  defaultCatalogEntityModel,
} from '@backstage/catalog-model/alpha';
import { aiAssuranceCatalogModel } from './layer';

const apiVersion = 'backstage.io/v1alpha1';
const stock = compileCatalogModel([defaultCatalogEntityModel]);
const model = compileCatalogModel([
  defaultCatalogEntityModel,
  aiAssuranceCatalogModel,
]);

function relationFieldsOf(of: typeof model, kind: string, type?: string) {
  return of.getKind({ kind, apiVersion, spec: { type } })!.relationFields;
}

describe('the catalog model layer', () => {
  it.each([
    ['Component', 'service'],
    ['Component', 'machine-learning'],
    ['Resource', 'database'],
    ['Resource', 'dataset'],
    ['API', 'openapi'],
    ['System', undefined],
  ])('leaves a %s of type %s as it was', (kind, type) => {
    const query = { kind, apiVersion, spec: { type } };
    const { jsonSchema: schemaNow, ...now } = model.getKind(query)!;
    const { jsonSchema: schemaBefore, ...before } = stock.getKind(query)!;
    expect(now).toEqual(before);
    expect(withoutAnnotations(schemaNow)).toEqual(
      withoutAnnotations(schemaBefore),
    );
  });

  it.each([
    ['Component', 'ai-service'],
    ['Resource', 'ai-model'],
    ['Resource', 'edge-model'],
    ['Resource', 'device-cohort'],
  ])('keeps every stock relation field for a %s of type %s', (kind, type) => {
    expect(relationFieldsOf(model, kind, type)).toEqual(
      expect.arrayContaining(relationFieldsOf(stock, kind)),
    );
  });

  it.each([
    ['Component', 'ai-service', ['usesModel']],
    ['Resource', 'ai-model', ['derivedFrom', 'trainedOn']],
    ['Resource', 'edge-model', ['derivedFrom', 'trainedOn', 'targetsCohort']],
    ['Resource', 'device-cohort', []],
  ])('adds to a %s of type %s the relations %j', (kind, type, added) => {
    const before = relationFieldsOf(stock, kind).map(field => field.relation);
    const now = relationFieldsOf(model, kind, type).map(
      field => field.relation,
    );
    expect(now.filter(relation => !before.includes(relation))).toEqual(added);
  });

  it.each([
    ['Component', 'usesModel', 'modelUsedBy'],
    ['Resource', 'derivedFrom', 'derivationOf'],
    ['Resource', 'trainedOn', 'trains'],
    ['Resource', 'targetsCohort', 'targetOfModel'],
  ])('gives %s %s the reverse %s', (kind, forward, reverse) => {
    const pair = model
      .getRelations({ kind })!
      .find(relation => relation.forward.type === forward)!;
    expect({ to: pair.toKind, reverse: pair.reverse.type }).toEqual({
      to: ['Resource'],
      reverse,
    });
  });

  it('has a variant for both stock versions', () => {
    const older = model.getKind({
      kind: 'Resource',
      apiVersion: 'backstage.io/v1beta1',
      spec: { type: 'edge-model' },
    })!;
    expect(older.relationFields.map(field => field.path)).toContain(
      'spec.targetsCohorts',
    );
  });

  it('matches the type exactly: another spelling is a stock resource', () => {
    expect(relationFieldsOf(model, 'Resource', 'Edge-Model')).toEqual(
      relationFieldsOf(stock, 'Resource'),
    );
  });
});

// Declared annotations are listed in the schema of every kind, as plain strings, which they were before.
function withoutAnnotations(schema: any) {
  const copy = structuredClone(schema);
  delete copy.properties.metadata.properties.annotations.properties;
  return copy;
}
