import { aiAssurancePermissions } from '../permissions/permissions';
import { operations } from './contract';
import { openApiDocument } from './openApi';

describe('the OpenAPI document', () => {
  const document = openApiDocument() as {
    paths: Record<
      string,
      Record<
        string,
        {
          operationId: string;
          parameters: { name: string; in: string; required: boolean }[];
          responses: Record<string, unknown>;
        }
      >
    >;
  };
  const described = Object.values(document.paths).flatMap(path =>
    Object.values(path),
  );

  it('describes every operation of the contract once', () => {
    expect(described.map(operation => operation.operationId).sort()).toEqual(
      Object.keys(operations).sort(),
    );
  });

  it('names every path parameter that the path holds', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{([^}]+)\}/g)]
        .map(match => match[1])
        .sort();
      for (const operation of Object.values(methods)) {
        const declared = operation.parameters
          .filter(p => p.in === 'path')
          .map(p => p.name);
        expect(declared.sort()).toEqual(inPath);
      }
    }
  });

  it('asks for a query parameter only where it has no default and is not optional', () => {
    const { parameters } = document.paths['/references'].get;
    expect(parameters.map(p => [p.name, p.in, p.required])).toEqual([
      ['subject', 'query', true],
      ['asOf', 'query', false],
    ]);
    expect(
      document.paths['/releases'].get.parameters.map(p => p.required),
    ).toEqual([false, false, false, false, false]);
  });

  it('offers asOf on every operation that reads, and on no other', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        expect(operation.parameters.filter(p => p.name === 'asOf').length).toBe(
          method === 'get' || path === '/evidence/search' ? 1 : 0,
        );
      }
    }
  });

  it('names only permissions that exist', () => {
    const names = new Set(
      aiAssurancePermissions.map(permission => permission.name),
    );
    for (const operation of Object.values(operations)) {
      for (const permission of operation.permissions)
        expect(names).toContain(permission);
    }
  });

  it('tells every operation how a stranger and a forbidden caller are answered', () => {
    for (const operation of described) {
      expect(Object.keys(operation.responses)).toEqual(
        expect.arrayContaining(['400', '401', '403']),
      );
    }
  });
});
