import {
  CollectorError,
  createJsonClient,
  HttpTarget,
  readAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  ModelVersion,
  modelVersionsAnswer,
  registeredModelAnswer,
} from './core/shapes';

/** What MLflow says of one registered model now. */
export interface RegistryAnswer {
  /** Version by alias. */
  aliases: Record<string, string>;
  versions: ModelVersion[];
  askedAliases: string;
  askedVersions: string;
}

const versionsPerPage = 500;
const maxPages = 40;
const api = ['api', '2.0', 'mlflow'] as const;

/** Reads a model with all its versions. Throws CollectorError. */
export async function readRegistry(
  target: HttpTarget,
  modelName: string,
  signal: AbortSignal,
): Promise<RegistryAnswer> {
  const client = createJsonClient(target);
  const model = await client.ask({
    path: [...api, 'registered-models', 'get'],
    parameters: { name: modelName },
    signal,
  });
  const { registered_model: found } = readAnswer(
    model,
    registeredModelAnswer,
    'MLflow',
  );
  if (found.name !== modelName)
    throw malformed('it names another model than it was asked for');

  const filter = `name=${quoted(modelName)}`;
  const versions = new Map<string, ModelVersion>();
  const tokens = new Set<string>();
  let token: string | undefined;
  let askedVersions: string | undefined;
  for (let page = 0; ; page += 1) {
    if (page === maxPages)
      throw new CollectorError(
        'partial-answer',
        `MLflow lists more than ${maxPages * versionsPerPage} versions`,
      );
    const answer = await client.ask({
      path: [...api, 'model-versions', 'search'],
      parameters: { filter, max_results: versionsPerPage, page_token: token },
      signal,
    });
    // The first page's question stands for all: it is the same whenever it is asked.
    askedVersions ??= answer.asked;
    const { model_versions: listed, next_page_token: next } = readAnswer(
      answer,
      modelVersionsAnswer,
      'MLflow',
    );
    for (const version of listed) {
      if (version.name !== modelName)
        throw malformed('it lists versions of another model');
      // A version that changed meanwhile may come on two pages; the first one seen is the newer.
      if (!versions.has(version.version))
        versions.set(version.version, version);
    }
    if (!next) break;
    if (tokens.has(next)) throw malformed('its pages run in a circle');
    tokens.add(next);
    token = next;
  }
  return {
    aliases: Object.fromEntries(
      found.aliases.map(({ alias, version }) => [alias, version]),
    ),
    versions: [...versions.values()],
    askedAliases: model.asked,
    askedVersions,
  };
}

/** A name within MLflow's filter language, which knows two kinds of quotes and no way to escape them. */
function quoted(name: string): string {
  if (!name.includes("'")) return `'${name}'`;
  if (!name.includes('"')) return `"${name}"`;
  throw new CollectorError(
    'misconfigured',
    'MLflow cannot be asked for a model whose name holds both kinds of quotes',
  );
}

function malformed(what: string): CollectorError {
  return new CollectorError(
    'malformed-answer',
    `MLflow: the answer is not as its API documents it: ${what}`,
  );
}
