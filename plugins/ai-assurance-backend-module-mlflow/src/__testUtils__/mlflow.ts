import { JsonObject } from '@backstage/types';
import {
  StandInAnswer,
  StandInSystem,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';

export interface RegistryModel {
  name: string;
  aliases: { alias: string; version: string }[];
  versions: RegistryVersion[];
}

export interface RegistryVersion {
  version: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  run_id?: string;
  status: 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION' | 'READY';
  tags?: { key: string; value: string }[];
}

/**
 * Answers as MLflow's REST API 2.0 does, field by field after mlflow/protos/model_registry.proto (GetRegisteredModel,
 * SearchModelVersions) and errors after mlflow/protos/databricks.proto: lists that are empty are left out, and so is the page
 * token of the last page. `pageSize` stands for the server's own limit.
 */
export function standInMlflow(
  models: () => RegistryModel[],
  pageSize: number = 1000,
): StandInSystem {
  return ({ method, path, query, headers }): StandInAnswer => {
    if (!headers.authorization) return { status: 401 };
    if (method !== 'GET') return { status: 405 };
    if (path === '/api/2.0/mlflow/registered-models/get') {
      const model = models().find(one => one.name === query.get('name'));
      if (!model) return missing(query.get('name'));
      const { aliases, versions } = model;
      return {
        json: {
          registered_model: {
            name: model.name,
            creation_timestamp: versions[0]?.creation_timestamp ?? 0,
            last_updated_timestamp: versions[0]?.last_updated_timestamp ?? 0,
            ...(aliases.length > 0 && { aliases }),
          },
        },
      };
    }
    if (path !== '/api/2.0/mlflow/model-versions/search')
      return { status: 404, text: 'Not Found' };
    const [, , name] =
      /^name=(['"])(.*)\1$/.exec(query.get('filter') ?? '') ?? [];
    if (name === undefined)
      return {
        status: 400,
        json: { error_code: 'INVALID_PARAMETER_VALUE', message: 'filter' },
      };
    const model = models().find(one => one.name === name);
    const all = model?.versions ?? [];
    const token = query.get('page_token');
    const from = token === null ? 0 : Number(/^page-(\d+)$/.exec(token)?.[1]);
    if (!Number.isInteger(from))
      return {
        status: 400,
        json: { error_code: 'INVALID_PARAMETER_VALUE', message: 'page_token' },
      };
    const size = Math.min(
      pageSize,
      Number(query.get('max_results') ?? 200_000),
    );
    const page = all.slice(from, from + size);
    return {
      json: {
        ...(page.length > 0 && {
          model_versions: page.map(one => versionJson(model!, one)),
        }),
        ...(from + size < all.length && {
          next_page_token: `page-${from + size}`,
        }),
      },
    };
  };
}

function versionJson(model: RegistryModel, one: RegistryVersion): JsonObject {
  const aliases = model.aliases
    .filter(({ version }) => version === one.version)
    .map(({ alias }) => alias);
  const { tags, run_id, ...rest } = one;
  return {
    name: model.name,
    current_stage: 'None',
    description: 'A person wrote this.',
    source: `models:/${model.name}/${one.version}`,
    user_id: 'someone',
    ...rest,
    ...(run_id && { run_id }),
    ...(tags && { tags }),
    ...(aliases.length > 0 && { aliases }),
  };
}

function missing(name: string | null): StandInAnswer {
  return {
    status: 404,
    json: {
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `Registered Model with name=${name} not found`,
    },
  };
}
